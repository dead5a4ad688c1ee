import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isWhole, tilesOf } from './tiles.ts';

const face = (left: number, top: number, width: number) => {
  const points = { rightEye: [0, 0], leftEye: [0, 0], nose: [0, 0], mouth: [0, 0] } as const;
  return { left, top, width, height: width, score: 1, points };
};

describe('tiles of a picture', () => {
  it('are the whole and a coarse grid; a fine grid too where the picture has the detail', () => {
    assert.equal(tilesOf({ width: 500, height: 375 }).length, 1 + 4);
    assert.equal(tilesOf({ width: 1920, height: 1080 }).length, 1 + 2 + 8);
  });

  it('show every small face whole, wherever it is', () => fc.assert(fc.property(
    fc.integer({ min: 40, max: 4000 }), fc.integer({ min: 40, max: 4000 }),
    fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }),
    (width, height, across, down) => {
      const side = Math.max(width, height) * 0.1;
      const [left, top] = [across * Math.max(0, width - side), down * Math.max(0, height - side)];
      const [, ...small] = tilesOf({ width, height });
      const holds = ({ x, y, side: length }: { x: number; y: number; side: number }): boolean =>
        left >= x - length / 2 - 1e-6
          && left + side <= x + length / 2 + 1e-6
          && top >= y - length / 2 - 1e-6
          && top + side <= y + length / 2 + 1e-6;
      assert.ok(small.some(holds), `${width}x${height}: face at ${left}, ${top}`);
    },
  ), { numRuns: 300 }));

  it('do not count a piece of a face that goes on in the next tile', () => {
    const size = { width: 1000, height: 500 };
    assert.equal(isWhole(face(480, 100, 100), { x: 250, y: 250, side: 500 }, size), false);
    assert.equal(isWhole(face(405, 100, 100), { x: 250, y: 250, side: 500 }, size), true);
    assert.equal(isWhole(face(-40, 100, 100), { x: 250, y: 250, side: 500 }, size), true); // cut by the picture itself
  });
});
