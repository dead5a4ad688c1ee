/**
 * How a frame stands to a reference: in how many blocks the scene is still recognised, what is left of the structure of
 * those where it is not, how sharp the rest is. It only measures, in `scene-view-kernel.c`; `verdict.ts` judges.
 */
import type { SceneReference } from './scene-reference.ts';
import type { Pyramid, Structure } from './tamper-kernel.ts';

export interface SceneView {
  /** Blocks of the reference with enough structure to be recognised, of 48. */
  readonly textured: number;
  /** Share of the textured blocks that are not recognised. */
  readonly unseen: number;
  /** Share of these blocks that have hardly any structure now. */
  readonly empty: number;
  /** Correlation of all these blocks together with the reference: the last trace of a scene in the dark. */
  readonly trace: number;
  /** Fine detail of the recognised blocks against coarse, as a share of the usual (an amplitude); 1 when unknown. */
  readonly sharpness: number;
}

/** How `frame`, whose structure is `own`, stands to `reference`. */
export function viewScene(frame: Pyramid, own: Structure, { kernel, picture, structure }: SceneReference): SceneView {
  const [textured = 0, unseen = 0, empty = 0, trace = 0, sharpness = 1] = kernel.view(frame, own, picture, structure);
  return { textured, unseen, empty, trace, sharpness };
}
