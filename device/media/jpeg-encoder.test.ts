import assert from 'node:assert/strict';
import { asVideo, type Coloured } from '../../test/vision/video-colours.ts';
import { jpegOf } from './jpeg-encoder.ts';
import { runTool } from './run-tool.ts';

/** A scene of soft colours, lines and a bright corner. */
function scene(width: number, height: number): Coloured {
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const line = x % 19 < 3 ? 60 : 0;
      const colour = x > width - 9 && y < 9 ? [255, 255, 255]
        : [40 + 150 * x / width + line, 90 + 120 * y / height, 200 - 150 * x / width];
      pixels.set(colour.map(Math.round), (y * width + x) * 3);
    }
  }
  return { width, height, pixels };
}

async function decoded(jpeg: Uint8Array): Promise<Uint8Array> {
  const { exitCode, output, complaint } = await runTool({ tool: 'ffmpeg', input: jpeg, args: [
    '-nostdin', '-v', 'error', '-xerror', '-f', 'jpeg_pipe', '-i', 'pipe:0',
    '-pix_fmt', 'yuv420p', '-f', 'rawvideo', 'pipe:1',
  ] });
  assert.deepEqual([exitCode, complaint], [0, '']);
  return output;
}

describe('a JPEG of a picture that is decoded already', () => {
  for (const [width, height] of [[64, 48], [50, 38], [2, 2], [322, 180]] as const) {
    it(`shows the same, ${width} by ${height}`, async () => {
      const frame = asVideo(scene(width, height));
      const again = await decoded(await jpegOf(frame));
      assert.equal(again.length, frame.pixels.length);
      const off = again.reduce((sum, value, at) => sum + Math.abs(value - (frame.pixels[at] ?? 0)), 0) / again.length;
      assert.ok(off < 2.5, `off by ${off} of 255`);
    });
  }

  it('is a file of one piece, larger than what it was thought to take', async () => {
    let seed = 7;
    const noise = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) >> 16 & 255;
    const pixels = Uint8Array.from({ length: 320 * 240 * 3 / 2 }, noise);
    const jpeg = await jpegOf({ width: 320, height: 240, pixels });
    assert.ok(jpeg.length > 65_536);
    assert.equal((await decoded(jpeg)).length, pixels.length);
  });
});
