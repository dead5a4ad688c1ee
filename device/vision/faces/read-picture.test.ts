import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { runTool } from '../../media/run-tool.ts';
import { jpegOrientation } from './jpeg-orientation.ts';
import { decodePicture, readPicture } from './read-picture.ts';

/** A picture that ffmpeg draws: red to the left, blue to the right, and `noise` over it, 0 to 100. */
async function drawn(size: string, codec: string, noise = 0): Promise<Buffer> {
  const [width = '0'] = size.split('x');
  const { exitCode, output, complaint } = await runTool({
    tool: 'ffmpeg',
    args: [
      '-v', 'error', '-f', 'lavfi', '-i',
      `color=red:s=${size}:d=1,drawbox=x=${Number(width) / 2}:w=iw:h=ih:color=blue:t=fill,noise=alls=${noise}`,
      '-frames:v', '1', '-c:v', codec, '-f', 'image2pipe', 'pipe:1',
    ],
  });
  assert.equal(exitCode, 0, complaint);
  return output;
}

/** `jpeg` with an EXIF block that says only how it is to be turned. */
function turned(jpeg: Buffer, orientation: number, little: boolean): Buffer {
  const tiff = Buffer.alloc(26);
  tiff.write(little ? 'II' : 'MM', 'latin1');
  const [two, four] = little
    ? [tiff.writeUInt16LE.bind(tiff), tiff.writeUInt32LE.bind(tiff)]
    : [tiff.writeUInt16BE.bind(tiff), tiff.writeUInt32BE.bind(tiff)];
  two(42, 2); four(8, 4); two(1, 8); two(0x0112, 10); two(3, 12); four(1, 14); two(orientation, 18);
  const block = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const head = Buffer.from([0xff, 0xe1, 0, block.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), head, block, jpeg.subarray(2)]);
}

describe('reading a picture', () => {
  let folder: string;
  before(async () => { folder = await mkdtemp(path.join(tmpdir(), 'tyto-picture-')); });
  after(() => rm(folder, { recursive: true, force: true }));

  it('gives the pixels of every kind of file it names', async () => {
    for (const codec of ['mjpeg', 'png', 'bmp', 'gif', 'ppm', 'pgm']) {
      const { width, height, pixels } = await decodePicture(await drawn('64x48', codec), codec);
      assert.deepEqual([width, height, pixels.length], [64, 48, 64 * 48 * 3], codec);
    }
  });

  it('reads a photograph of any size that is a GIF', async () => {
    const gif = await drawn('640x480', 'gif', 100);
    assert.ok(gif.length > 100_000, `${gif.length} bytes`);
    const { width, height } = await decodePicture(gif, 'large.gif');
    assert.deepEqual([width, height], [640, 480]);
  });

  it('turns a photograph to how it is displayed, whatever its byte order', async () => {
    const jpeg = await drawn('64x32', 'mjpeg');
    const isRed = async (orientation: number, little: boolean, x: number, y: number): Promise<boolean> => {
      const { width, pixels } = await decodePicture(turned(jpeg, orientation, little), 'turned.jpg');
      const at = (y * width + x) * 3;
      return (pixels[at] ?? 0) > (pixels[at + 2] ?? 0);
    };
    assert.equal(await isRed(1, true, 5, 16), true);
    assert.equal(await isRed(3, false, 5, 16), false); // upside down: red is to the right
    assert.equal(await isRed(6, true, 16, 5), true); // a quarter clockwise: the left becomes the top
    assert.equal(await isRed(8, false, 16, 5), false);
  });

  it('makes a very large one smaller, and keeps its shape', async () => {
    const { width, height } = await decodePicture(await drawn('4096x1024', 'mjpeg'), 'large.jpg');
    assert.deepEqual([width, height], [2048, 512]);
  });

  it('says what is wrong with what is no picture', async () => {
    const file = path.join(folder, 'notes.jpg');
    await writeFile(file, 'no picture at all');
    await assert.rejects(readPicture(file), {
      code: 'picture.unknown', message: /notes\.jpg is no picture: expected JPEG, PNG/,
    });
    await writeFile(file, Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0]));
    await assert.rejects(readPicture(file), { code: 'picture.damaged' });
    await assert.rejects(readPicture(path.join(folder, 'missing.jpg')), { code: 'picture.unreadable' });
    await assert.rejects(readPicture(folder), { code: 'picture.unreadable' });
  });

  it('does not wait for who would write into a pipe', async () => {
    const pipe = path.join(folder, 'pipe.jpg');
    await promisify(execFile)('mkfifo', [pipe]);
    const reading = readPicture(pipe);
    const outcome = await Promise.race([
      reading.catch((error: unknown) => error), delay(5000, 'it waits', { ref: false }),
    ]);
    if (outcome === 'it waits') await writeFile(pipe, ''); // a read that waits would keep this process from ending
    assert.match(String(outcome), /pipe\.jpg is no file/);
  });

  it('never plays lists or reaches for addresses', async () => {
    await assert.rejects(
      decodePicture(Buffer.from('#EXTM3U\nhttp://192.0.2.7/a.ts\n'), 'list.jpg'), { code: 'picture.unknown' },
    );
  });

  it('finds no orientation in what is cut or forged, and never reads beyond it', () => fc.assert(fc.property(
    fc.uint8Array({ maxLength: 80 }), fc.boolean(), (bytes, isExif) => {
      const orientation = jpegOrientation(isExif
        ? turned(Buffer.from([0xff, 0xd8, ...bytes]), bytes[0] ?? 9, true).subarray(0, 20 + bytes.length)
        : bytes);
      assert.ok(orientation >= 1 && orientation <= 8);
    },
  )));
});
