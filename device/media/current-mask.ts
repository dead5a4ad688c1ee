import type { Polygon } from '../core/geometry.ts';
import { maskPicture } from './mask-picture.ts';

type Masks = readonly { readonly polygon: Polygon }[];

/** The mask of the masks of now; made anew only when they are others than before. */
export function currentMask(masks: () => Masks): () => string | undefined {
  let made: { readonly of: Masks; readonly mask: string | undefined } | undefined;
  return () => {
    const of = masks();
    if (made?.of !== of) made = { of, mask: maskPicture(of.map(({ polygon }) => polygon)) };
    return made.mask;
  };
}
