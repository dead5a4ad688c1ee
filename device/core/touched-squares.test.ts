import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isInside, type Point } from './geometry.ts';
import { squaresInside, touchedSquares } from './touched-squares.ts';

const fraction = fc.integer({ min: 0, max: 10_000 }).map((number) => number / 10_000);
const point = fc.tuple(fraction, fraction);
const grid = fc.record({ columns: fc.integer({ min: 1, max: 50 }), rows: fc.integer({ min: 1, max: 50 }) });

describe('squares of a grid that a drawn place touches', () => {
  it('are all in which any point of it lies, also of its outline, however thin it is', () =>
    fc.assert(fc.property(
      fc.array(point, { minLength: 3, maxLength: 8 }), grid, fraction, point,
      (polygon, { columns, rows }, way, anywhere) => {
        const squares = touchedSquares(polygon, { columns, rows });
        const at = ([x, y]: Point): number | undefined => squares[
          Math.min(rows - 1, Math.floor(y * rows)) * columns + Math.min(columns - 1, Math.floor(x * columns))
        ];
        polygon.forEach(([x1, y1], index) => {
          const [x0, y0] = polygon.at(index - 1) ?? [x1, y1];
          assert.equal(at([x0 + way * (x1 - x0), y0 + way * (y1 - y0)]), 1);
        });
        if (isInside(polygon, anywhere)) assert.equal(at(anywhere), 1);
      },
    )));
  it('are none that lie apart from it', () => {
    const squares = touchedSquares([[0.31, 0.31], [0.69, 0.31], [0.69, 0.39], [0.31, 0.39]], { columns: 10, rows: 5 });
    assert.deepEqual([...squares.keys()].filter((at) => squares[at] === 1), [13, 14, 15, 16]);
  });
  it('hold their middle when they lie inside', () =>
    fc.assert(fc.property(fc.array(point, { minLength: 3, maxLength: 8 }), grid, (polygon, { columns, rows }) => {
      squaresInside(polygon, { columns, rows }).forEach((inside, at) => assert.equal(
        inside === 1, isInside(polygon, [((at % columns) + 0.5) / columns, (Math.floor(at / columns) + 0.5) / rows]),
      ));
    })));
});
