import assert from 'node:assert/strict';
import fc from 'fast-check';
import { asVideo } from '../../../test/vision/video-colours.ts';
import { BYTES, Pyramid } from './picture.ts';
import { checkVideo, halvedRows, wholeRows } from './video-rows.ts';

type Video = Parameters<typeof wholeRows>[0];
const wholeOf = (frame: Video): Uint8Array => {
  const pixels = new Uint8Array(frame.width * frame.height * 3);
  wholeRows(frame)(pixels, 0, frame.height);
  return pixels;
};
const halfOf = (frame: Video): Uint8Array => {
  const pixels = new Uint8Array(frame.width * frame.height * 3 / 4);
  halvedRows(frame)(pixels, 0, frame.height / 2);
  return pixels;
};
const even = (width: number, height: number, colour: readonly number[]): Video => asVideo(
  { width, height, pixels: Uint8Array.from({ length: width * height * 3 }, (_, at) => colour[at % 3] ?? 0) },
);

describe('a video\'s colours for networks', () => {
  const byte = fc.integer({ min: 0, max: 255 });
  it('are those that it was made of, but for rounding, and so are its half\'s', () =>
    fc.assert(fc.property(byte, byte, byte, (red, green, blue) => {
      const colour = [red, green, blue];
      for (const pixels of [wholeOf(even(4, 2, colour)), halfOf(even(4, 2, colour))])
        pixels.forEach((value, at) => assert.ok(Math.abs(value - (colour[at % 3] ?? 0)) <= 3));
    })));
  it('lie where the picture has them', () => {
    const left = Uint8Array.from({ length: 4 * 2 * 3 }, (_, at) => (at % 12 < 6 && at % 3 === 0 ? 255 : 0));
    const video = asVideo({ width: 4, height: 2, pixels: left });
    const isRed = (pixels: Uint8Array): boolean[] =>
      [...pixels].filter((_, at) => at % 3 === 0).map((red) => red > 200);
    assert.deepEqual(isRed(wholeOf(video)), [true, true, false, false, true, true, false, false]);
    assert.deepEqual(isRed(halfOf(video)), [true, false]);
  });
  it('are averaged in its half', () => {
    const grain = Uint8Array.from({ length: 8 * 6 * 3 }, (_, at) =>
      100 + 80 * ((Math.floor(at / 3) + Math.floor(at / 24)) % 2));
    for (const value of halfOf(asVideo({ width: 8, height: 6, pixels: grain })))
      assert.ok(Math.abs(value - 140) <= 2, `${value}`);
  });
  it('are made of the rows alone that are asked for', () => {
    const pixels = new Uint8Array(4 * 4 * 3);
    wholeRows(even(4, 4, [200, 200, 200]))(pixels, 1, 3);
    assert.deepEqual([0, 1, 2, 3].map((row) => (pixels[row * 12] ?? 0) > 190), [false, true, true, false]);
  });
  it('show what red, green and blue of the same picture show, in whatever size', () => {
    const [width, height] = [96, 64];
    const pixels = Uint8Array.from({ length: width * height * 3 }, (_, at) =>
      90 + 60 * Math.sin(Math.floor(at / 3) % width / 9) + 40 * Math.cos(Math.floor(at / 3 / width) / 7));
    const fromVideo = Pyramid.ofVideo(asVideo({ width, height, pixels }));
    const fromColours = Pyramid.of({ width, height, pixels });
    for (const [x, y, side, turn] of [[48, 32, 96, 0], [20, 50, 16, 0.4], [70, 10, 40, 2], [48, 32, 30, 0]] as const) {
      const seen = fromColours.sample({ x, y, side, turn }, 16, BYTES);
      fromVideo.sample({ x, y, side, turn }, 16, BYTES)
        .forEach((value, at) => assert.ok(Math.abs(value - (seen[at] ?? 0)) < 8, `${value} for ${seen[at]}`));
    }
  });
  it('are refused where bytes are missing, and of odd sides', () => {
    assert.throws(() => checkVideo({ width: 2, height: 2, pixels: new Uint8Array(5) }), RangeError);
    assert.throws(() => Pyramid.ofVideo({ width: 3, height: 2, pixels: new Uint8Array(9) }), RangeError);
  });
});
