import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Level } from './level.ts';

const size = { width: 1, height: 20 };

describe('a picture that is made row by row', () => {
  it('has every row that was asked for, and makes none of them twice', () => fc.assert(fc.property(
    fc.array(fc.tuple(fc.integer({ min: -5, max: 25 }), fc.integer({ min: -5, max: 25 })), { maxLength: 6 }),
    (asked) => {
      const level = new Level(size, (pixels, from, to) => {
        for (let row = from; row < to; row += 1) pixels[row * 3] = (pixels[row * 3] ?? 0) + 1;
      });
      for (const [from, to] of asked) {
        const pixels = level.rows(from, to);
        for (let row = 0; row < size.height; row += 1) {
          const times = pixels[row * 3] ?? NaN;
          assert.ok(row >= from && row < to ? times === 1 : times <= 1, `row ${row}: ${times}`);
        }
      }
    },
  )));

  it('makes nothing that nobody asks for', () => {
    const made: (readonly [number, number])[] = [];
    const level = new Level(size, (_, from, to) => { made.push([from, to]); });
    level.rows(-3, 0);
    level.rows(20, 30);
    level.rows(6, 6);
    assert.deepEqual(made, []);
    level.rows(6, 9);
    level.rows(7, 9);
    level.rows(4, 10);
    assert.deepEqual(made, [[6, 9], [4, 6], [9, 10]]);
  });

  it('gives its memory back', () => {
    const pixels = new Uint8Array(60);
    Level.made({ ...size, pixels })[Symbol.dispose]();
    assert.equal(pixels.byteLength, 0);
  });
});
