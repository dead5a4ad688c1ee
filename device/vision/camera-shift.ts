/** By how much the frame is displaced against the background: found on pixels, and the frame moved back. */
import type { PixelBench } from './pixel-bench.ts';
import type { Pointer } from './pixel-passes.ts';
import { blocksAgree, findDisplacement, reach, unmoved, type Displacement } from './registration.ts';

/** Greys by which a pixel may misfit, at most. */
const clip = 24;
const border = reach + 1;

export class CameraShift {
  readonly #bench: PixelBench;
  readonly #misfits: Uint32Array;

  constructor(bench: PixelBench) {
    this.#bench = bench;
    this.#misfits = bench.views.u32(bench.at.misfits, 9);
  }

  /**
   * Compares `frame` with `picture`; where it is displaced, `image` is the frame moved back.
   * @param byRelief - Light moves: edges are compared, since a shadow would pull the picture along.
   */
  find(byRelief: boolean): Displacement {
    const { passes, views, at, width: w, height: h } = this.#bench;
    const { frame, image, blocksBefore, blocksAfter, reliefImage } = at;
    const picture = this.#shape(at.picture, at.reliefPicture, byRelief);
    const seen = this.#shape(frame, reliefImage, byRelief);
    const found = findDisplacement((x, y) => {
      passes.misfits(seen, picture, at.misfits, w, h, x, y, border, clip);
      return this.#misfits;
    });
    if (found === unmoved) return unmoved;
    const unmovedMisfit = passes.misfit(seen, picture, w, h, 0, 0, border, clip);
    passes.blockMisfits(seen, picture, blocksBefore, w, h, border, clip);
    const [x, y] = [Math.floor(found.x), Math.floor(found.y)];
    passes.shift(frame, image, w, h, x, y, Math.round(32 * (found.x - x)), Math.round(32 * (found.y - y)));
    const back = this.#shape(image, reliefImage, byRelief);
    if (passes.misfit(back, picture, w, h, 0, 0, border, clip) > 0.98 * unmovedMisfit) return unmoved;
    passes.blockMisfits(back, picture, blocksAfter, w, h, border, clip);
    return blocksAgree(views.u32(blocksBefore, 48), views.u32(blocksAfter, 48)) ? found : unmoved;
  }

  #shape(image: Pointer, relief: Pointer, byRelief: boolean): Pointer {
    if (!byRelief) return image;
    this.#bench.passes.relief(image, relief, this.#bench.width, this.#bench.height);
    return relief;
  }
}
