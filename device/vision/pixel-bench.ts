/** What everything that works on the pixels of one picture shares: their buffers, views of them, the passes. */
import type { Size } from '../core/geometry.ts';
import { bandsOf, cellSize, layOut, PixelViews, type LitImage, type PixelBuffers } from './pixel-buffers.ts';
import type { PixelPasses, Pointer } from './pixel-passes.ts';

export class PixelBench {
  readonly passes: PixelPasses;
  readonly at: PixelBuffers;
  readonly views: PixelViews;
  readonly width: number;
  readonly height: number;
  /** Cells across and down. */
  readonly columns: number;
  readonly rows: number;
  readonly #bytes: Uint8Array;
  readonly #listed: Int32Array;

  constructor(passes: PixelPasses, { width, height }: Size) {
    this.passes = passes;
    this.at = layOut(width, height).at;
    this.views = new PixelViews(passes);
    this.width = width;
    this.height = height;
    this.columns = Math.floor(width / cellSize);
    this.rows = Math.floor(height / cellSize);
    this.#bytes = new Uint8Array(passes.memory.buffer);
    this.#listed = this.views.i32(this.at.listed, this.columns * this.rows);
  }

  /** A view of a byte for each pixel. */
  image(at: Pointer): Uint8Array { return this.views.u8(at, this.width * this.height); }

  copy(from: Pointer, to: Pointer): void { this.#bytes.copyWithin(to, from, from + this.width * this.height); }

  /** Keeps `image` as it is now, with its gains. */
  keep(to: LitImage): void {
    const { image, bands } = this.at;
    this.copy(image, to.image);
    this.#bytes.copyWithin(to.bands, bands, bands + 8 * bandsOf(this.height));
  }

  /** A kept image as it would look in the light of the frame looked at: `out`. Overwrites `gains`. */
  relight({ image, bands }: LitImage, out: Pointer): void {
    const { gains } = this.at;
    this.passes.rowGains(this.at.bands, bands, gains, this.height);
    this.passes.scaleRows(image, gains, out, this.width, this.height);
  }

  /** How many pixels of these cells are 1 in a mask. */
  countIn(cells: ArrayLike<number>, mask: Pointer): number {
    return this.passes.countIn(mask, this.list(cells), cells.length, this.width);
  }

  /** Of the pixels of these cells that are 1 in a mask, the share whose i16 in `values` is below 0. */
  shareBelow(cells: ArrayLike<number>, mask: Pointer, values: Pointer): number {
    const [marks, signed] = [this.image(mask), this.views.i16(values, this.width * this.height)];
    let [all, below] = [0, 0];
    for (let index = 0; index < cells.length; index += 1) {
      const cell = cells[index] ?? 0;
      const first = Math.floor(cell / this.columns) * cellSize * this.width + cell % this.columns * cellSize;
      for (let place = 0; place < cellSize * cellSize; place += 1) {
        const at = first + Math.floor(place / cellSize) * this.width + place % cellSize;
        if (marks[at] !== 1) continue;
        all += 1;
        if ((signed[at] ?? 0) < 0) below += 1;
      }
    }
    return all === 0 ? 0 : below / all;
  }

  /** Puts cells where the passes see them. */
  list(cells: ArrayLike<number>): Pointer {
    this.#listed.set(cells);
    return this.at.listed;
  }
}
