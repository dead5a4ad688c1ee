import type { Box } from '../../device/core/geometry.ts';

/**
 * What two boxes must share of all that they cover to be the same face: detectors and people differ in what belongs to
 * one.
 */
const SAME = 0.25;

/**
 * Each known face is found by at most one box, and each box finds at most one; what finds none is extra. All boxes in
 * one unit.
 */
export function scoreBoxes(
  known: readonly Box[],
  found: readonly Box[],
): { readonly found: number; readonly extra: number } {
  const pairs = known
    .flatMap((face, index) => found.map((box, other) => ({ index, other, shared: sharedOfUnion(face, box) })))
    .filter(({ shared }) => shared >= SAME)
    .sort((a, b) => b.shared - a.shared);
  const [faces, boxes] = [new Set<number>(), new Set<number>()];
  for (const { index, other } of pairs) {
    if (faces.has(index) || boxes.has(other)) continue;
    faces.add(index);
    boxes.add(other);
  }
  return { found: faces.size, extra: found.length - boxes.size };
}

function sharedOfUnion([x, y, width, height]: Box, [left, top, wide, high]: Box): number {
  const across = Math.max(0, Math.min(x + width, left + wide) - Math.max(x, left));
  const down = Math.max(0, Math.min(y + height, top + high) - Math.max(y, top));
  const shared = across * down;
  return shared / (width * height + wide * high - shared);
}
