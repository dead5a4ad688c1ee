import type { Observation } from '../core/frame.ts';
import { boxArea } from '../core/geometry.ts';

/** A box this close to the border is taken for cut off by it. */
const BORDER = 0.02;
/** What a cut-off thing is worth, and how much less one at the side is worth than one in the middle. */
const CUT_OFF = 0.5;
const ASIDE = 0.3;

/**
 * How good a picture of an event a moment gives, 0 to 1: strong motion, the largest thing whole (it may stand on the lower
 * border) and rather in the middle.
 */
export function pictureValue({ score, boxes }: Observation): number {
  const [first, ...others] = boxes;
  if (first === undefined) return score * CUT_OFF;
  const [x, y, width] = others.reduce((largest, box) => (boxArea(box) > boxArea(largest) ? box : largest), first);
  const isCutOff = x < BORDER || x + width > 1 - BORDER || y < BORDER;
  const aside = Math.abs(2 * (x + width / 2) - 1);
  return score * (isCutOff ? CUT_OFF : 1) * (1 - ASIDE * aside);
}
