import assert from 'node:assert/strict';
import fc from 'fast-check';
import { millis } from '../../core/units.ts';
import type { GrayFrame } from '../../core/frame.ts';
import { PictureChange } from './picture-change.ts';

const width = 64;
const height = 40;
const picture = (luma: (x: number, y: number) => number): GrayFrame => ({
  at: millis(0), width, height, pixels: Uint8Array.from({ length: width * height }, (_, i) => luma(i % width, Math.floor(i / width))),
});
const differs = (before: GrayFrame, after: GrayFrame): boolean => new PictureChange().differs(before, after);
/** Numbers as a sensor's noise makes them: whole, of this standard deviation. */
function normalNoise(seed: number, deviation: number): () => number {
  let state = seed >>> 0;
  const next = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  return () => Math.round(deviation * (Array.from({ length: 12 }, next).reduce((sum, value) => sum + value, 0) - 6));
}
const wall = (x: number, y: number): number => 40 + x + 2 * y;

describe('a change of the picture', () => {
  it('is a thing that stands there now, however small', () => {
    const before = picture(wall);
    assert.equal(differs(before, picture((x, y) => (x >= 30 && x < 33 && y >= 20 && y < 23 ? wall(x, y) + 12 : wall(x, y)))), true);
    assert.equal(differs(before, picture((x, y) => (x === 30 && y === 20 ? 255 : wall(x, y)))), false, 'a speck is none');
  });
  it('is not the light, nor noise', () => fc.assert(fc.property(fc.double({ min: 0.6, max: 1.6, noNaN: true }), fc.integer({ min: 0, max: 3 }), (gain, noise) => {
    const after = picture((x, y) => Math.min(255, Math.round(wall(x, y) * gain) + (x * 7 + y * 13) % (2 * noise + 1) - noise));
    assert.equal(differs(picture(wall), after), false);
  })));
  it('is not the noise of a dark picture, but a thing in it is', () => fc.assert(fc.property(fc.integer(), (seed) => {
    const noise = normalNoise(seed, 3);
    const noisy = (luma: (x: number, y: number) => number): GrayFrame => picture((x, y) => luma(x, y) + noise());
    assert.equal(differs(noisy(wall), noisy(wall)), false);
    assert.equal(differs(noisy(wall), noisy((x, y) => wall(x, y) + (x >= 30 && x < 34 && y >= 18 && y < 26 ? 25 : 0))), true);
    assert.equal(differs(noisy(wall), noisy((x, y) => wall(x, y) + (x < 32 ? 25 : 0))), true, 'a thing as large as half of it');
  }), { seed: 1, numRuns: 30 }));
  it('is none where pictures were seen to differ though nothing happened, but a larger one there is', () => {
    const leaves = (by: number): GrayFrame => picture((x, y) => (x < 10 ? wall(x, y) + by : wall(x, y)));
    const change = new PictureChange();
    change.learn(picture(wall), leaves(20));
    assert.deepEqual([20, 60].map((by) => change.differs(picture(wall), leaves(by))), [false, true]);
    assert.equal(change.differs(picture(wall), picture((x, y) => (x > 50 ? wall(x, y) + 20 : wall(x, y)))), true, 'elsewhere');
  });
  it('is none at the rim alone, where half of what belongs to it may be missing', () => {
    const rim = (x: number, y: number): boolean => x === 0 || y === 0 || x === width - 1 || y === height - 1;
    assert.equal(differs(picture(wall), picture((x, y) => (rim(x, y) ? 255 : wall(x, y)))), false);
  });
  it('is another scene', () => {
    assert.equal(differs(picture(wall), picture((x, y) => wall(width - x, height - y))), true);
    assert.equal(differs(picture(wall), picture(() => 0)), true, 'darkness');
  });
});
