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
  readonly #bytes: Uint8Array;

  constructor(passes: PixelPasses, { width, height }: Size) {
    this.passes = passes;
    this.at = layOut(width, height).at;
    this.views = new PixelViews(passes);
    this.width = width;
    this.height = height;
    this.#bytes = new Uint8Array(passes.memory.buffer);
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
}

/** How many pixels of these cells are such, in a picture so wide. */
export function countIn(cells: readonly number[], width: number, isSuch: (pixel: number) => boolean): number {
  const columns = Math.floor(width / cellSize);
  let count = 0;
  for (const cell of cells) {
    const first = Math.floor(cell / columns) * cellSize * width + (cell % columns) * cellSize;
    for (let pixel = 0; pixel < cellSize * cellSize; pixel += 1) {
      if (isSuch(first + Math.floor(pixel / cellSize) * width + (pixel % cellSize))) count += 1;
    }
  }
  return count;
}
