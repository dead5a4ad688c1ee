/**
 * Whether what lies somewhere stirs more than the background does, against itself of a second and a half ago: nobody
 * stands quite still, a parked car does.
 */
import type { PixelBench } from './pixel-bench.ts';
import { cellSize } from './pixel-buffers.ts';

/** How far apart frames are in which something stirs; greys by which it does, and times the noise. */
const [stirringMs, stirringFloor, stirringNoise] = [1500, 1, 1.65];
/** The share of a thing that stirs, above twice the background's. */
const leastStirring = 0.02;
/** When so much of the background stirs, nothing can be said. */
const unsteady = 0.1;

export class Stirring {
  readonly #bench: PixelBench;
  #now = 0;
  #keptAt: number | undefined;
  /** The share of the background that stirs, once somebody asked in this frame. */
  #background: number | undefined;

  constructor(bench: PixelBench) { this.#bench = bench; }

  /** The next frame is looked at. */
  look(atMs: number): void {
    this.#now = atMs;
    this.#background = undefined;
  }

  /**
   * Whether what lies in `cells` stirs; undefined where nothing can be said: not in this frame, or too much stirs.
   * @param noise - Of the sensor, in grey.
   */
  stirs(cells: ArrayLike<number>, noise: number): boolean | undefined {
    if (this.#keptAt === undefined || !this.#isDue) return undefined;
    this.#background ??= this.#compare(noise);
    if (this.#background > unsteady) return undefined;
    const pixels = this.#bench.countIn(cells, this.#bench.at.stirred);
    return pixels > (leastStirring + 2 * this.#background) * cells.length * cellSize * cellSize;
  }

  /** The next frame shows something else. */
  forget(): void { this.#keptAt = undefined; }

  /** Keeps the frame looked at, if it is time. */
  remember(): void {
    if (!this.#isDue) return;
    this.#bench.keep(this.#bench.at.slow);
    this.#keptAt = this.#now;
  }

  get #isDue(): boolean { return this.#keptAt === undefined || this.#now - this.#keptAt >= stirringMs; }

  /** Finds the pixels that changed by more than noise; returns the share of the background's that did. */
  #compare(noise: number): number {
    const { passes, width: w, height: h } = this.#bench;
    const { image, relit, row, relitSums, slow, tight, stirred, mask } = this.#bench.at;
    this.#bench.relight(slow, relit);
    this.#bench.image(tight).fill(Math.round(2 * (stirringFloor + stirringNoise * noise)));
    passes.differ(image, relit, tight, tight, row, relitSums, stirred, w, h);
    return passes.shareOutside(stirred, mask, w * h);
  }
}
