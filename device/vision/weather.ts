/**
 * Rain and snow, told by pixels: a drop is brighter than what lies behind it, for one frame at one place. How many
 * pixels flash so, and how far over the picture they lie, says how it falls. Then what neither stays nor walks on is
 * taken out of the frame before it is looked at: where it falls thick, worst at night under the camera's own lamp,
 * drops lie where other drops were, and nothing that is made of blobs can tell them from things.
 */
import type { PastFrames } from './past-frames.ts';
import type { Recall } from './learnt-pixels.ts';
import type { PixelBench } from './pixel-bench.ts';
import { flashBlock } from './pixel-buffers.ts';

/** Of the frame looked at. */
export interface WeatherFrame {
  readonly atMs: number;
  /** Of the sensor, in grey. */
  readonly noise: number;
  /** So many things come and go that it rains or snows by them. */
  readonly isWeather: boolean;
}

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
 * The share of its mean over all blocks that the middle one must reach, for falling to begin and to go on: it falls
 * everywhere alike, while what drives by lies in a few blocks.
 */
const [evenBegins, evenEnds] = [0.3, 0.2];
/**
 * How fast may go what is kept, in steps of 2 pixels a frame: fewer where more drops would fit any speed, by the third
 * power of their share, as three have to meet.
 */
const [stridesLeast, stridesMost, chances] = [2, 8, 1e-4];

export class Weather {
  readonly #bench: PixelBench;
  readonly #pasts: PastFrames;
  #measuredAt = 0;
  #share = 0;
  #mean = 0;
  #spread = 0;
  #falls = false;

  constructor(bench: PixelBench, pasts: PastFrames) {
    this.#bench = bench;
    this.#pasts = pasts;
  }

  /** Whether it falls so thick that drops meet by chance wherever one looks. */
  get isThick(): boolean { return this.#falls && this.#share > thickBegins; }

  /** Looks at `image`; where it rains or snows, what neither stays nor walks is taken out of it. */
  look(frame: WeatherFrame): void {
    const { passes, width: w, height: h } = this.#bench;
    const { image, newer, older, picture, limit, row } = this.#bench.at;
    const isDue = this.#falls || frame.atMs - this.#measuredAt >= clearMs;
    const isKnown = isDue && this.#pasts.show();
    if (isKnown) this.#measure(frame);
    this.#pasts.keep();
    if (isKnown && this.#falls) passes.persist(image, newer, older, picture, limit, row, w, h, this.#strides, 0);
  }

  /** Keeps what falls now, for later. */
  remember(): Recall {
    const [share, mean, spread, falls] = [this.#share, this.#mean, this.#spread, this.#falls];
    return () => { [this.#share, this.#mean, this.#spread, this.#falls] = [share, mean, spread, falls]; };
  }

  get #strides(): number {
    return Math.round(Math.min(Math.max(chances / this.#share ** 3, stridesLeast), stridesMost));
  }

  #measure({ atMs, noise, isWeather }: WeatherFrame): void {
    const { passes, views, width: w, height: h } = this.#bench;
    const { image, newer, older, flashes } = this.#bench.at;
    const least = Math.round(Math.min(Math.max(flashFloor, flashNoise * noise), 255));
    passes.flashes(image, newer, older, flashes, w, h, least);
    const counts = views.u32(flashes, Math.floor(w / flashBlock) * Math.floor(h / flashBlock));
    const spread = counts.reduce((sum, count) => sum + (count >= blockFlashes ? 1 : 0), 0) / counts.length;
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length / flashBlock ** 2;
    const share = (counts.sort()[counts.length >> 1] ?? 0) / flashBlock ** 2;
    const gain = 1 - Math.exp(-Math.min(atMs - this.#measuredAt, clearMs) / averageMs);
    this.#measuredAt = atMs;
    this.#share += gain * (share - this.#share);
    this.#mean += gain * (mean - this.#mean);
    this.#spread += gain * (spread - this.#spread);
    const isEven = this.#share > (this.#falls ? evenEnds : evenBegins) * this.#mean;
    this.#falls = this.#falls
      ? (this.#share > thickEnds && isEven) || this.#spread > fallEnds
      : (this.#share > thickBegins && isEven) || (isWeather && this.#spread > fallBegins);
  }
}
