/**
 * The passes over pixels of the motion detector: what each means, and the WebAssembly SIMD routine that does them.
 * Pointers are byte offsets into one memory; every buffer is the caller's, images are row-major `width * height`.
 *
 * Fixed point: means are grey * 128 (up to 511, so that an overexposed wall keeps its true brightness), deviations
 * grey * 1024, blink penalties grey * 64, limits half greys, gains * 4096, shares a frame learns at * 32768.
 */
import { readFile } from 'node:fs/promises';
import { BugError } from '../core/errors.ts';

/** A byte offset into the passes' memory. */
export type Pointer = number;

export interface PixelPasses {
  /** The memory that pointers point into. */
  readonly memory: { readonly buffer: ArrayBuffer };

  /**
   * The mean brightness, f64, of u16 `image` over 16 areas across, one row of them for 4 of pixels: a band. `unit`: a
   * grey. `row`: scratch, 4 bytes * w.
   */
  areaMeans(image: Pointer, row: Pointer, means: Pointer, w: number, h: number, unit: number): void;
  /**
   * How bright u8 `image` is in each area against `background`, its `areaMeans`, and the median of each band. `row`:
   * scratch, 2 bytes * w; `scratch`: as large as `ratios`, here and below.
   */
  areaRatios(
    image: Pointer, background: Pointer, row: Pointer, scratch: Pointer, ratios: Pointer, medians: Pointer,
    w: number, h: number,
  ): void;
  /**
   * The one gain that most areas agree on, and `gains` of it for all bands; `before` when they disagree (something
   * large is in the picture). Where the shadow of a cloud covers a part, two gains are right: the one that was goes on
   * as long as many areas stay with it.
   */
  pictureGain(
    ratios: Pointer, medians: Pointer, scratch: Pointer, gains: Pointer, bands: number, before: number,
  ): number;
  /**
   * A gain for each band, near the picture's `gain`: a band's own median where at least nine of its sixteen areas
   * agree, without leaps from one to the next. `noise` is the sensor's, in grey.
   */
  bandGains(
    ratios: Pointer, medians: Pointer, background: Pointer, scratch: Pointer, gains: Pointer,
    bands: number, gain: number, noise: number,
  ): void;
  /**
   * Gains of bands -> a u16 gain for each row, interpolated between the bands' middles; against those of an image taken
   * `before`, where that is not 0.
   */
  rowGains(bands: Pointer, before: Pointer, rows: Pointer, h: number): void;
  /** What is known of each pixel, all u16, after one u8 `image`. */
  start(image: Pointer, mean: Pointer, deviation: Pointer, blink: Pointer, still: Pointer, n: number): void;
  /** u16 `mean` and one u16 gain a row -> u16 `expected` (unclipped, as means are) and u8 `picture` of it. */
  predict(mean: Pointer, gain: Pointer, expected: Pointer, picture: Pointer, w: number, h: number): void;
  /** u8 `image` as it would look at another exposure, one u16 gain a row. */
  scaleRows(image: Pointer, gain: Pointer, out: Pointer, w: number, h: number): void;
  /** How badly `image`, moved by whole pixels, fits `picture`: sum of clipped differences over every second row. */
  misfit(
    image: Pointer, picture: Pointer, w: number, h: number, dx: number, dy: number, border: number, clip: number,
  ): number;
  /** The same moved by one pixel more or less, too: nine u32 `sums`, row by row. */
  misfits(
    image: Pointer, picture: Pointer, sums: Pointer, w: number, h: number, dx: number, dy: number, border: number,
    clip: number,
  ): void;
  /** The same unmoved, for each of 8 x 6 blocks: u32 `sums`. */
  blockMisfits(
    image: Pointer, picture: Pointer, sums: Pointer, w: number, h: number, border: number, clip: number,
  ): void;
  /** `image` moved by whole pixels and 32nds of them, bilinear. */
  shift(image: Pointer, out: Pointer, w: number, h: number, dx: number, dy: number, fx: number, fy: number): void;
  /** What of u8 `image` no light changes much: how it rises across and down, around 128. */
  relief(image: Pointer, out: Pointer, w: number, h: number): void;
  /** The median of the differences of every third pixel, in grey. `histogram`: scratch, 1024 bytes. */
  medianChange(a: Pointer, b: Pointer, histogram: Pointer, n: number): number;
  /**
   * Counts, for each whole block of 16 by 16 pixels (u32), those that were brighter `before` than they are `now` and
   * were `earlier`: by more than `least`, and than 8 and a sixteenth of their brightness.
   */
  flashes(now: Pointer, before: Pointer, earlier: Pointer, counts: Pointer, w: number, h: number, least: number): void;
  /**
   * Takes out of u8 `image` what falls: of what differs from `picture`, what is brighter stays only where it was so
   * before and earlier, too, by as much as in the darkest of the three; what is darker stays, where `bears` is not 0
   * as far as it was so before or earlier, also where a drop hides it now and it was so in both. All in the same
   * place; or, where that makes more than half of `limit`, moved from frame to frame by one speed of up to `strides`
   * times 2 pixels to either side. `row`: scratch, 4 bytes * w.
   */
  persist(
    image: Pointer, before: Pointer, earlier: Pointer, picture: Pointer, limit: Pointer, row: Pointer,
    w: number, h: number, strides: number, bears: number,
  ): void;
  /**
   * How far a pixel may be from `picture` before it counts (`limit`), and from an earlier frame (`energy`): u8.
   * u8 `contrast` multiplies floor and slope, in 64ths.
   */
  thresholds(
    picture: Pointer, deviation: Pointer, blink: Pointer, contrast: Pointer, limit: Pointer, energy: Pointer,
    w: number, h: number, floor: number, slope: number, noise: number, energyFloor: number,
    energyNoise: number, edge: number,
  ): void;
  /**
   * i16 3x3 `sums` of `a - b`, each difference clipped to +-`limit` (so to twice the grey at which it counts), and u8
   * `mask` 1 where a sum is over `asked`. `rows`: scratch, 8 bytes * w + 160.
   */
  differ(
    a: Pointer, b: Pointer, limit: Pointer, asked: Pointer, rows: Pointer, sums: Pointer, mask: Pointer,
    w: number, h: number,
  ): void;
  /** Clears what a moved frame did not see. */
  maskBorder(mask: Pointer, w: number, h: number, left: number, right: number, top: number, bottom: number): void;
  /** Cells of 4x4 pixels, four i32 each; fills the first two: pixels in `mask`, and those of them in `moving`. */
  cellCounts(mask: Pointer, moving: Pointer, row: Pointer, counts: Pointer, w: number, h: number): void;
  /**
   * A cell's third number: the mask's rim lies on edges of the image (1), of the background (-1, a ghost), or 0, as
   * where nothing is marked. The background's are taken in the light of their cell, u16 `shades`, where that is not 0.
   */
  rims(
    image: Pointer, picture: Pointer, mask: Pointer, inImage: Pointer, inPicture: Pointer, shades: Pointer,
    counts: Pointer, w: number, h: number,
  ): void;
  /** u8 1 where `mask` is 1 at a pixel and at all around it. */
  erode(mask: Pointer, out: Pointer, w: number, h: number): void;
  /**
   * The fourth number of cells with at least `least` marked pixels. The marked pixels around it show the background's
   * own texture in another light (1), another (-1), one where the background has none (-2), or there is no texture to
   * tell by (0). `variance`: the noise's, in 16ths of a squared grey. u16 `shades`, for each cell: image / picture in
   * 4096ths, at most 16384; 0 where too few pixels are marked.
   */
  textures(
    image: Pointer, picture: Pointer, mask: Pointer, counts: Pointer, shades: Pointer, w: number, h: number,
    least: number, variance: number,
  ): void;
  /**
   * Counts the marked pixels that are the background in another light, and with `take` 1 moves them from u8 `mask` to
   * u8 `lit` (all 0 otherwise). A cell is sure to lie in a light (u8 `sure`) when it shows the background's own texture
   * and at least `votes` such cells within two of it, itself too, have its shade, and no more than twice as many show
   * another texture; or when it has no texture to tell by and its neighbour's shade. A pixel is explained when it is
   * as bright as the background in a light between the least and the greatest of the sure cells within two; where the
   * background has no texture, and with `take`, of all. Beside cells of less than `least` marked pixels no shade is
   * one, too. Nothing is explained where more than `others` times as many cells show another texture as show the
   * background's own; 0 for no limit.
   */
  relight(
    image: Pointer, picture: Pointer, limit: Pointer, mask: Pointer, counts: Pointer, shades: Pointer, sure: Pointer,
    lit: Pointer, w: number, h: number, least: number, votes: number, others: number, take: number,
  ): number;
  /**
   * What is counted of `count` cells (i32) with their `numbers`, ten i32: cells, left, top, right, bottom (in cells,
   * right and bottom exclusive), marked pixels, moving ones, cells with a rim on edges, of the background's texture, of
   * another.
   */
  measure(numbers: Pointer, cells: Pointer, count: number, columns: number, rows: number, group: Pointer): void;
  /**
   * Connects cells of at least `least` marked pixels that lie up to `gap` apart; leaves the groups of `leastPixels` and
   * more in `groups`, as `measure` counts, and their cells in `cells`, one group after the other. `seen`: scratch, a
   * byte a cell. Returns how many groups.
   */
  groups(
    numbers: Pointer, seen: Pointer, cells: Pointer, groups: Pointer, columns: number, rows: number,
    gap: number, least: number, leastPixels: number,
  ): number;
  /** Marked pixels of all cells. */
  markedIn(numbers: Pointer, cells: number): number;
  /** How many pixels of `count` cells (i32) are 1 in u8 `mask`. */
  countIn(mask: Pointer, cells: Pointer, count: number, w: number): number;
  /** u8 1 where `mask` is and `image` is further from `picture` than half of `limit`, which is in half greys. */
  standOut(image: Pointer, picture: Pointer, limit: Pointer, mask: Pointer, out: Pointer, n: number): void;
  /** The share of pixels that are 1 in `of`, of those that are 0 in `mask`. */
  shareOutside(of: Pointer, mask: Pointer, n: number): number;
  /**
   * Cells -> pixels: which are held by a track (`held` 1), also one that goes nowhere (3 -> 2); which become
   * background at once: ghosts, and light (`held` 2, `ghostMask` 1); which slowly, since light moves (4 -> 2).
   */
  spread(held: Pointer, counts: Pointer, heldMask: Pointer, ghostMask: Pointer, w: number, h: number): void;
  /** Moves the background towards the frame: `lightRate` holds for u8 `lit` pixels and those of a `ghostMask` of 2. */
  learn(
    image: Pointer, expected: Pointer, sums: Pointer, mask: Pointer, moving: Pointer, before: Pointer,
    heldMask: Pointer, ghostMask: Pointer, lit: Pointer,
    mean: Pointer, deviation: Pointer, blink: Pointer, still: Pointer,
    n: number, stepMs: number, absorbMs: number, lightRate: number,
    rate: number, maskRate: number, staleRate: number, exposureRate: number, deviationRate: number, blinkFall: number,
  ): void;
}

/** The part of the platform's WebAssembly that is used here: only the browsers' library of types has it. */
declare const WebAssembly: {
  readonly Memory: new (pages: { readonly initial: number; readonly maximum: number }) => PixelPasses['memory'];
  readonly instantiate: (binary: Uint8Array, imports: object) =>
    Promise<{ readonly instance: { readonly exports: unknown } }>;
};

/** The routine's stack and constants lie below this offset: what is handed to it lies above. */
export const passesReserve = 65_536;

/**
 * The passes in WebAssembly, with a memory of their own of at least `bytes` above `passesReserve`.
 * @throws {BugError} `vision.kernel` when the binary is missing or this machine's WebAssembly cannot run it.
 */
export async function loadPixelPasses(bytes: number): Promise<PixelPasses> {
  const pages = Math.ceil((passesReserve + bytes) / 65_536);
  try {
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const binary = await readFile(new URL('./motion-kernel.wasm', import.meta.url));
    const { instance } = await WebAssembly.instantiate(binary, { env: { memory } });
    return { ...(instance.exports as Omit<PixelPasses, 'memory'>), memory };
  } catch (cause) {
    throw new BugError('vision.kernel', 'the motion routine (motion-kernel.wasm) does not run here', { cause });
  }
}
