/**
 * Rain and snow, told by pixels: a drop is brighter than what lies behind it, for one frame at one place. How many
 * pixels flash so, and how far over the picture they lie, says how it falls. Then what neither stays nor walks on is
 * taken out of the frame before it is looked at: where it falls thick, worst at night under the camera's own lamp,
 * drops lie where other drops were, and nothing that is made of blobs can tell them from things.
 */
import type { Size } from '../core/geometry.ts';
import { fillRowGains } from './exposure.ts';
import { flashBlock, PixelViews, type PixelBuffers } from './pixel-buffers.ts';
import type { PixelPasses, Pointer } from './pixel-passes.ts';

/** Of the frame looked at. */
export interface WeatherFrame {
  readonly atMs: number;
  /** Its gains against the background. */
  readonly bands: Float64Array;
  /** Of the sensor, in grey. */
  readonly noise: number;
  /** So many things come and go that it rains or snows by them. */
  readonly isWeather: boolean;
}

interface Past { readonly image: Pointer; readonly bands: Float64Array; readonly at: number }

/** Frames so far apart tell a drop from what stays; from those further apart who walks has gone on. */
const [apartMs, togetherMs] = [180, 1000];
/** A flash is brighter by so many grey, and times the noise. */
const [flashFloor, flashNoise] = [8, 3];
/** Pixels of a block that make it one with flashes. */
const blockFlashes = 3;
/** Shares are averaged over so long; while nothing falls they are taken so seldom. */
const [averageMs, clearMs] = [3000, 1000];
/** The share of pixels that flash, in the middle one of all blocks: from which on it falls thick, until which. */
const [thickBegins, thickEnds] = [0.006, 0.003];
/** The share of blocks with flashes from which on they bear out that it falls, until which it does. */
const [fallBegins, fallEnds] = [0.2, 0.12];
/**
 * How fast may go what is kept, in steps of 2 pixels a frame: fewer where more drops would fit any speed, by the third
 * power of their share, as three have to meet.
 */
const [stridesLeast, stridesMost, chances] = [2, 8, 1e-4];

export class Weather {
  readonly #passes: PixelPasses;
  readonly #at: PixelBuffers;
  readonly #size: Size;
  readonly #views: PixelViews;
  /** Frames as they were, newest first. */
  #pasts: readonly Past[] = [];
  #measuredAt = 0;
  #share = 0;
  #spread = 0;
  #falls = false;

  constructor(passes: PixelPasses, at: PixelBuffers, { width, height }: Size) {
    this.#passes = passes;
    this.#at = at;
    this.#size = { width, height };
    this.#views = new PixelViews(passes);
  }

  /** Whether it falls so thick that drops meet by chance wherever one looks. */
  get isThick(): boolean { return this.#falls && this.#share > thickBegins; }

  /** Looks at `image`; where it rains or snows, what neither stays nor walks is taken out of it. */
  look(frame: WeatherFrame): void {
    const { width: w, height: h } = this.#size;
    const { image, picture, limit, row, newer, older } = this.#at;
    const [before, earlier] = this.#pasts.filter(({ at }) => frame.atMs - at >= apartMs);
    const isDue = this.#falls || frame.atMs - this.#measuredAt >= clearMs;
    const isKnown = before !== undefined && earlier !== undefined && frame.atMs - earlier.at <= togetherMs;
    if (isKnown && isDue) {
      this.#relight(before, frame, newer);
      this.#relight(earlier, frame, older);
      this.#measure(frame);
    }
    this.#keep(frame);
    if (isKnown && this.#falls) this.#passes.persist(image, newer, older, picture, limit, row, w, h, this.#strides);
  }

  get #strides(): number {
    return Math.round(Math.min(Math.max(chances / this.#share ** 3, stridesLeast), stridesMost));
  }

  #relight({ image, bands }: Past, now: WeatherFrame, out: Pointer): void {
    const { width: w, height: h } = this.#size;
    fillRowGains(now.bands.map((gain, band) => gain / (bands[band] ?? gain)), this.#views.u16(this.#at.gains, h));
    this.#passes.scaleRows(image, this.#at.gains, out, w, h);
  }

  #measure({ atMs, noise, isWeather }: WeatherFrame): void {
    const { width: w, height: h } = this.#size;
    const { image, newer, older, flashes } = this.#at;
    const least = Math.round(Math.min(Math.max(flashFloor, flashNoise * noise), 255));
    this.#passes.flashes(image, newer, older, flashes, w, h, least);
    const counts = this.#views.u32(flashes, Math.floor(w / flashBlock) * Math.floor(h / flashBlock));
    const spread = counts.reduce((sum, count) => sum + (count >= blockFlashes ? 1 : 0), 0) / counts.length;
    const share = (counts.sort()[counts.length >> 1] ?? 0) / flashBlock ** 2;
    const gain = 1 - Math.exp(-Math.min(atMs - this.#measuredAt, togetherMs) / averageMs);
    this.#measuredAt = atMs;
    this.#share += gain * (share - this.#share);
    this.#spread += gain * (spread - this.#spread);
    this.#falls = this.#falls
      ? this.#share > thickEnds || this.#spread > fallEnds
      : this.#share > thickBegins || (isWeather && this.#spread > fallBegins);
  }

  /** Keeps the frame as it is, if the one kept last is old enough. */
  #keep({ atMs, bands }: WeatherFrame): void {
    const [last] = this.#pasts;
    if (last !== undefined && atMs - last.at < apartMs) return;
    const { width, height } = this.#size;
    const { image, raw0, raw1, raw2 } = this.#at;
    const kept = this.#pasts.slice(0, 2);
    const free = [raw0, raw1, raw2].find((at) => kept.every((past) => past.image !== at)) ?? raw0;
    this.#views.u8(free, width * height).set(this.#views.u8(image, width * height));
    this.#pasts = [{ image: free, bands, at: atMs }, ...kept];
  }
}
