import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BYTES, Pyramid, SIGNED, squareAround, type Picture } from './picture.ts';
import { soften } from './soften.ts';

/** A picture of which each pixel is what `colour` says, in all three channels. */
function drawn(width: number, height: number, colour: (x: number, y: number) => number): Picture {
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, index) => {
    const pixel = Math.floor(index / 3);
    return colour(pixel % width, Math.floor(pixel / width));
  });
  return { width, height, pixels };
}
const reds = (sampled: Float32Array): number[] => [...sampled].filter((_, index) => index % 3 === 0);

describe('a picture as networks are shown it', () => {
  it('is itself when as many pixels are asked for', () => {
    const sampled = Pyramid.of(drawn(2, 2, (x, y) => 10 * x + 100 * y)).sample({ x: 1, y: 1, side: 2 }, 2, BYTES);
    assert.deepEqual(reds(sampled), [0, 10, 100, 110]);
  });

  it('is never stretched: what is beyond its edges is black', () => {
    const wide = drawn(4, 2, () => 200);
    assert.deepEqual(reds(Pyramid.of(wide).sample(squareAround(wide), 4, BYTES)), [
      0, 0, 0, 0, ...Array<number>(8).fill(200), 0, 0, 0, 0,
    ]);
    assert.equal(Pyramid.of(wide).sample(squareAround(wide), 4, SIGNED)[0], -1);
  });

  it('is averaged when it is made smaller, and so does not flicker', () => {
    const grain = drawn(64, 64, (x, y) => (x + y) % 2 === 0 ? 0 : 255);
    for (const value of reds(Pyramid.of(grain).sample(squareAround(grain), 16, BYTES)))
      assert.ok(Math.abs(value - 128) < 2, `${value}`);
  });

  it('is turned with the square, clockwise', () => {
    const sampled = Pyramid.of(drawn(2, 2, (x, y) => 10 * x + 100 * y)).sample(
      { x: 1, y: 1, side: 2, turn: Math.PI / 2 }, 2, BYTES,
    );
    assert.deepEqual(reds(sampled).map(Math.round), [10, 110, 0, 100]);
  });

  it('refuses bytes that do not fit its size', () =>
    assert.throws(
      () => Pyramid.of({ width: 2, height: 2, pixels: new Uint8Array(11) }),
      /2x2 colour picture needs 12 bytes, got 11/,
    ));

  it('stays within its own brightness, wherever the square lies', () => fc.assert(fc.property(
    fc.record({ x: fc.double({ min: -50, max: 80, noNaN: true }), y: fc.double({ min: -50, max: 80, noNaN: true }),
      side: fc.double({ min: 0.5, max: 300, noNaN: true }), turn: fc.double({ min: -4, max: 4, noNaN: true }) }),
    (square) => {
      const values = Pyramid.of(drawn(31, 17, (x, y) => 100 + (x * 7 + y * 3) % 50)).sampleSoftly(square, 8, BYTES);
      for (const value of values) assert.ok(value > -0.01 && value < 150.01, `${value}`);
    },
  ), { numRuns: 100 }));
});

describe('softening', () => {
  it('leaves an even picture as it is, and keeps the sum of a point', () => {
    const even = new Float32Array(9 * 9 * 3).fill(5);
    soften(even, 9, 2);
    for (const value of even) assert.ok(Math.abs(value - 5) < 1e-4);
    const point = new Float32Array(9 * 9 * 3);
    point[(4 * 9 + 4) * 3] = 81;
    soften(point, 9, 1);
    assert.ok(Math.abs(reds(point).reduce((sum, value) => sum + value, 0) - 81) < 1e-3);
    // 81 * (3/9)^2: the middle of two means of three, in both directions
    assert.ok(Math.abs((point[(4 * 9 + 4) * 3] ?? 0) - 9) < 1e-3);
  });
});
