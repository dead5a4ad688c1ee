import assert from 'node:assert/strict';
import { millis, seconds } from '../core/units.ts';
import { HeldFrames } from './held-frames.ts';

const size = { width: 4, height: 2 };
const frame = (at: number, { width, height } = size) =>
  ({ at: seconds(at), width, height, pixels: new Uint8Array(width * height * 3 / 2).fill(at) });

describe('held frames', () => {
  it('give the one that is nearest to a moment, and none that is far from it', () => {
    const held = new HeldFrames(size);
    for (const at of [1, 2, 3]) held.hold(frame(at));
    const nearest = [900, 1400, 1600, 3500, 3700].map((at) => held.near(millis(at))?.at);
    assert.deepEqual(nearest, [1000, 1000, 2000, 3000, undefined]);
  });

  it('are worth waiting for while one may still come that is nearer', () => {
    const held = new HeldFrames(size);
    assert.equal(held.awaits(seconds(2), seconds(2.1)), false);
    held.hold(frame(1));
    assert.deepEqual([1.2, 1.7].map((at) => held.awaits(seconds(at), seconds(2))), [false, true]);
    assert.equal(held.awaits(seconds(1.7), seconds(3)), false);
    held.hold(frame(2));
    assert.equal(held.awaits(seconds(1.7), seconds(2)), false);
  });

  it('are three at most, and copies: whose they were may do with them what it likes', () => {
    const held = new HeldFrames(size);
    const first = frame(1);
    held.hold(first);
    first.pixels.fill(99);
    const near = held.near(seconds(1));
    for (const at of [2, 3, 4]) held.hold(frame(at));
    assert.deepEqual([...near?.pixels ?? []], [...frame(1).pixels]);
    assert.equal(held.near(seconds(1)), undefined);
    assert.deepEqual([...held.near(seconds(2))?.pixels ?? []], [...frame(2).pixels]);
  });

  it('are no pictures of a recording of another size', () => {
    const held = new HeldFrames({ width: 8, height: 4 });
    held.hold(frame(1));
    assert.equal(held.near(seconds(1)), undefined);
  });
});
