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

/**
 * How badly the frame fits the background when it is taken back by whole pixels `x`, `y`, and by one more or less: nine
 * numbers, row by row.
 */
export type Misfits = (x: number, y: number) => ArrayLike<number>;

export function findDisplacement(misfits: Misfits): Displacement {
  let x = 0;
  let y = 0;
  let around = misfits(x, y);
  for (let step = 0; step < reach; step += 1) {
    const place = lowest(around, x, y);
    if (place === middle) break;
    x += place % 3 - 1;
    y += Math.floor(place / 3) - 1;
    around = misfits(x, y);
  }
  if (Math.abs(x) < reach && Math.abs(y) < reach) {
    x += fraction(around[middle - 1], around[middle], around[middle + 1]);
    y += fraction(around[middle - 3], around[middle], around[middle + 3]);
  }
  return Math.hypot(x, y) < least ? unmoved : { x, y };
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

/** Of nine places; those beside and above the middle one before those at the corners. */
const middle = 4;
const places = [5, 3, 7, 1, 8, 0, 2, 6] as const;

/** The place around `x`, `y`, within reach, that fits best; the first of equals. */
function lowest(around: ArrayLike<number>, x: number, y: number): number {
  let best = middle;
  for (const place of places) {
    if (Math.abs(x + place % 3 - 1) > reach || Math.abs(y + Math.floor(place / 3) - 1) > reach) continue;
    if ((around[place] ?? 0) < (around[best] ?? 0)) best = place;
  }
  return best;
}

function fraction(before = 0, here = 0, after = 0): number {
  const slope = 2 * (Math.max(before, after) - here);
  return slope > 0 ? (before - after) / slope : 0;
}
