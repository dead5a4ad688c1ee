import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import type { GrayFrame } from '../core/frame.ts';
import { runTool } from '../media/run-tool.ts';
import { ENCRYPTED_FTYP } from '../contract/encrypted-box.ts';
import { analyseFile } from './analyse-file.ts';

const ffmpeg = (...args: string[]) => runTool({ tool: 'ffmpeg', args: ['-nostdin', '-v', 'error', ...args] });
const never = new AbortController().signal;

/** Clips in which always something moves, with pictures out of order of which no other is made. */
const MOVING = {
  'moving.mp4': ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '3', '-g', '48'],
  'moving-hevc.mp4': ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none:keyint=48:bframes=3'],
} as const;

/** The part of a JPEG (Exif 2.3, 4.5 and 4.6) in which its description stands. */
function described(words: string): Buffer {
  const text = Buffer.from(`${words}\0`);
  const head = Buffer.from('ffe1000045786966000049492a000800000001000e010200000000001a00000000000000', 'hex');
  head.writeUInt16BE(head.length - 2 + text.length, 2);
  head.writeUInt32LE(text.length, 24);
  return Buffer.concat([head, text]);
}

describe('analysing a file', () => {
  let folder: string;
  const file = (name: string): string => path.join(folder, name);
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-analyse-'));
    await Promise.all([
      // Black, and white from 12.0 s to 12.6 s: a picture of 1280x720 with B-frames.
      ffmpeg(
        '-f',
        'lavfi', '-i',
        "color=black:size=1280x720:rate=25:d=20,drawbox=color=white:thickness=fill:enable='between(t,12,12.58)'",
        '-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', file('flash.mp4'),
      ),
      ffmpeg(
        '-f',
        'lavfi', '-i',
        "color=black:size=1280x720:rate=25:d=20,drawbox=color=white:thickness=fill:enable='between(t,12,12.58)'",
        '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50', file('quiet.mp4'),
      ),
      ...Object.entries(MOVING).map(([name, encoding]) =>
        ffmpeg(
          '-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=24:d=8', '-pix_fmt', 'yuv420p', ...encoding, file(name),
        )),
      ffmpeg('-f', 'lavfi', '-i', 'sine=duration=1', file('sound.wav')),
      writeFile(file('page.html'), '<html>no video</html>'),
      writeFile(file('notes.txt'), 'the cat came at ten\n'.repeat(200)),
      writeFile(file('notes.mp4'), 'the cat came at ten\n'.repeat(200)),
      writeFile(file('noise.mp4'), Buffer.from('00f1a2b3c4d5e6f7'.repeat(200), 'hex')),
      writeFile(file('empty.mp4'), ''),
      writeFile(file('secret.mp4'), Buffer.concat([ENCRYPTED_FTYP, Buffer.alloc(5000, 7)])),
    ]);
    const torn = Buffer.concat([Buffer.from('00010000', 'hex'), Buffer.from('mdat'), Buffer.alloc(500, 7)]);
    await writeFile(file('torn-secret.mp4'), Buffer.concat([ENCRYPTED_FTYP, torn]));
    await cp(file('flash.mp4'), file('torn.mp4'));
    await truncate(file('torn.mp4'), 5000); // the index of an MP4 stands at its end
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('says so where there is nothing to decode with', async () => {
    const { PATH } = process.env;
    process.env['PATH'] = folder;
    try {
      const { frames } = await analyseFile(file('moving-hevc.mp4'), never);
      const read = async (): Promise<void> => { for await (const { at } of frames) assert.fail(`a frame of ${at}`); };
      await assert.rejects(read, { code: 'camera.damaged' });
    } finally {
      process.env['PATH'] = PATH;
    }
  });

  it('takes no word of a picture about itself for its time', async () => {
    const { output } = await runTool({
      tool: 'ffmpeg',
      args: ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=320x240:d=2', '-f', 'mjpeg', '-'],
    });
    const start = Buffer.from([0xff, 0xd8]);
    const parts = output.toString('latin1').split(start.toString('latin1')).slice(1);
    const words = described('a\nframe:1 pts:99999');
    const pictures = parts.map((part) => Buffer.concat([start, words, Buffer.from(part, 'latin1')]));
    await writeFile(file('described.mjpeg'), Buffer.concat(pictures));
    const { frames } = await analyseFile(file('described.mjpeg'), never);
    const seen: number[] = [];
    for await (const { at } of frames) seen.push(at);
    assert.deepEqual(seen, Array.from({ length: 10 }, (_, n) => n * 200));
  });

  it('gives five frames a second from the start on, each the picture of its very time', async () => {
    const { video, frames } = await analyseFile(file('flash.mp4'), never, { decode: 'full' });
    const seen: GrayFrame[] = [];
    for await (const frame of frames) seen.push(frame);
    assert.deepEqual(video.size, { width: 1280, height: 720 });
    assert.deepEqual(seen.map(({ at }) => at), Array.from({ length: 100 }, (_, n) => n * 200));
    assert.ok(seen.every(({ width, height, pixels }) =>
      width === 160 && height === 88 && pixels.byteLength === 160 * 88));
    assert.deepEqual(seen.filter(({ pixels }) => (pixels[80] ?? 0) > 128)
      .map(({ at }) => at), [12_000, 12_200, 12_400]);
  });

  it('gives, if all need not be decoded, no less of what happens', async () => {
    const clip = await analyseFile(file('quiet.mp4'), never);
    const seen: GrayFrame[] = [];
    for await (const frame of clip.frames) {
      seen.push(frame);
      clip.attend(frame.at, (frame.pixels[80] ?? 0) > 128);
    }
    assert.ok(seen.length < 70, `${seen.length} frames`);
    assert.deepEqual(seen.filter(({ pixels }) => (pixels[80] ?? 0) > 128)
      .map(({ at }) => at), [12_000, 12_200, 12_400]);
    assert.equal(clip.decoding.mode, 'gated');
    assert.ok(clip.decoding.decoded < 0.6);
  });

  it('gives the very pictures of decoding all where always something moves, and does not decode those that nobody needs', async () => {
    for (const name of Object.keys(MOVING)) {
      const looks = async (decode: 'auto' | 'full') => {
        const colours: number[] = [];
        const clip = await analyseFile(
          file(name), never, { decode, colour: true, onColour: ({ at, pixels }) => colours.push(at, crc32(pixels)) },
        );
        const seen: number[] = [];
        for await (const { at, pixels } of clip.frames) {
          seen.push(Math.round(at * 1000), crc32(pixels));
          clip.attend(at, true);
        }
        return { seen, colours: colours.map(Math.round), decoded: clip.decoding.decoded };
      };
      const [auto, full] = [await looks('auto'), await looks('full')];
      assert.equal(full.seen.length, 2 * 40, name);
      assert.deepEqual(auto.seen, full.seen, name);
      assert.deepEqual(auto.colours, full.colours, name);
      assert.ok(auto.decoded < 0.8, `${name}: ${auto.decoded}`);
    }
  });

  it('decodes no further than its reader wants', async () => {
    const { frames } = await analyseFile(file('flash.mp4'), never);
    for await (const { at } of frames) if (at === 1000) break;
    for await (const { at } of (await analyseFile(file('flash.mp4'), never, { decode: 'full' })).frames)
      if (at === 1000) break;
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const { frames } = await analyseFile(file('flash.mp4'), stop.signal);
    await assert.rejects(async () => {
      for await (const { at } of frames) if (at === 400) stop.abort();
    }, { name: 'AbortError' });
  });

  it('says what it found instead of a video', async () => {
    const table: readonly (readonly [string, string, RegExp])[] = [
      ['none.mp4', 'camera.missing', /^there is no file .*none\.mp4$/],
      ['.', 'camera.no-video', /^expected a video file, got the directory /],
      ['sound.wav', 'camera.no-video', /sound\.wav holds no video$/],
      [
        'page.html', 'camera.no-video',
        /^expected a video file \(such as MP4, MKV or AVI\), but .*page\.html is a web page$/,
      ],
      ['notes.txt', 'camera.no-video', /notes\.txt is a text$/],
      ['notes.mp4', 'camera.no-video', /notes\.mp4 is a text$/],
      ['noise.mp4', 'camera.no-video', /noise\.mp4 is no MP4, or one that was cut off before its index was written$/],
      ['empty.mp4', 'camera.no-video', /empty\.mp4 is empty$/],
      ['secret.mp4', 'camera.no-video', /secret\.mp4 is an encrypted recording; `tyto decrypt`/],
      ['torn-secret.mp4', 'camera.no-video', /torn-secret\.mp4 is an encrypted recording; /],
      ['torn.mp4', 'camera.no-video', /torn\.mp4 is cut off: box "mdat" at byte \d+ claims \d+ bytes, \d+ are left; /],
    ];
    for (const [name, code, message] of table)
      await assert.rejects(analyseFile(file(name), never), { name: 'ConfigError', code, message });
  });
});
