/** How many coefficients each block of a picture has: its neighbours are written, and its edges smoothed, by that. */
import type { Size } from '../../core/geometry.ts';

interface Counts { readonly counts: Uint8Array; readonly stride: number }

export class CoefficientCounts {
  readonly #size: Size;
  /** Of light and both colours. */
  readonly #planes: readonly Counts[];
  readonly #new: Uint8Array;

  /** @param size - In macroblocks. */
  constructor(size: Size) {
    this.#size = size;
    const { width, height } = size;
    this.#planes = [4, 2, 2].map((side) =>
      ({ counts: new Uint8Array(width * height * side * side), stride: width * side }));
    this.#new = new Uint8Array(width * height);
  }

  clear(): void {
    for (const { counts } of this.#planes) counts.fill(0);
    this.#new.fill(0);
  }

  /** The macroblock is predicted from its own picture. */
  setNew({ x, y }: { readonly x: number; readonly y: number }): void { this.#new[y * this.#size.width + x] = 1; }

  isNew(x: number, y: number): boolean { return this.#new[y * this.#size.width + x] === 1; }

  set(plane: number, x: number, y: number, count: number): void {
    const { counts, stride } = this.#planes[plane] as Counts;
    counts[y * stride + x] = count;
  }

  /** Of the block in that column and row of its plane. */
  of(plane: number, x: number, y: number): number {
    const { counts, stride } = this.#planes[plane] as Counts;
    return counts[y * stride + x] as number;
  }

  /** Of the blocks on its left and above it, in the mean. */
  near(plane: number, x: number, y: number): number {
    if (x === 0) return y === 0 ? 0 : this.of(plane, x, y - 1);
    if (y === 0) return this.of(plane, x - 1, y);
    return (this.of(plane, x - 1, y) + this.of(plane, x, y - 1) + 1) >> 1;
  }
}
