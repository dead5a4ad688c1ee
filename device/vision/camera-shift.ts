/** By how much the frame is displaced against the background: found on pixels, and the frame moved back. */
import type { Size } from '../core/geometry.ts';
import { PixelViews, type PixelBuffers } from './pixel-buffers.ts';
import type { PixelPasses, Pointer } from './pixel-passes.ts';
import { blocksAgree, findDisplacement, reach, unmoved, type Displacement } from './registration.ts';

/** Greys by which a pixel may misfit, at most. */
const clip = 24;
const border = reach + 1;

export class CameraShift {
  readonly #passes: PixelPasses;
  readonly #at: PixelBuffers;
  readonly #size: Size;
  readonly #views: PixelViews;

  constructor(passes: PixelPasses, at: PixelBuffers, { width, height }: Size) {
    this.#passes = passes;
    this.#at = at;
    this.#size = { width, height };
    this.#views = new PixelViews(passes);
  }

  /**
   * Compares `frame` with `picture`; where it is displaced, `image` is the frame moved back.
   * @param byRelief - Light moves: edges are compared, since a shadow would pull the picture along.
   */
  find(byRelief: boolean): Displacement {
    const { width: w, height: h } = this.#size;
    const { frame, image, blocksBefore, blocksAfter, reliefImage } = this.#at;
    const picture = this.#shape(this.#at.picture, this.#at.reliefPicture, byRelief);
    const seen = this.#shape(frame, reliefImage, byRelief);
    const misfit = (x: number, y: number): number => this.#passes.misfit(seen, picture, w, h, x, y, border, clip);
    const found = findDisplacement(misfit);
    if (found === unmoved) return unmoved;
    const unmovedMisfit = misfit(0, 0);
    this.#passes.blockMisfits(seen, picture, blocksBefore, w, h, border, clip);
    const [x, y] = [Math.floor(found.x), Math.floor(found.y)];
    this.#passes.shift(frame, image, w, h, x, y, Math.round(32 * (found.x - x)), Math.round(32 * (found.y - y)));
    const back = this.#shape(image, reliefImage, byRelief);
    if (this.#passes.misfit(back, picture, w, h, 0, 0, border, clip) > 0.98 * unmovedMisfit) return unmoved;
    this.#passes.blockMisfits(back, picture, blocksAfter, w, h, border, clip);
    return blocksAgree(this.#views.u32(blocksBefore, 48), this.#views.u32(blocksAfter, 48)) ? found : unmoved;
  }

  #shape(image: Pointer, relief: Pointer, byRelief: boolean): Pointer {
    if (!byRelief) return image;
    this.#passes.relief(image, relief, this.#size.width, this.#size.height);
    return relief;
  }
}
