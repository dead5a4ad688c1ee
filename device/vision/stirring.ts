/**
 * Whether what lies somewhere stirs more than the background does, against itself of a second and a half ago: nobody
 * stands quite still, a parked car does.
 */
import { countIn, type PixelBench } from './pixel-bench.ts';
import { cellSize } from './pixel-buffers.ts';

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
  readonly #bench: PixelBench;
  #now = 0;
  #before: { readonly bands: Float64Array; readonly at: number } | undefined;
  /** The share of the background that stirs, once somebody asked in this frame. */
  #background: number | undefined;

  constructor(bench: PixelBench) { this.#bench = bench; }

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
    const stirred = this.#bench.image(this.#bench.at.stirred);
    const pixels = countIn(cells, this.#bench.width, (pixel) => stirred[pixel] === 1);
    return pixels > (leastStirring + 2 * this.#background) * cells.length * cellSize * cellSize;
  }

  /** The next frame shows something else. */
  forget(): void { this.#before = undefined; }

  /** Keeps the frame looked at, whose gains are `bands`, if it is time. */
  remember(bands: Float64Array): void {
    if (!this.#isDue) return;
    this.#bench.copy(this.#bench.at.image, this.#bench.at.slow);
    this.#before = { bands, at: this.#now };
  }

  get #isDue(): boolean { return this.#before === undefined || this.#now - this.#before.at >= stirringMs; }

  /** Finds the pixels that changed by more than noise; returns the share of the background's that did. */
  #compare(before: Float64Array, { bands, noise }: StirringLight): number {
    const { passes, width: w, height: h } = this.#bench;
    const { image, relit, row, relitSums, slow, tight, stirred, mask } = this.#bench.at;
    this.#bench.relight({ image: slow, bands: before }, bands, relit);
    this.#bench.image(tight).fill(Math.round(2 * (stirringFloor + stirringNoise * noise)));
    passes.smoothDifference(image, relit, tight, row, relitSums, w, h);
    passes.mark(relitSums, tight, stirred, w * h);
    const [marked, changed] = [this.#bench.image(mask), this.#bench.image(stirred)];
    let [still, stirring] = [0, 0];
    for (let pixel = 0; pixel < marked.length; pixel += 1) {
      if (marked[pixel] === 1) continue;
      still += 1;
      stirring += changed[pixel] ?? 0;
    }
    return stirring / Math.max(still, 1);
  }
}
