/**
 * Whether what lies somewhere stirs more than the background does, against itself of a second and a half ago: nobody
 * stands quite still, a parked car does.
 */
import type { Size } from '../core/geometry.ts';
import { fillRowGains } from './exposure.ts';
import { cellSize, PixelViews, type PixelBuffers } from './pixel-buffers.ts';
import type { PixelPasses } from './pixel-passes.ts';

/** Of the frame looked at. */
export interface StirringLight {
  /** Its gains against the background. */
  readonly bands: Float64Array;
  /** Of the sensor, in grey. */
  readonly noise: number;
}

/** How far apart frames are in which something stirs; greys by which it does, and times the noise. */
const [stirringMs, stirringFloor, stirringNoise] = [1500, 1, 1.65];
/** The share of a thing that stirs, above twice the background's. */
const leastStirring = 0.02;
/** When so much of the background stirs, nothing can be said. */
const unsteady = 0.1;

export class Stirring {
  readonly #passes: PixelPasses;
  readonly #at: PixelBuffers;
  readonly #size: Size;
  readonly #views: PixelViews;
  #now = 0;
  #before: { readonly bands: Float64Array; readonly at: number } | undefined;
  /** The share of the background that stirs, once somebody asked in this frame. */
  #background: number | undefined;

  constructor(passes: PixelPasses, at: PixelBuffers, { width, height }: Size) {
    this.#passes = passes;
    this.#at = at;
    this.#size = { width, height };
    this.#views = new PixelViews(passes);
  }

  /** The next frame is looked at. */
  look(atMs: number): void {
    this.#now = atMs;
    this.#background = undefined;
  }

  /** Whether what lies in `cells` stirs; undefined where nothing can be said: not in this frame, or too much stirs. */
  stirs(cells: readonly number[], light: StirringLight): boolean | undefined {
    if (this.#before === undefined || !this.#isDue) return undefined;
    this.#background ??= this.#compare(this.#before.bands, light);
    if (this.#background > unsteady) return undefined;
    const { width, height } = this.#size;
    const stirred = this.#views.u8(this.#at.stirred, width * height);
    const columns = Math.floor(width / cellSize);
    let pixels = 0;
    for (const cell of cells) {
      const first = Math.floor(cell / columns) * cellSize * width + (cell % columns) * cellSize;
      for (let pixel = 0; pixel < cellSize * cellSize; pixel += 1) {
        pixels += stirred[first + Math.floor(pixel / cellSize) * width + (pixel % cellSize)] ?? 0;
      }
    }
    return pixels > (leastStirring + 2 * this.#background) * cells.length * cellSize * cellSize;
  }

  /** Keeps the frame looked at, whose gains are `bands`, if it is time. */
  remember(bands: Float64Array): void {
    if (!this.#isDue) return;
    const { width, height } = this.#size;
    this.#views.u8(this.#at.slow, width * height).set(this.#views.u8(this.#at.image, width * height));
    this.#before = { bands, at: this.#now };
  }

  get #isDue(): boolean { return this.#before === undefined || this.#now - this.#before.at >= stirringMs; }

  /** Finds the pixels that changed by more than noise; returns the share of the background's that did. */
  #compare(before: Float64Array, { bands, noise }: StirringLight): number {
    const { width: w, height: h } = this.#size;
    const { image, gains, relit, row, relitSums, slow, tight, stirred, mask } = this.#at;
    fillRowGains(bands.map((gain, band) => gain / (before[band] ?? gain)), this.#views.u16(gains, h));
    this.#passes.scaleRows(slow, gains, relit, w, h);
    this.#views.u8(tight, w * h).fill(Math.round(2 * (stirringFloor + stirringNoise * noise)));
    this.#passes.smoothDifference(image, relit, tight, row, relitSums, w, h);
    this.#passes.mark(relitSums, tight, stirred, w * h);
    const [marked, changed] = [this.#views.u8(mask, w * h), this.#views.u8(stirred, w * h)];
    let [still, stirring] = [0, 0];
    for (let pixel = 0; pixel < marked.length; pixel += 1) {
      if (marked[pixel] === 1) continue;
      still += 1;
      stirring += changed[pixel] ?? 0;
    }
    return stirring / Math.max(still, 1);
  }
}
