/**
 * A camera on a mast shakes: finds by how much the frame is displaced against the background. Whole pixels by descent
 * on the misfit, the fraction by the equiangular line fit (two lines of equal slope through three misfits), and a vote
 * of blocks, so that one large thing that moves cannot pull the picture along.
 */

/** Pixels by which the frame is displaced; positive is right and down. */
export interface Displacement { readonly x: number; readonly y: number }

export const unmoved: Displacement = { x: 0, y: 0 };
/** Whole pixels that are searched in each direction. */
export const reach = 5;
/** Below this, a displacement cannot be told from noise. */
const least = 0.12;

/** How badly the frame fits the background when it is taken back by whole pixels `x`, `y`. */
export type Misfit = (x: number, y: number) => number;

export function findDisplacement(misfit: Misfit): Displacement {
  const known: (number | undefined)[] = [];
  const at = (x: number, y: number): number => known[placeOf(x, y)] ??= misfit(x, y);
  const { x, y } = descend(at);
  const inside = Math.abs(x) < reach && Math.abs(y) < reach;
  const here = at(x, y);
  const found = inside
    ? { x: x + fraction(at(x - 1, y), here, at(x + 1, y)), y: y + fraction(at(x, y - 1), here, at(x, y + 1)) }
    : { x, y };
  return Math.hypot(found.x, found.y) < least ? unmoved : found;
}

/** True when clearly more blocks fit better after the move than fit worse. */
export function blocksAgree(before: Uint32Array, after: Uint32Array): boolean {
  let [better, worse] = [0, 0];
  before.forEach((misfit, block) => {
    const moved = after[block] ?? 0;
    if (moved < 0.92 * misfit) better += 1;
    else if (moved > 1.08 * misfit) worse += 1;
  });
  return better >= 0.3 * before.length && better > 2 * worse;
}

/** A number for each displacement that is looked at. */
const placeOf = (x: number, y: number): number => (y + reach + 1) * (2 * reach + 3) + x + reach + 1;

const around: readonly Displacement[] = [
  { x: 1, y: 0 }, { x: -1, y: 0 }, { x: 0, y: 1 }, { x: 0, y: -1 },
  { x: 1, y: 1 }, { x: -1, y: -1 }, { x: 1, y: -1 }, { x: -1, y: 1 },
];

function descend(at: Misfit): Displacement {
  let here = unmoved;
  for (let step = 0; step < reach; step += 1) {
    const next = lowestAround(here, at);
    if (next === here) break;
    here = next;
  }
  return here;
}

/** Of a displacement and those beside it the one that fits best; the first of equals. */
function lowestAround(here: Displacement, at: Misfit): Displacement {
  let best = here;
  let lowest = at(here.x, here.y);
  for (const way of around) {
    const x = here.x + way.x;
    const y = here.y + way.y;
    if (Math.abs(x) > reach || Math.abs(y) > reach) continue;
    const misfit = at(x, y);
    if (misfit >= lowest) continue;
    best = { x, y };
    lowest = misfit;
  }
  return best;
}

function fraction(before: number, here: number, after: number): number {
  const slope = 2 * (Math.max(before, after) - here);
  return slope > 0 ? (before - after) / slope : 0;
}
