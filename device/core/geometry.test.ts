import fc from 'fast-check';
import assert from 'node:assert/strict';
import { detour, distanceToRight, footOf, isInside, type Point, type Polygon } from './geometry.ts';

/** Corners lie on hundredths, the points asked for between them: never on an outline's own corner. */
const hundredth = fc.integer({ min: 0, max: 100 });
const point = fc.tuple(hundredth, hundredth).map(([x, y]): Point => [x / 100, y / 100]);
const between = fc.tuple(hundredth, hundredth).map(([x, y]): Point => [(x + 0.37) / 101, (y + 0.41) / 101]);
const square: Polygon = [[0.2, 0.2], [0.8, 0.2], [0.8, 0.8], [0.2, 0.8]];
/** An L: the upper right quarter is missing. */
const corner: Polygon = [[0, 0], [0.5, 0], [0.5, 0.5], [1, 0.5], [1, 1], [0, 1]];

describe('geometry', () => {
  it('knows what lies in a polygon, also in one with a dent', () => {
    assert.deepEqual([[0.5, 0.5], [0.1, 0.5], [0.5, 0.9]].map(([x = 0, y = 0]) =>
      isInside(square, [x, y])), [true, false, false]);
    assert.deepEqual([isInside(corner, [0.25, 0.25]), isInside(corner, [0.75, 0.25]), isInside(corner, [0.75, 0.75])], [
      true, false, true,
    ]);
  });
  it('says the same of a polygon drawn the other way round', () =>
    fc.assert(fc.property(fc.array(point, { minLength: 3, maxLength: 9 }), between, (polygon, at) =>
      assert.equal(isInside(polygon, at), isInside(polygon.toReversed(), at))), { seed: 1 }));
  it('measures to the right of a line, seen along it; below is right of what goes right', () => {
    assert.ok(distanceToRight([0, 0.5], [1, 0.5], [0.3, 0.7]) > 0);
    assert.ok(Math.abs(distanceToRight([0, 0], [0, 2], [3, 1]) + 3) < 1e-9);
  });
  it('finds no detour on a straight way', () => {
    const [a, b, c]: Point[] = [[0, 0], [0.5, 0.5], [1, 1]];
    assert.ok(a !== undefined && b !== undefined && c !== undefined);
    assert.equal(detour(a, b, c), 0);
    assert.ok(detour(a, [0.5, 0.6], c) > 0);
  });
  it('stands a box on the middle of its lower edge', () =>
    assert.deepEqual(footOf([0.2, 0.25, 0.4, 0.5]), [0.4, 0.75]));
});
