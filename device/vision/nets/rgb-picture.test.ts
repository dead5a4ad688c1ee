import assert from 'node:assert/strict';
import fc from 'fast-check';
import { asVideo } from '../../../test/vision/video-colours.ts';
import { rgbPictureOf } from './rgb-picture.ts';

describe('a video\'s colours for networks', () => {
  const byte = fc.integer({ min: 0, max: 255 });
  it('are those that it was made of, but for rounding', () =>
    fc.assert(fc.property(byte, byte, byte, (red, green, blue) => {
      const colour = [red, green, blue];
      const picture = { width: 4, height: 2, pixels: Uint8Array.from({ length: 24 }, (_, at) => colour[at % 3] ?? 0) };
      const again = rgbPictureOf(asVideo(picture)).pixels;
      again.forEach((value, at) => assert.ok(Math.abs(value - (picture.pixels[at] ?? 0)) <= 3));
    })));
  it('lie where the picture has them', () => {
    const left = Uint8Array.from({ length: 4 * 2 * 3 }, (_, at) => (at % 12 < 6 && at % 3 === 0 ? 255 : 0));
    const { pixels } = rgbPictureOf(asVideo({ width: 4, height: 2, pixels: left }));
    const reds = [...pixels].filter((_, at) => at % 3 === 0);
    assert.deepEqual(reds.map((red) => red > 200), [true, true, false, false, true, true, false, false]);
  });
  it('are refused where bytes are missing, and of odd sides', () => {
    assert.throws(() => rgbPictureOf({ width: 2, height: 2, pixels: new Uint8Array(5) }), RangeError);
    assert.throws(() => rgbPictureOf({ width: 3, height: 2, pixels: new Uint8Array(9) }), RangeError);
  });
});
