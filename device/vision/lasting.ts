/**
 * Whether something was there before: a person overlaps himself from frame to frame, or goes on by a speed of his own.
 * A moth before the lens is each time elsewhere, and so is the light of a lamp that sweeps by.
 */
import type { Size } from '../core/geometry.ts';
import type { PastFrames } from './past-frames.ts';
import { cellSize, PixelViews, type PixelBuffers } from './pixel-buffers.ts';
import type { PixelPasses } from './pixel-passes.ts';

/** The share of a thing's marked pixels that must have been there. */
const leastShare = 0.1;
/** How fast may go what was there, in steps of 2 pixels a frame. */
const strides = 8;

export class Lasting {
  readonly #passes: PixelPasses;
  readonly #at: PixelBuffers;
  readonly #size: Size;
  readonly #views: PixelViews;
  readonly #pasts: PastFrames;
  #isCompared = false;

  constructor(passes: PixelPasses, at: PixelBuffers, { width, height }: Size, pasts: PastFrames) {
    this.#passes = passes;
    this.#at = at;
    this.#size = { width, height };
    this.#views = new PixelViews(passes);
    this.#pasts = pasts;
  }

  /** The next frame is looked at. */
  look(): void { this.#isCompared = false; }

  /** Whether what lies in `cells` was there in the frames before, in place or on its way; true where none tell. */
  lasts(cells: readonly number[]): boolean {
    if (!this.#pasts.show()) return true;
    if (!this.#isCompared) this.#compare();
    const { width, height } = this.#size;
    const { mask, lasting, picture, limit } = this.#at;
    const [marked, kept, usual, asked] = [mask, lasting, picture, limit].map((at) =>
      this.#views.u8(at, width * height)) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    const columns = Math.floor(width / cellSize);
    let [all, there] = [0, 0];
    for (const cell of cells) {
      const first = Math.floor(cell / columns) * cellSize * width + (cell % columns) * cellSize;
      for (let pixel = 0; pixel < cellSize * cellSize; pixel += 1) {
        const at = first + Math.floor(pixel / cellSize) * width + (pixel % cellSize);
        if (marked[at] !== 1) continue;
        all += 1;
        if (2 * Math.abs((kept[at] ?? 0) - (usual[at] ?? 0)) > (asked[at] ?? 0)) there += 1;
      }
    }
    return there >= leastShare * all;
  }

  #compare(): void {
    const { width: w, height: h } = this.#size;
    const { image, newer, older, picture, limit, row, lasting } = this.#at;
    this.#views.u8(lasting, w * h).set(this.#views.u8(image, w * h));
    this.#passes.persist(lasting, newer, older, picture, limit, row, w, h, strides);
    this.#isCompared = true;
  }
}
