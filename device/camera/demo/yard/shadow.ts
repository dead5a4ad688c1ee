/** Where the sun does not reach: shadows of the house, the hedge, the car and, dappled, of the tree. */
import { noise } from '../brush/texture.ts';
import { smoothStep } from '../story/chance.ts';
import { car, crown, hedge, house, trunk, type Ball, type Block } from './plan.ts';
import type { Place } from './view.ts';

const { left, right, front, back, eaves, overhang } = house;
/** Of the house only walls and eaves: the sun stands before it, so that its roof shades nothing that is seen. */
const blocks: readonly Block[] = [
  { low: [left, 0, front], high: [right, eaves - 0.2, back] },
  { low: [left - 0.35, eaves - 0.21, front - overhang], high: [right + 0.32, eaves - 0.13, front] },
  hedge,
  car,
  {
    low: [trunk.x - trunk.radius, 0, trunk.z - trunk.radius],
    high: [trunk.x + trunk.radius, trunk.height, trunk.z + trunk.radius],
  },
];

/** Share of the sun's light that reaches `from`, with the sun in the direction `towards` (length 1). */
export function sunlit(from: Place, towards: Place): number {
  if (blocks.some((block) => meets(from, towards, block))) return 0;
  const leaves = crown.reduce((sum, ball) => sum + wayThrough(from, towards, ball), 0);
  if (leaves === 0) return 1;
  const [x, y, z] = from;
  const dapple = 0.75 * noise(x * 3.4, z * 2.6 + y * 3, 120) + 0.25 * noise(x * 9, z * 7 + y * 9, 121);
  return smoothStep(0.15, 0.6, dapple - leaves * 0.34 + 0.28);
}

/** Whether a ray meets a block: the slab method, one axis after the other. */
function meets(from: Place, towards: Place, { low, high }: Block): boolean {
  let [enters, leaves] = [0.02, Infinity];
  for (let axis = 0; axis < 3; axis++) {
    const [start, way] = [from[axis] ?? 0, towards[axis] ?? 0];
    const [one, other] = [((low[axis] ?? 0) - start) / way, ((high[axis] ?? 0) - start) / way];
    enters = Math.max(enters, Math.min(one, other));
    leaves = Math.min(leaves, Math.max(one, other));
    if (enters >= leaves) return false;
  }
  return true;
}

/** Metres that a ray runs through a ball. */
function wayThrough(from: Place, towards: Place, { centre, radius }: Ball): number {
  const [x, y, z] = [centre[0] - from[0], centre[1] - from[1], centre[2] - from[2]];
  const along = x * towards[0] + y * towards[1] + z * towards[2];
  const aside = x * x + y * y + z * z - along * along;
  if (along < 0 || aside >= radius * radius) return 0;
  return 2 * Math.sqrt(radius * radius - aside);
}
