import fc from 'fast-check';
import assert from 'node:assert/strict';
import type { Point } from '../core/geometry.ts';
import { extendPath, pathPoints } from './track-path.ts';

const grow = (feet: readonly Point[]): readonly Point[] => feet.reduce<readonly Point[]>(extendPath, []);
const away = ([x, y]: Point, [u, v]: Point): number => Math.hypot(x - u, y - v);

describe('track path', () => {
  it('keeps every step of a short way', () =>
    assert.deepEqual(grow([[0.1, 0.5], [0.2, 0.5], [0.3, 0.6]]), [[0.1, 0.5], [0.2, 0.5], [0.3, 0.6]]));
  it('does not grow while a thing rests', () =>
    assert.equal(grow(Array.from({ length: 99 }, () => [0.3, 0.5])).length, 1));
  it('keeps the corner of a long way round it', () => {
    const down = Array.from({ length: 100 }, (_, index): Point => [0.1, index / 110]);
    const right = Array.from({ length: 100 }, (_, index): Point => [0.1 + index / 120, 99 / 110]);
    const path = grow([...down, ...right]);
    assert.ok(path.some((point) => away(point, [0.1, 0.9]) < 0.02));
  });
  it('is never longer than 32 points, and keeps the first and the last', () => {
    const feet = fc.array(
      fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
      { minLength: 1, maxLength: 120 },
    );
    fc.assert(fc.property(feet, (points) => {
      const path = grow(points);
      assert.ok(path.length <= pathPoints);
      assert.deepEqual(path[0], points[0]);
      assert.ok(away(path.at(-1) ?? [9, 9], points.at(-1) ?? [0, 0]) < 0.0051);
    }), { seed: 1, numRuns: 60 });
  });
});
