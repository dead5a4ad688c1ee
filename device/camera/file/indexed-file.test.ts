import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { boxesIn, type Mp4Box } from '../../contract/mp4-boxes.ts';
import { makeClip } from '../simulated/clips.ts';
import { DemuxedFile } from './demuxed-file.ts';
import { IndexedFile } from './indexed-file.ts';
import type { PacketSource } from './packet-source.ts';
import { readSampleTable } from './sample-table.ts';

const never = new AbortController().signal;
const SCENE = ['-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=25:d=4', '-pix_fmt', 'yuv420p'];
const SOUND = ['-f', 'lavfi', '-i', 'sine=duration=4'];
const X264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-g', '25'];

/** What an encoder or a muxer may do and still be ordinary. */
const ORDINARY = {
  'plain.mp4': [...SCENE, ...X264, '-bf', '0'],
  'reordered.mp4': [...SCENE, ...X264, '-bf', '3'],
  'head-first.mp4': [...SCENE, ...X264, '-movflags', '+faststart'],
  'sound.mp4': [...SOUND, ...SCENE, ...X264, '-c:a', 'aac', '-shortest'],
  'uneven.mp4': [...SCENE, ...X264, '-vf', "select='not(eq(mod(n,7),3))'", '-fps_mode', 'vfr'],
  'open.mp4': [...SCENE, ...X264, '-bf', '2', '-x264-params', 'open-gop=1'],
  'keyframes.mov': [...SCENE, ...X264, '-g', '1'],
  'hevc.mp4': [...SCENE, '-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none:keyint=25'],
} as const;

const UNUSUAL = {
  'fragments.mp4': [...SCENE, ...X264, '-movflags', '+frag_keyframe+empty_moov'],
  'two.mp4': [...SCENE, ...X264, '-map', '0', '-map', '0'],
  'other.mp4': [...SCENE, '-c:v', 'mpeg4'],
  'container.mkv': [...SCENE, ...X264],
} as const;

interface Told { readonly shown: number; readonly decoded: number; readonly key: boolean; readonly payload: number }

/** What a source says, times from its first picture on. */
async function told(source: PacketSource | undefined): Promise<readonly Told[]> {
  assert.ok(source !== undefined);
  const pictures = [];
  const faults = { add: assert.fail, here: assert.fail, ended: assert.fail };
  for await (const some of source.pictures(faults)) pictures.push(...some);
  source.close();
  const first = (pictures[0]?.decodeTicks ?? 0) + (pictures[0]?.offset ?? 0);
  const seconds = (ticks: number): number => Math.round(1e6 * (ticks - first) / source.init.video.timescale);
  return pictures.map(({ decodeTicks, offset, key, payload }) =>
    ({ shown: seconds(decodeTicks + offset), decoded: seconds(decodeTicks), key, payload: crc32(payload) }));
}

describe('a file read by its index', () => {
  let folder: string;
  const file = (name: string): string => path.join(folder, name);
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-indexed-'));
    for (const [name, args] of Object.entries({ ...ORDINARY, ...UNUSUAL })) await makeClip(...args, file(name));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('gives the pictures that ffmpeg finds in it, with their times', async () => {
    for (const name of Object.keys(ORDINARY)) {
      const own = await told(await IndexedFile.open(file(name), never));
      const theirs = await told(await DemuxedFile.open(file(name), undefined, [], never));
      assert.ok(own.length > 80, name);
      assert.deepEqual(own, theirs, name);
    }
  });

  it('is left to ffmpeg where anything is out of the ordinary', async () => {
    await makeClip('-ss', '0.5', '-i', file('reordered.mp4'), '-c', 'copy', file('cut-begin.mp4'));
    await makeClip(
      '-itsoffset',
      '1', '-i', file('sound.mp4'), '-i', file('sound.mp4'), '-map', '0:v', '-map', '1:a', '-c', 'copy',
      file('delayed.mp4'),
    );
    await writeFile(file('torn.mp4'), await readFile(file('head-first.mp4')));
    await truncate(file('torn.mp4'), 20_000);
    await writeFile(file('empty.mp4'), '');
    for (const name of [
      ...Object.keys(UNUSUAL), 'cut-begin.mp4', 'delayed.mp4', 'torn.mp4', 'empty.mp4', 'none.mp4', '.',
    ]) {
      assert.equal(await IndexedFile.open(file(name), never), undefined, name);
    }
  });

  it('takes no lie of its tables for true', async () => {
    const data = await readFile(file('sound.mp4'));
    const boxes = new Map([...boxesIn(data)].map((box) => [box.type, box]));
    const [ftyp, moov] = [boxes.get('ftyp') as Mp4Box, boxes.get('moov') as Mp4Box];
    const place = fc.integer({ min: 8, max: moov.data.byteLength - 4 });
    fc.assert(fc.property(fc.array(
      fc.tuple(place, fc.integer({ min: 0, max: 0xffff_ffff })), { minLength: 1, maxLength: 3 },
    ), (lies) => {
      const copy = moov.data.slice();
      for (const [at, value] of lies) new DataView(copy.buffer).setUint32(at, value);
      const table = readSampleTable(ftyp, { type: 'moov', data: copy }, data.byteLength);
      for (const { at, bytes, duration } of table?.samples() ?? [])
        assert.ok(at >= 0 && bytes > 0 && at + bytes <= data.byteLength && duration >= 0);
    }), { numRuns: 2000 });
  });

  it('says so when it is cut while it is read', async () => {
    await writeFile(file('shrinking.mp4'), await readFile(file('head-first.mp4')));
    const source = await IndexedFile.open(file('shrinking.mp4'), never);
    await truncate(file('shrinking.mp4'), 20_000);
    await assert.rejects(told(source), { name: 'DeviceError', code: 'camera.damaged' });
    source?.close();
  });
});
