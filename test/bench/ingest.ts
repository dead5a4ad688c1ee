/** What taking an event in costs, beside decoding its clip once; and how many pictures a minute are taken in. */
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { silentLog, type Log } from '../../device/core/log.ts';
import { millis, seconds } from '../../device/core/units.ts';
import { decodeWhole } from '../../device/media/decode-check.ts';
import { thumbnailOf } from '../../device/media/preview.ts';
import { deal } from '../../fleet/ingest/deal.ts';
import { Ingest } from '../../fleet/ingest/ingest.ts';
import { IngestBench } from '../fleet/bench.ts';
import { ffmpeg, FRAGMENTED, makeClip, makePicture, sealed } from '../fleet/footage.ts';
import { land, uploadOf } from '../fleet/uploads.ts';

const NOON = Date.parse('2026-11-21T12:00:00Z');
const never = new AbortController().signal;

export interface ClipCost {
  readonly bytes: number;
  /** Milliseconds, medians. */
  readonly decodeMs: number;
  readonly ingestMs: number;
}

/**
 * A clip of 2 MB with picture, thumbnail and preview, sealed: what a device sends of an event by its default settings.
 */
export async function measureClipIngest(runs: number): Promise<ClipCost> {
  const clip = sealed(await twoMegabytes());
  const picture = await makePicture('1280x720');
  const footage = {
    clip, picture, thumbnail: Buffer.from(await thumbnailOf(picture, never)), preview: await makeClip(5, '320x180'),
  };
  await using bench = await IngestBench.open();
  await mkdir(bench.parts.work, { recursive: true });
  const file = path.join(bench.root, 'clip.mp4');
  await writeFile(file, clip);
  const [decode, ingest]: [number[], number[]] = [[], []];
  for (let run = 0; run < runs; run++) {
    decode.push(await msOf(() => decodeWhole(file, 'mp4')));
    const upload = uploadOf(footage, { at: NOON + run * 1000 });
    await land(bench.landing, upload.objects);
    const key = [...upload.objects.keys()].find((name) => name.endsWith('.json')) ?? '';
    const folder = await mkdtemp(path.join(bench.parts.work, 'job-'));
    const landed = { key, modifiedAt: millis(NOON), age: millis(0) };
    ingest.push(await msOf(async () => {
      const { outcome } = await deal('event', landed, folder, bench.parts, never);
      if (outcome !== 'accepted') throw new Error(`a sound event was ${outcome}`);
    }));
  }
  return { bytes: clip.byteLength, decodeMs: median(decode), ingestMs: median(ingest) };
}

export interface PictureRate {
  readonly perMinute: number;
  /** Milliseconds of processor for each, of all processes. */
  readonly cpuMs: number;
}

/** Takes `count` events in of 20 devices that have nothing but a picture of 1280x720. */
export async function measurePictures(count: number): Promise<PictureRate> {
  const picture = await makePicture('1280x720');
  await using bench = await IngestBench.open();
  for (let n = 0; n < count; n++) {
    await land(bench.landing, uploadOf({ picture }, { at: NOON + n * 1000, device: `camera-${n % 20}` }).objects);
  }
  const stop = new AbortController();
  const cpu = cpuMsOfAll();
  let accepted = 0;
  const done = Promise.withResolvers<void>();
  const log: Log = { ...silentLog, info: () => {
    if (++accepted === count) done.resolve();
  }, warn: (why) => { done.reject(new Error(why)); } };
  const ms = await msOf(async () => {
    const running = new Ingest({ ...bench.parts, poll: seconds(2), log }).run(stop.signal);
    await Promise.race([done.promise, running]);
    stop.abort();
    await running.catch(() => {}); // it obeyed
  });
  return { perMinute: count / ms * 60_000, cpuMs: (cpuMsOfAll() - cpu) / count };
}

/** Of this process and of all that it started and waited for (proc_pid_stat(5), fields 14 to 17), in steps of 10 ms. */
function cpuMsOfAll(): number {
  const stat = readFileSync('/proc/self/stat', 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ').slice(11, 15).reduce(
    (sum, ticks) => sum + Number(ticks) * 10, 0,
  );
}

/** 15 s of 1280x720 with as much detail as makes 2 MB of it. */
const twoMegabytes = (): Promise<Buffer> => ffmpeg(
  '-f', 'lavfi', '-i', 'testsrc2=size=1280x720:rate=15', '-t', '15',
  '-c:v', 'libx264', '-preset', 'veryfast', '-g', '30', '-b:v', '1100k', '-maxrate', '1100k', '-bufsize',
  '1100k', '-pix_fmt', 'yuv420p', ...FRAGMENTED,
);

async function msOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
