/** The head of an arrow at the end of a way: pure. */
import type { Point } from '../../../../core/geometry.ts';

/**
 * The corners of a head of `length` at the end of `way`, tip first: it points where the way led over twice that
 * length, so that feet that jitter do not turn it. Undefined for a way that ends where it was all the time.
 */
export function arrowHead(way: readonly Point[], length: number): readonly Point[] | undefined {
  const end = way.at(-1);
  const from = end && way.findLast((point) => distance(point, end) >= 2 * length);
  const start = from ?? way[0];
  if (end === undefined || start === undefined || distance(start, end) < length / 2) return undefined;
  const [dx, dy] = [(end[0] - start[0]) / distance(start, end), (end[1] - start[1]) / distance(start, end)];
  const [x, y] = [end[0] - dx * length, end[1] - dy * length];
  const half = length * 0.6;
  return [end, [x - dy * half, y + dx * half], [x + dy * half, y - dx * half]];
}

const distance = (a: Point, b: Point): number => Math.hypot(b[0] - a[0], b[1] - a[1]);
