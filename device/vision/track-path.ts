/** The way a thing went, in few points. */
import { detour, type Point } from '../core/geometry.ts';

/** Points of a path, at most. */
export const pathPoints = 32;
/** A foot that moved less, as a share of the picture, has not moved. */
const still = 0.005;

/**
 * `path` with `foot` at its end; of too many points, the one goes without which the way changes least (Visvalingam and
 * Whyatt, 1993). The first and the last stay.
 */
export function extendPath(path: readonly Point[], foot: Point): readonly Point[] {
  const last = path.at(-1);
  if (last !== undefined && Math.hypot(foot[0] - last[0], foot[1] - last[1]) < still) return path;
  const longer = [...path, foot];
  return longer.length > pathPoints ? longer.toSpliced(leastTold(longer), 1) : longer;
}

function leastTold(path: readonly Point[]): number {
  let least = 1;
  let smallest = Infinity;
  for (let index = 1; index < path.length - 1; index += 1) {
    const before = path[index - 1];
    const here = path[index];
    const after = path[index + 1];
    if (before === undefined || here === undefined || after === undefined) continue;
    const change = detour(before, here, after);
    if (change >= smallest) continue;
    least = index;
    smallest = change;
  }
  return least;
}
