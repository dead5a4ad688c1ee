import assert from 'node:assert/strict';
import { shrinkFrame } from './shrink-frame.ts';

describe('a frame in small', () => {
  it('is of the means of the pixels that it stands for', () => {
    const light = Array.from({ length: 8 }, () => [10, 30, 100, 100]).flat();
    const colours = [90, 140].flatMap((colour) => Array.from({ length: 8 }, () => colour));
    const frame = { width: 4, height: 8, pixels: Uint8Array.from([...light, ...colours]) };
    assert.deepEqual(shrinkFrame(frame, 2), {
      width: 2, height: 4, pixels: Uint8Array.from([20, 100, 20, 100, 20, 100, 20, 100, 90, 90, 140, 140]),
    });
  });

  it('is as wide as is asked for, of even sides, and never larger', () => {
    const sizeOf = (width: number, height: number): readonly number[] => {
      const small = shrinkFrame({ width, height, pixels: new Uint8Array(width * height * 3 / 2) }, 320);
      assert.equal(small.pixels.length, small.width * small.height * 3 / 2);
      return [small.width, small.height];
    };
    assert.deepEqual(sizeOf(1280, 720), [320, 180]);
    assert.deepEqual(sizeOf(1280, 718), [320, 180]);
    assert.deepEqual(sizeOf(640, 1280), [320, 640]);
    assert.deepEqual(sizeOf(160, 120), [160, 120]);
  });
});
