/** What everything that works on the pixels of one picture shares: their buffers, views of them, the passes. */
import type { Size } from '../core/geometry.ts';
import { fillRowGains } from './exposure.ts';
import { cellSize, layOut, PixelViews, type PixelBuffers } from './pixel-buffers.ts';
import type { PixelPasses, Pointer } from './pixel-passes.ts';

/** An image and the gains, one for each band of rows, that it was taken with. */
export interface LitImage { readonly image: Pointer; readonly bands: Float64Array }

export class PixelBench {
  readonly passes: PixelPasses;
  readonly at: PixelBuffers;
  readonly views: PixelViews;
  readonly width: number;
  readonly height: number;

  constructor(passes: PixelPasses, { width, height }: Size) {
    this.passes = passes;
    this.at = layOut(width, height).at;
    this.views = new PixelViews(passes);
    this.width = width;
    this.height = height;
  }

  /** A view of a byte for each pixel. */
  image(at: Pointer): Uint8Array { return this.views.u8(at, this.width * this.height); }

  copy(from: Pointer, to: Pointer): void { this.image(to).set(this.image(from)); }

  /** An image as it would look in the light of other gains: `out`. Overwrites `gains`. */
  relight({ image, bands }: LitImage, light: Float64Array, out: Pointer): void {
    const { gains } = this.at;
    fillRowGains(light.map((gain, band) => gain / (bands[band] ?? gain)), this.views.u16(gains, this.height));
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
