import assert from 'node:assert/strict';
import fc from 'fast-check';
import { makeTestStream } from '../../test/video/test-stream.ts';
import { concat } from '../contract/mp4-boxes.ts';
import { isInside, type Point, type Polygon } from '../core/geometry.ts';
import { millis } from '../core/units.ts';
import { coverWith, maskPicture } from './mask-picture.ts';
import { runTool } from './run-tool.ts';
import { stillOf } from './still.ts';

const WIDTH = 320;
const HEIGHT = 180;

/** The gray pixels of a JPEG. */
async function pixelsOf(jpeg: Uint8Array): Promise<Buffer> {
  const { output } = await runTool({
    tool: 'ffmpeg', input: jpeg,
    args: [
      '-nostdin', '-v', 'error', '-f', 'image2pipe', '-i', 'pipe:0', '-vf',
      `scale=${WIDTH}:${HEIGHT}:flags=neighbor,format=gray`, '-f', 'rawvideo', 'pipe:1',
    ],
  });
  return output;
}

/** A white picture under `masks`. */
async function covered(masks: readonly Polygon[], width = WIDTH, height = HEIGHT): Promise<Buffer> {
  const { output, complaint } = await runTool({
    tool: 'ffmpeg',
    args: [
      '-nostdin', '-v', 'error', '-f', 'lavfi', '-i', `color=white:s=${width}x${height}:d=1`, '-f', 'png_pipe', '-i',
      maskPicture(masks) ?? '', '-filter_complex', `${coverWith('0:v', '1:v', 'out')};[out]format=gray[gray]`, '-map',
      '[gray]', '-frames:v', '1', '-f', 'rawvideo', 'pipe:1',
    ],
  });
  assert.equal(complaint, '');
  return output;
}

describe('a privacy mask', () => {

  it('blackens what it covers, and nothing that is not beside it', async () => {
    const mask: Polygon = [[0.1, 0.1], [0.5, 0.2], [0.3, 0.8]];
    const pixels = await covered([mask]);
    for (let y = 0; y < HEIGHT; y += 3) {
      for (let x = 0; x < WIDTH; x += 3) {
        const at = (dx: number, dy: number): Point => [(x + 0.5 + dx) / WIDTH, (y + 0.5 + dy) / HEIGHT];
        const around = [at(0, 0), at(3, 0), at(-3, 0), at(0, 3), at(0, -3)].map((point) => isInside(mask, point));
        if (around[0] === true) assert.equal(pixels[y * WIDTH + x], 0, `${x},${y} is covered`);
        else if (around.every((inside) => !inside)) assert.equal(pixels[y * WIDTH + x], 255, `${x},${y} is clear`);
      }
    }
  });

  it('covers any polygon wholly, also a thin one at the border', async () => {
    const point = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }));
    await fc.assert(fc.asyncProperty(fc.array(point, { minLength: 3, maxLength: 6 }), async (mask) => {
      const pixels = await covered([mask]);
      for (let y = 0; y < HEIGHT; y++) {
        for (let x = 0; x < WIDTH; x++) {
          if (isInside(mask, [(x + 0.5) / WIDTH, (y + 0.5) / HEIGHT])) assert.equal(pixels[y * WIDTH + x], 0);
        }
      }
    }), { numRuns: 8, examples: [[[[0, 0], [1, 0], [1, 0.001]]], [[[0.999, 0], [1, 0], [1, 1]]]] });
  });

  it('is in a picture of any size, however thin it is', async () => {
    for (const [width, height] of [[1280, 720], [640, 360], [320, 180], [160, 90], [90, 160]] as const) {
      for (let x = 0.1; x < 0.5; x += 0.0537) {
        const pixels = await covered([[[x, 0.2], [x, 0.8], [x + 0.0001, 0.8]]], width, height);
        const column = Math.floor(x * width);
        for (let y = Math.ceil(0.2 * height); y < Math.floor(0.8 * height); y++)
          assert.equal(pixels[y * width + column], 0, `${x} in ${width}x${height}`);
      }
    }
  });

  it('is in every picture taken of a recording, at its moment', async () => {
    const { init, fragments } = await makeTestStream();
    const video = concat([init.data, ...fragments.map(({ data }) => data)]);
    const mask = maskPicture([[[0, 0], [0.5, 0], [0.5, 1], [0, 1]]]);
    const [bare, masked] = await Promise.all([undefined, mask].map(async (one) =>
      await pixelsOf(await stillOf(video, millis(1200), { mask: one }))));
    assert.ok(bare !== undefined && masked !== undefined);
    const mean = (pixels: Buffer, from: number, to: number) => {
      let sum = 0;
      for (let y = 0; y < HEIGHT; y++) for (let x = from; x < to; x++) sum += pixels[y * WIDTH + x] ?? 0;
      return sum / (HEIGHT * (to - from));
    };
    assert.ok(mean(masked, 0, WIDTH / 2 - 8) < 3 && mean(bare, 0, WIDTH / 2 - 8) > 20);
    assert.ok(Math.abs(mean(masked, WIDTH / 2 + 8, WIDTH) - mean(bare, WIDTH / 2 + 8, WIDTH)) < 2);
  });

  it('is no picture where there is none', () => assert.equal(maskPicture([]), undefined));
});
