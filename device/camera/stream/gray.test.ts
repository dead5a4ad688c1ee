import assert from 'node:assert/strict';
import fc from 'fast-check';
import { graySize, GrayReader } from './gray.ts';

describe('gray frames', () => {
  it('are 160 wide, a multiple of 8 high, and about as high as the picture is', () => {
    const sizes: readonly (readonly [number, number, number])[] = [
      [1280, 720, 88], [1920, 1080, 88], [768, 576, 120], [640, 480, 120], [320, 240, 120], [1080, 1920, 288], [4096, 512, 40], [100, 2000, 320],
    ];
    assert.deepEqual(sizes.map(([width, height]) => graySize({ width, height })), sizes.map(([, , height]) => ({ width: 160, height })));
  });

  it('come out whole and in time however the bytes are chopped', () => fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (bytes, cuts) => {
      const size = { width: 4, height: 3 };
      const reader = new GrayReader(size);
      const frames = [];
      for (let at = 0, turn = 0; at < bytes.byteLength; turn++) {
        const length = cuts[turn % cuts.length] ?? 1;
        frames.push(...reader.push(bytes.subarray(at, at + length)));
        at += length;
      }
      assert.deepEqual(frames, Array.from({ length: Math.floor(bytes.byteLength / 12) }, (_, n) =>
        ({ at: n * 200, ...size, pixels: bytes.slice(n * 12, n * 12 + 12) })));
    }),
  ));
});
