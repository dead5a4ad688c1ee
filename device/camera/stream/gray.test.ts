import assert from 'node:assert/strict';
import { graySize } from './gray.ts';

describe('gray frames', () => {
  it('are 160 wide, a multiple of 8 high, and about as high as the picture is', () => {
    const sizes: readonly (readonly [number, number, number])[] = [
      [1280, 720, 88], [1920, 1080, 88], [768, 576, 120], [640, 480, 120], [320, 240, 120],
      [1080, 1920, 288], [4096, 512, 40], [100, 2000, 320],
    ];
    assert.deepEqual(sizes.map(([width, height]) =>
      graySize({ width, height })), sizes.map(([, , height]) => ({ width: 160, height })));
  });
});
