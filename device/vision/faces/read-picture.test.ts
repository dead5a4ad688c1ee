import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { runTool } from '../../media/run-tool.ts';
import { orientationOf } from './picture-orientation.ts';
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
  const block = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), exif(orientation, little)]);
  const head = Buffer.from([0xff, 0xe1, 0, block.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), head, block, jpeg.subarray(2)]);
}

/** `png` with an `eXIf` chunk, whose sum nobody checks, behind its head. */
function turnedPng(png: Buffer, orientation: number): Buffer {
  const tiff = exif(orientation, false);
  const [length, name] = [Buffer.alloc(4), Buffer.from('eXIf')];
  length.writeUInt32BE(tiff.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(Buffer.concat([name, tiff])));
  return Buffer.concat([png.subarray(0, 33), length, name, tiff, sum, png.subarray(33)]);
}

/** `webp` of one plain picture in the extended form, with an `EXIF` chunk at its end. */
function turnedWebp(webp: Buffer, orientation: number, [width, height]: readonly [number, number]): Buffer {
  const tiff = exif(orientation, true);
  const chunk = (name: string, data: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(data.length);
    return Buffer.concat([Buffer.from(name), length, data]);
  };
  const head = Buffer.alloc(10);
  head[0] = 8; // there is EXIF
  head.writeUIntLE(width - 1, 4, 3);
  head.writeUIntLE(height - 1, 7, 3);
  const body = Buffer.concat([Buffer.from('WEBP'), chunk('VP8X', head), webp.subarray(12), chunk('EXIF', tiff)]);
  return chunk('RIFF', body);
}

/** An EXIF block that says only how a picture is to be turned. */
function exif(orientation: number, little: boolean): Buffer {
  const tiff = Buffer.alloc(26);
  tiff.write(little ? 'II' : 'MM', 'latin1');
  const [two, four] = little
    ? [tiff.writeUInt16LE.bind(tiff), tiff.writeUInt32LE.bind(tiff)]
    : [tiff.writeUInt16BE.bind(tiff), tiff.writeUInt32BE.bind(tiff)];
  two(42, 2); four(8, 4); two(1, 8); two(0x0112, 10); two(3, 12); four(1, 14); two(orientation, 18);
  return tiff;
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

  it('turns PNG and WebP, too', async () => {
    for (const [kind, file] of [
      ['png', turnedPng(await drawn('64x32', 'png'), 6)],
      ['webp', turnedWebp(await drawn('64x32', 'libwebp'), 6, [64, 32])],
    ] as const) {
      const { width, height, pixels } = await decodePicture(file, kind);
      assert.deepEqual([width, height], [32, 64], kind);
      const at = (5 * width + 16) * 3; // a quarter clockwise: the left becomes the top
      assert.ok((pixels[at] ?? 0) > (pixels[at + 2] ?? 0), kind);
    }
  });

  it('says of a photograph that is cut off that a part of it is missing', async () => {
    const jpeg = await drawn('640x480', 'mjpeg', 40);
    assert.equal((await decodePicture(jpeg, 'whole.jpg')).isCut, false);
    assert.equal((await decodePicture(Buffer.concat([jpeg, Buffer.from('more')]), 'longer.jpg')).isCut, false);
    for (const share of [0.3, 0.9]) {
      const cut = await decodePicture(jpeg.subarray(0, share * jpeg.length), 'cut.jpg');
      assert.deepEqual([cut.width, cut.height, cut.isCut], [640, 480, true]);
    }
  });

  it('reads a picture that is a mere line, and refuses a film in words of its own', async () => {
    const { width, height } = await decodePicture(Buffer.concat([
      Buffer.from('P5 9000 1 255\n'), Buffer.alloc(9000, 128),
    ]), 'line.pgm');
    assert.deepEqual([width, height], [2048, 1]);
    const film = Buffer.concat([Buffer.from('RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x02', 'latin1'), Buffer.alloc(9)]);
    await assert.rejects(decodePicture(film, 'film.webp'), {
      code: 'picture.unknown', message: /^film\.webp is an animated WebP, which cannot be read: save one/,
    });
    await assert.rejects(decodePicture(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0]), 'bad.jpg'), {
      message: /^bad\.jpg cannot be decoded: it is damaged, of a kind that is not supported, or has more than 100 million/,
    });
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
    await assert.rejects(readPicture(folder), {
      code: 'picture.unreadable', message: /is a folder; expected a picture: name those in it, as \S+\/\*\.jpg$/,
    });
  });

  it('says that it may not read a file, and who can change that', async function () {
    const file = path.join(folder, 'secret.jpg');
    await writeFile(file, 'x', { mode: 0 });
    if (await access(file, constants.R_OK).then(() => true, () => false)) this.skip(); // nothing is kept from root
    await assert.rejects(readPicture(file), {
      code: 'picture.unreadable',
      message: /this user may not read \S+secret\.jpg; change its owner or mode \(EACCES\)$/,
    });
  });

  it('does not wait for who would write into a pipe', async () => {
    const pipe = path.join(folder, 'pipe.jpg');
    await promisify(execFile)('mkfifo', [pipe]);
    const reading = readPicture(pipe);
    const outcome = await Promise.race([
      reading.catch((error: unknown) => error), delay(5000, 'it waits', { ref: false }),
    ]);
    if (outcome === 'it waits') await writeFile(pipe, ''); // a read that waits would keep this process from ending
    assert.match(String(outcome), /pipe\.jpg is a pipe or a device; expected a file: save the picture in one/);
  });

  it('never plays lists or reaches for addresses', async () => {
    await assert.rejects(
      decodePicture(Buffer.from('#EXTM3U\nhttp://192.0.2.7/a.ts\n'), 'list.jpg'), { code: 'picture.unknown' },
    );
  });

  it('finds no orientation in what is cut or forged, and never reads beyond it', () => fc.assert(fc.property(
    fc.uint8Array({ maxLength: 80 }), fc.boolean(), (bytes, isExif) => {
      const orientation = orientationOf(isExif
        ? turned(Buffer.from([0xff, 0xd8, ...bytes]), bytes[0] ?? 9, true).subarray(0, 20 + bytes.length)
        : bytes);
      assert.ok(orientation >= 1 && orientation <= 8);
    },
  )));
});
