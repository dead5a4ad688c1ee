import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { Mp4Error } from '../../../device/contract/mp4-boxes.ts';
import { millis } from '../../../device/core/units.ts';
import { runTool } from '../../../device/media/run-tool.ts';
import {
  clipFacts, ffmpeg, FRAGMENTED, hollow, makeClip, makeFlakyClip, makePicture, sealed, scene,
} from '../../../test/fleet/footage.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { inspectClip, inspectSmall } from './inspect-media.ts';
import { jpegComplaint } from './jpeg-structure.ts';
import { readClip } from './mp4-structure.ts';

const never = new AbortController().signal;
const anySeal = () => undefined;

describe('looking into files', () => {
  let folder: string;
  let clip: Buffer;
  let picture: Buffer;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-inspect-'));
    clip = await makeClip(2);
    picture = await makePicture();
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const fileOf = async (data: Uint8Array): Promise<string> => {
    const file = path.join(folder, 'file');
    await writeFile(file, data);
    return file;
  };
  const read = async (data: Uint8Array) => readClip(await fileOf(data), never);

  it('reads of a clip what its device wrote of it', async () => {
    const { codec, width, height, duration } = clipFacts(clip);
    assert.deepEqual(await read(clip), { codec, size: { width, height }, duration: millis(duration * 1000) });
  });

  it('reads clips that are not fragmented, have sound, are H.265, or do not begin at 0', async () => {
    const sound = ['-f', 'lavfi', '-i', 'sine', '-t', '2', '-c:a', 'aac'];
    const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast'];
    const plain = path.join(folder, 'plain.mp4');
    // Its head is written at the end: no pipe will do.
    await runTool({ tool: 'ffmpeg', args: ['-v', 'error', ...scene(2), ...h264, plain] });
    const kinds = {
      plain: await readClip(plain, never),
      sound: await read(await ffmpeg(...scene(2), ...sound, ...h264, ...FRAGMENTED)),
      late: await read(await ffmpeg(...scene(2), ...h264, '-output_ts_offset', '100', ...FRAGMENTED)),
      hevc: await read(
        await ffmpeg(
          ...scene(2, '320x240'),
          '-c:v',
          'libx265',
          '-preset',
          'ultrafast',
          '-x265-params',
          'log-level=none',
          '-tag:v',
          'hvc1',
          ...FRAGMENTED,
        ),
      ),
    };
    for (const [kind, { duration, size }] of Object.entries(kinds)) {
      assert.ok(Math.abs(duration - 2000) <= 210, `${kind} lasts ${duration}`);
      assert.deepEqual(size, { width: 320, height: 240 }, kind);
    }
    assert.match(kinds.hevc.codec, /^hvc1\./);
  });

  it('says of any damaged clip what it makes of it, and fails in no other way', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: 1200 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 8 }),
        fc.option(fc.nat({ max: 2000 })),
        async (bytes, cut) => {
          const damaged = Buffer.from(clip);
          for (const [at, value] of bytes) damaged[at] = value;
          await read(cut === null ? damaged : damaged.subarray(0, cut)).catch((error: unknown) =>
            assert.ok(error instanceof Mp4Error, String(error)),
          );
        },
      ),
      { numRuns: 300 },
    ));

  it('takes a JPEG of any kind that browsers show, and nothing else', async () => {
    assert.equal(jpegComplaint(picture), undefined);
    assert.equal(jpegComplaint(progressive()), undefined);
    for (let end = 0; end < picture.length; end += 101)
      assert.ok(jpegComplaint(picture.subarray(0, end)), `cut at ${end}`);
    for (const tail of ['\n', '\0', 'PK\u0003\u0004'])
      assert.match(jpegComplaint(Buffer.concat([picture, Buffer.from(tail)])) ?? '', /follow the end/);
  });

  it('comes to an end with any bytes that begin as a JPEG', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(), (bytes, at) => {
        const start = picture.subarray(0, at % picture.length);
        const complaint = jpegComplaint(Buffer.concat([start, bytes]));
        assert.ok(complaint === undefined || complaint.length > 5);
      }),
    ));

  it('gives up on what takes too long to decode', async function () {
    if (!existsSync('/proc/self/stat')) return this.skip();
    const limits = { ...DEFAULT_LIMITS, decodePicture: millis(1) };
    const large = { role: 'picture', file: await fileOf(await makePicture('6000x4000')) } as const;
    const found = await inspectSmall([large], { thumbnail: false }, limits, never);
    assert.equal(found.ok ? undefined : found.reason.code, 'picture.too-slow');
  });

  it('takes a clip for footage whose pictures a bad line has damaged, and says how much of it is sound', async () => {
    for (const flaky of [await makeFlakyClip(2), sealed(await makeFlakyClip(2))]) {
      const found = await inspectClip(await fileOf(flaky), DEFAULT_LIMITS, never, anySeal);
      assert.ok(found.ok && found.damage !== null, JSON.stringify(found));
      assert.ok(found.damage.decoded_share > 0 && found.damage.decoded_share < 1, String(found.damage.decoded_share));
      assert.match(found.damage.reason, /^\d+ of 18 pictures decode without fault: [a-z]/);
    }
    const whole = await inspectClip(await fileOf(sealed(clip)), DEFAULT_LIMITS, never, anySeal);
    assert.deepEqual(whole.ok && whole.damage, null);
  });

  it('takes a clip for none that was changed after it was recorded, or of which no picture can be shown', async () => {
    const refusal = async (data: Uint8Array): Promise<string> => {
      const found = await inspectClip(await fileOf(data), DEFAULT_LIMITS, never, anySeal);
      return found.ok ? JSON.stringify(found) : `${found.reason.code} ${found.reason.message}`;
    };
    const changed = sealed(clip);
    const pictures = changed.lastIndexOf('mdat') + 300;
    changed.fill(0x55, pictures, pictures + 300);
    assert.match(await refusal(changed), /^clip\.altered .*altered since its device recorded/);
    const unnamed = sealed(await makeFlakyClip(2));
    unnamed[unnamed.indexOf('uuid') + 4] = 0; // the seal that says who recorded it is none any more
    assert.match(await refusal(unnamed), /^clip\.altered /);
    const overwritten = Buffer.from(clip);
    overwritten.fill(0x55, overwritten.length - 9000, overwritten.length - 200);
    assert.match(await refusal(overwritten), /^clip\.undecodable .*not as a camera sends them/);
    assert.match(await refusal(hollow(clip)), /^clip\.undecodable .*no picture of it can be shown/);
  });

  it('has a finding for any damage', () => fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat({ max: clip.length - 1 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 }),
      async (bytes) => {
        const damaged = sealed(clip);
        for (const [at, value] of bytes) damaged[at] = value;
        const found = await inspectClip(await fileOf(damaged), DEFAULT_LIMITS, never, anySeal);
        assert.ok(found.ok ? found.damage === null : found.reason.message.length > 10, JSON.stringify(found));
      },
    ),
    { numRuns: 12, examples: [[[[895, 0], [9963, 0]]]] },
  ));

  it('does not tell where our copy lies', async () => {
    const damaged = Buffer.from(clip);
    damaged.fill(0x55, damaged.length - 9000, damaged.length - 200);
    const found = await inspectClip(await fileOf(damaged), DEFAULT_LIMITS, never, anySeal);
    assert.ok(!found.ok && found.reason.code === 'clip.undecodable');
    assert.ok(!found.reason.message.includes(folder), found.reason.message);
  });
});

/** The skeleton of a progressive picture: several scans, with tables between them. */
const progressive = (): Uint8Array =>
  Buffer.from([
    0xff, 0xd8, 0xff, 0xc2, 0, 3, 1, 0xff, 0xda, 0, 3, 1, 7, 0xff, 0x00, 0xff, 0xd0, 8, 0xff, 0xff, 0xc4, 0, 3, 1, 0xff,
    0xda, 0, 3, 1, 9, 0xff, 0xd9,
  ]);
