/**
 * What the scene looks like when nothing happens, and where a frame differs from it. For each pixel: mean, mean
 * deviation of the smoothed difference (so noise, compression and leaves raise their own bar), and a penalty that grows
 * where it blinks. For the picture: exposure, displacement, noise. The decisions on numbers are here, the passes over
 * pixels in `PixelPasses`. Not a detector: what is a thing, and whether it moves, `TrackBook` says.
 */
import { areaRatios, areasAcross, bandGains, fillRowGains, pictureGain, type AreaRatios } from './exposure.ts';
import { passesReserve, type PixelPasses, type Pointer } from './pixel-passes.ts';
import { blocksAgree, findDisplacement, reach, unmoved, type Displacement } from './registration.ts';

export interface PixelModelOptions {
  readonly width: number;
  readonly height: number;
  /** Multiplies the grey difference that counts at each pixel, in 64ths: 64 is normal, less sees fainter things. */
  readonly contrasts?: Uint8Array;
  /** How long something marked must rest to become background. Default 20 s, at most 60 s. */
  readonly absorbMs?: number;
}

/**
 * Numbers of a cell: marked pixels, marked pixels that changed within a fifth of a second, rim (1 thing, -1 ghost),
 * texture (1 the background's own in another light, -1 another).
 */
export const cellNumbers = 4;
export const cellSize = 4;
/** Marked pixels, of sixteen, that make a cell count. */
export const cellPixels = 4;

/** What a cell is held as when the background learns. */
export const heldAs = {
  nothing: 0,
  thing: 1,
  light: 2,
  /** A thing that moves and stays where it is: leaves, a web, a flag. What blinks there is learnt. */
  dithering: 3,
} as const;

const clip = 24;
const border = reach + 1;
/** Greys a pixel may differ: a floor, and a share of its brightness. */
const [floor, slope, energyFloor] = [5, 0.06, 4];
const [noiseShare, energyNoiseShare] = [1.2, 1.3];
const earlierAfterMs = 180;
/** How far apart frames are in which something stirs; greys by which it does, and times the noise. */
const [stirringMs, stirringFloor, stirringNoise] = [1500, 1, 1.65];
/** The share of a thing that stirs, above twice the background's. */
const leastStirring = 0.02;
/** When so much of the background stirs, or the camera moves by so many pixels, nothing can be said. */
const [unsteady, shaken] = [0.1, 0.1];
/** A contrast of 1. */
const normalContrast = 64;
/** Longer pauses are learnt from as if they were so long. */
const longestStepMs = 10_000;

type Buffers = ReturnType<typeof layOut>['at'];
interface Light { readonly background: Float64Array; readonly ratios: AreaRatios }
interface Earlier { readonly image: Pointer; readonly bands: Float64Array; readonly at: number }

export class PixelModel {
  /** Pixels by which the last frame was displaced against the background. */
  displacement: Displacement = unmoved;
  /** Age of the frame that movement in the last one was told by; undefined when there was none. */
  earlierAge: number | undefined;
  readonly #passes: PixelPasses;
  readonly #options: PixelModelOptions;
  readonly #at: Buffers;
  #frames = 0;
  #now = 0;
  #stepMs = 200;
  #gain = 1;
  #noise = 2;
  #shake = 0;
  #bands: Float64Array;
  #light: Light = { background: new Float64Array(), ratios: { all: new Float64Array(), medians: new Float64Array() } };
  #earlier: Earlier | undefined;
  #candidate: Earlier | undefined;
  #slow: Earlier | undefined;
  /** The share of the background that stirs, once somebody asked in this frame. */
  #stirring: number | undefined;

  constructor(passes: PixelPasses, options: PixelModelOptions) {
    this.#passes = passes;
    this.#options = options;
    this.#at = layOut(options.width, options.height).at;
    this.#bands = new Float64Array(Math.floor(options.height / 4)).fill(1);
    this.#u8(this.#at.contrast, options.width * options.height).set(
      options.contrasts ?? new Uint8Array(options.width * options.height).fill(normalContrast));
  }

  /** Bytes of memory that a model of this size needs above `passesReserve`. */
  static bytes = (width: number, height: number): number => layOut(width, height).bytes;

  /** What a model of this size, in this memory, has learnt of each pixel: mean, deviation, penalty, time at rest. */
  static learnt(memory: ArrayBuffer, width: number, height: number): readonly Uint16Array[] {
    const { mean, deviation, blink, still } = layOut(width, height).at;
    return [mean, deviation, blink, still].map((at) => new Uint16Array(memory, at, width * height));
  }

  /** @returns The cells' numbers, row by row, `cellNumbers` each: a view that the next call overwrites. */
  look(pixels: Uint8Array, atMs: number): Int32Array {
    const { width, height } = this.#options;
    this.#stepMs = this.#frames === 0 ? 200 : Math.round(Math.min(Math.max(atMs - this.#now, 1), longestStepMs));
    this.#now = atMs;
    this.#u8(this.#at.frame, width * height).set(pixels);
    if (this.#frames === 0) this.#start(pixels);
    this.#frames += 1;
    this.#stirring = undefined;
    this.#promote();
    this.earlierAge = this.#earlier === undefined ? undefined : atMs - this.#earlier.at;
    this.#align();
    this.#compensate();
    this.#compare();
    return this.#i32(this.#at.counts, this.#cells * cellNumbers);
  }

  /**
   * Whether what lies in `cells` stirs more than the background does, against itself of a second and a half ago: nobody
   * stands quite still, a parked car does. Undefined where nothing can be said: not in this frame, or not under this light.
   */
  stirs(cells: readonly number[]): boolean | undefined {
    if (this.#slow === undefined || !this.#isStirringDue || this.#shake > shaken) return undefined;
    this.#stirring ??= this.#compareStirring(this.#slow);
    if (this.#stirring > unsteady) return undefined;
    const { width, height } = this.#options;
    const stirred = this.#u8(this.#at.stirred, width * height);
    const columns = Math.floor(width / cellSize);
    let pixels = 0;
    for (const cell of cells) {
      const first = Math.floor(cell / columns) * cellSize * width + (cell % columns) * cellSize;
      for (let pixel = 0; pixel < cellSize * cellSize; pixel += 1) {
        pixels += stirred[first + Math.floor(pixel / cellSize) * width + (pixel % cellSize)] ?? 0;
      }
    }
    return pixels > (leastStirring + 2 * this.#stirring) * cells.length * cellSize * cellSize;
  }

  /** Learns from the frame last looked at. `held`: one byte for each cell, as `heldAs` says. */
  learn(held: Uint8Array): void {
    const { width: w, height: h } = this.#options;
    const { heldCells, counts, heldMask, ghostMask, image, expected, sums, mask, moving, before } = this.#at;
    const { mean, deviation, blink, still } = this.#at;
    this.#u8(heldCells, this.#cells).set(held);
    this.#passes.spread(heldCells, counts, heldMask, ghostMask, w, h);
    const starting = this.#frames <= 10;
    const rate = starting ? Math.max(this.#share(4), 1 / (this.#frames + 1)) : this.#share(4);
    const deviationRate = starting ? Math.max(this.#share(8), 1 / (this.#frames + 2)) : this.#share(8);
    const q15 = (share: number): number => Math.round(Math.min(share, 0.5) * 32_768);
    this.#passes.learn(
      image, expected, sums, mask, moving, before, heldMask, ghostMask, mean, deviation, blink, still, w * h,
      this.#stepMs, this.#options.absorbMs ?? 20_000,
      q15(rate), q15(this.#share(40)), q15(4 * this.#share(4)), q15(this.#share(8)), q15(deviationRate),
      Math.round(0.192 * this.#stepMs),
    );
    this.#u8(before, w * h).set(this.#u8(mask, w * h));
    this.#remember();
  }

  /** Of the last frame, for each pixel: what is marked, what changed within a fifth of a second, what is held. Views. */
  get masks(): { readonly marked: Uint8Array; readonly moving: Uint8Array; readonly held: Uint8Array } {
    const { mask, moving, heldMask } = this.#at;
    const pixels = this.#options.width * this.#options.height;
    return { marked: this.#u8(mask, pixels), moving: this.#u8(moving, pixels), held: this.#u8(heldMask, pixels) };
  }

  /** The share of the way to go in this step for a time constant in seconds. */
  #share(timeConstant: number): number { return 1 - Math.exp(-this.#stepMs / (1000 * timeConstant)); }

  #start(pixels: Uint8Array): void {
    this.#u16(this.#at.mean, pixels.length).set(Uint16Array.from(pixels, (grey) => grey << 7));
    this.#u16(this.#at.deviation, pixels.length).fill(3 << 10);
  }

  /** Finds exposure and displacement; leaves the frame as the unmoved camera would have seen it in `image`. */
  #align(): void {
    const { width: w, height: h } = this.#options;
    const { frame, image, gains, expected, picture, mean, areaRow, areasFrame, areasMean } = this.#at;
    this.#passes.areaSums8(frame, areaRow, areasFrame, w, h);
    this.#passes.areaSums16(mean, areaRow, areasMean, w, h);
    const background = this.#areas(areasMean, 128);
    this.#light = { background, ratios: areaRatios({ frame: this.#areas(areasFrame, 1), background }) };
    this.#gain = pictureGain(this.#light.ratios, this.#gain);
    this.#u16(gains, h).fill(Math.round(4096 * this.#gain));
    this.#passes.predict(mean, gains, expected, picture, w, h);
    this.displacement = this.#frames > 2 ? this.#register() : unmoved;
    if (this.displacement === unmoved) this.#u8(image, w * h).set(this.#u8(frame, w * h));
    else {
      this.#passes.areaSums8(image, areaRow, areasFrame, w, h);
      this.#light = { background, ratios: areaRatios({ frame: this.#areas(areasFrame, 1), background }) };
    }
    const moved = Math.min(3, Math.hypot(this.displacement.x, this.displacement.y));
    this.#shake += (moved - this.#shake) * Math.min(1, this.#stepMs / 2000);
  }

  #register(): Displacement {
    const { width: w, height: h } = this.#options;
    const { frame, image, picture, blocksBefore, blocksAfter } = this.#at;
    const misfit = (x: number, y: number): number => this.#passes.misfit(frame, picture, w, h, x, y, border, clip);
    const found = findDisplacement(misfit);
    if (found === unmoved) return unmoved;
    const [x, y] = [Math.floor(found.x), Math.floor(found.y)];
    this.#passes.shift(frame, image, w, h, x, y, Math.round(32 * (found.x - x)), Math.round(32 * (found.y - y)));
    if (this.#passes.misfit(image, picture, w, h, 0, 0, border, clip) > 0.98 * misfit(0, 0)) return unmoved;
    this.#passes.blockMisfits(frame, picture, blocksBefore, w, h, border, clip);
    this.#passes.blockMisfits(image, picture, blocksAfter, w, h, border, clip);
    return blocksAgree(this.#u32(blocksBefore, 48), this.#u32(blocksAfter, 48)) ? found : unmoved;
  }

  /** The background as it looks in this frame's light: `expected`, `picture`; the earlier frame in it too: `relit`. */
  #compensate(): void {
    const { width: w, height: h } = this.#options;
    const { image, gains, expected, picture, mean, relit, histogram } = this.#at;
    this.#bands = bandGains(this.#light.ratios, this.#light.background, this.#gain, this.#noise);
    fillRowGains(this.#bands, this.#u16(gains, h));
    this.#passes.predict(mean, gains, expected, picture, w, h);
    const earlier = this.#earlier;
    fillRowGains(this.#bands.map((gain, band) => gain / (earlier?.bands[band] ?? gain)), this.#u16(gains, h));
    this.#passes.scaleRows(earlier?.image ?? image, gains, relit, w, h);
    if (earlier === undefined) return;
    this.#passes.changes(image, relit, histogram, w * h);
    // The median of |a - b| of two normals is 0.954 sigma.
    const sigma = 1.05 * histogramMedian(this.#u32(histogram, 256)) + 0.3;
    const haste = this.#frames < 10 ? 0.15 : 0;
    this.#noise += Math.min(0.2, this.#stepMs / 4000 + haste) * (sigma - this.#noise);
  }

  #compare(): void {
    const { width: w, height: h } = this.#options;
    const { image, picture, relit, deviation, blink, contrast, limit, energy, row, sums, relitSums } = this.#at;
    const { mask, moving, counts, edgesImage, edgesPicture } = this.#at;
    const halves = (grey: number): number => Math.round(2 * grey);
    const edge = Math.round(256 * (0.05 + 0.1 * this.#shake));
    this.#passes.thresholds(
      picture, deviation, blink, contrast, limit, energy, w, h, halves(floor), Math.round(512 * slope),
      halves(noiseShare * this.#noise), halves(energyFloor), halves(energyNoiseShare * this.#noise), edge,
    );
    this.#passes.smoothDifference(image, picture, limit, row, sums, w, h);
    this.#passes.mark(sums, limit, mask, w * h);
    this.#passes.smoothDifference(image, relit, limit, row, relitSums, w, h);
    this.#passes.mark(relitSums, energy, moving, w * h);
    const { x, y } = this.displacement;
    const hidden = (pixels: number): number => Math.max(0, Math.ceil(pixels));
    this.#passes.maskBorder(mask, w, h, hidden(-x), hidden(x), hidden(-y), hidden(y));
    this.#passes.cellCounts(mask, moving, row, counts, w, h);
    this.#passes.rims(image, picture, mask, edgesImage, edgesPicture, counts, w, h);
    this.#passes.textures(image, picture, mask, counts, w, h, cellPixels, Math.round(16 * this.#noise ** 2));
  }

  get #isStirringDue(): boolean { return this.#slow === undefined || this.#now - this.#slow.at >= stirringMs; }

  /** Finds the pixels that changed by more than noise since `before`; returns the share of the background's that did. */
  #compareStirring(before: Earlier): number {
    const { width: w, height: h } = this.#options;
    const { image, gains, relit, row, relitSums, tight, stirred, mask } = this.#at;
    fillRowGains(this.#bands.map((gain, band) => gain / (before.bands[band] ?? gain)), this.#u16(gains, h));
    this.#passes.scaleRows(before.image, gains, relit, w, h);
    this.#u8(tight, w * h).fill(Math.round(2 * (stirringFloor + stirringNoise * this.#noise)));
    this.#passes.smoothDifference(image, relit, tight, row, relitSums, w, h);
    this.#passes.mark(relitSums, tight, stirred, w * h);
    const [marked, changed] = [this.#u8(mask, w * h), this.#u8(stirred, w * h)];
    let [still, stirring] = [0, 0];
    for (let pixel = 0; pixel < marked.length; pixel += 1) {
      if (marked[pixel] === 1) continue;
      still += 1;
      stirring += changed[pixel] ?? 0;
    }
    return stirring / Math.max(still, 1);
  }

  /** The frame to compare with is between one and two fifths of a second old, whatever the frame rate. */
  #promote(): void {
    if (this.#candidate === undefined || this.#now - this.#candidate.at < earlierAfterMs) return;
    this.#earlier = this.#candidate;
    this.#candidate = undefined;
  }

  #remember(): void {
    const { width, height } = this.#options;
    const { image, past0, past1, slow } = this.#at;
    if (this.#isStirringDue) {
      this.#u8(slow, width * height).set(this.#u8(image, width * height));
      this.#slow = { image: slow, bands: this.#bands, at: this.#now };
    }
    if (this.#candidate !== undefined) return;
    const free = this.#earlier?.image === past0 ? past1 : past0;
    this.#u8(free, width * height).set(this.#u8(image, width * height));
    this.#candidate = { image: free, bands: this.#bands, at: this.#now };
  }

  get #cells(): number {
    return Math.floor(this.#options.width / cellSize) * Math.floor(this.#options.height / cellSize);
  }

  /** Mean brightness of each area, of sums of pixels that are grey * `unit`. */
  #areas(sums: Pointer, unit: number): Float64Array {
    const { width, height } = this.#options;
    const factor = 1 / (unit * 4 * Math.floor(width / areasAcross));
    const values = Float64Array.from(this.#u32(sums, Math.floor(height / 4) * areasAcross));
    for (let at = 0; at < values.length; at += 1) values[at] = (values[at] ?? 0) * factor;
    return values;
  }

  #u8(at: Pointer, length: number): Uint8Array { return new Uint8Array(this.#passes.memory.buffer, at, length); }
  #u16(at: Pointer, length: number): Uint16Array { return new Uint16Array(this.#passes.memory.buffer, at, length); }
  #u32(at: Pointer, length: number): Uint32Array { return new Uint32Array(this.#passes.memory.buffer, at, length); }
  #i32(at: Pointer, length: number): Int32Array { return new Int32Array(this.#passes.memory.buffer, at, length); }
}

/** The median of the differences that a histogram of every third pixel holds, interpolated within its bin. */
function histogramMedian(histogram: Uint32Array): number {
  const half = histogram.reduce((sum, count) => sum + count, 0) / 2;
  let below = 0;
  for (let difference = 0; difference < histogram.length; difference += 1) {
    const count = histogram[difference] ?? 0;
    if (below + count >= half) return Math.max(0, difference + (half - below) / count - 0.5);
    below += count;
  }
  return 0;
}

/** Where each buffer lies. Every buffer starts on 64 bytes. */
function layOut(width: number, height: number) {
  const n = width * height;
  const cells = Math.floor(width / cellSize) * Math.floor(height / cellSize);
  const areas = 4 * areasAcross * Math.floor(height / 4);
  let end = passesReserve;
  const take = (bytes: number): Pointer => {
    const start = end;
    end = start + (Math.ceil(bytes / 64) + 1) * 64;
    return start;
  };
  const at = {
    frame: take(n), image: take(n), picture: take(n), relit: take(n), past0: take(n), past1: take(n),
    mean: take(2 * n), deviation: take(2 * n), blink: take(2 * n), still: take(2 * n), expected: take(2 * n),
    contrast: take(n), limit: take(n), energy: take(n), sums: take(2 * n), relitSums: take(2 * n),
    slow: take(n), tight: take(n), stirred: take(n),
    mask: take(n), moving: take(n), before: take(n), heldMask: take(n), ghostMask: take(n),
    row: take(4 * width), areaRow: take(4 * width), gains: take(2 * height), histogram: take(1024),
    areasFrame: take(areas), areasMean: take(areas), blocksBefore: take(192), blocksAfter: take(192),
    counts: take(4 * cellNumbers * cells), heldCells: take(cells),
    edgesImage: take(4 * cells), edgesPicture: take(4 * cells),
  };
  return { at, bytes: end - passesReserve };
}
