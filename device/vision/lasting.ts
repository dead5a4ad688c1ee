/**
 * Whether something was there before: a person overlaps himself from frame to frame, or goes on by a speed of his own.
 * A moth before the lens is each time elsewhere, and so is the light of a lamp that sweeps by.
 */
import type { PastFrames } from './past-frames.ts';
import type { PixelBench } from './pixel-bench.ts';

/** The share of a thing's marked pixels that must have been there. */
const leastShare = 0.1;
/** How fast may go what was there, in steps of 2 pixels a frame. */
const strides = 8;

export class Lasting {
  readonly #bench: PixelBench;
  readonly #pasts: PastFrames;
  #isCompared = false;

  constructor(bench: PixelBench, pasts: PastFrames) {
    this.#bench = bench;
    this.#pasts = pasts;
  }

  /** The next frame is looked at. */
  look(): void { this.#isCompared = false; }

  /** Whether what lies in `cells` was there in the frames before, in place or on its way; true where none tell. */
  lasts(cells: ArrayLike<number>): boolean {
    if (!this.#pasts.show()) return true;
    if (!this.#isCompared) this.#compare();
    const { mask, lastingMask } = this.#bench.at;
    return this.#bench.countIn(cells, lastingMask) >= leastShare * this.#bench.countIn(cells, mask);
  }

  #compare(): void {
    const { passes, width: w, height: h } = this.#bench;
    const { image, newer, older, picture, limit, row, mask, lasting, lastingMask } = this.#bench.at;
    this.#bench.copy(image, lasting);
    passes.persist(lasting, newer, older, picture, limit, row, w, h, strides, 1);
    passes.standOut(lasting, picture, limit, mask, lastingMask, w * h);
    this.#isCompared = true;
  }
}
