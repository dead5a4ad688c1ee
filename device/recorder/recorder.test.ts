import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseSegmentFileName } from '../contract/media-path.ts';
import { FragmentReader, type Fragment } from '../contract/mp4-fragment.ts';
import { eventId, parseMediaFileName } from '../contract/names.ts';
import { silentLog, type LogFields } from '../core/log.ts';
import { bytes, millis, seconds } from '../core/units.ts';
import { decodeWhole } from '../media/decode-check.ts';
import { hashFile } from '../media/walk-clip.ts';
import { smallDisk } from '../../test/recording/disk.ts';
import { makeFootage, type Footage } from '../../test/recording/footage.ts';
import { dawn, id, Stage, withStage as playOnStage } from '../../test/recording/stage.ts';
import type { RecorderPlan } from './recorder-plan.ts';

describe('recorder', () => {
  let footage: Footage;
  before(async () => { footage = await makeFootage(30); });
  const withStage = (play: (stage: Stage) => Promise<void>, plan: Partial<RecorderPlan> = {}): Promise<void> =>
    playOnStage(footage, play, plan);

  it('writes nothing while nothing happens', () => withStage(async (stage) => {
    stage.playTo(30_000);
    await stage.recorder.stop();
    assert.deepEqual(await stage.files(), []);
    assert.deepEqual([stage.recorder.recording, stage.recorder.idleReason], [false, null]);
  }));

  it('writes pre-roll, event and all up to its end, under the name of its first picture', () => withStage(async (
    stage,
  ) => {
    stage.playTo(12_000);
    stage.recorder.startEvent(id, millis(10_300)); // told 1.7 s late
    stage.playTo(18_000);
    assert.equal(stage.recorder.recording, true);
    const { clip, fault, lost } = await stage.recorder.endEvent(id, millis(17_100));
    assert.deepEqual([fault, lost.fragments], [null, 0]);
    assert.equal(clip?.start_time, (dawn + 5000) / 1000, 'the keyframe before 10.3 s - 5 s');
    assert.ok(clip.duration >= 12.1 && clip.duration <= 13, `${clip.duration} s`);
    assert.deepEqual(parseMediaFileName(clip.name), {
      at: dawn + 5000, device: 'barn', camera: 'yard', eventId: id, extension: 'mp4',
    });
    assert.equal(await hashFile(stage.file(clip.name)), clip.sha256);
    assert.deepEqual(await decodeWhole(stage.file(clip.name), 'mp4'), { ok: true });
    assert.equal(stage.recorder.recording, false);
    const facts = { name: clip.name, class: 'event', camera: 'yard', eventId: id, startedAt: dawn + 5000 };
    assert.deepEqual(stage.opened, [facts]);
    assert.deepEqual(stage.closed, [{ ...facts, clip, fault: null, lost, until: null }]);
  }));

  it('waits for the last picture of an event that was told before its video came', () => withStage(async (stage) => {
    stage.playTo(8000);
    stage.recorder.startEvent(id, millis(6000));
    const ended = stage.recorder.endEvent(id, millis(9700));
    stage.playTo(12_000);
    assert.equal((await ended).clip?.duration, 9, 'from 1 s to the end of the fragment that holds 9.7 s');
  }));

  it('lets an event go on in the next clip without a gap when asked for no pre-roll', () => withStage(async (stage) => {
    const next = eventId(millis(dawn + 15_000), 0.25);
    stage.playTo(15_600);
    stage.recorder.startEvent(id, millis(10_000));
    const first = stage.recorder.endEvent(id, millis(15_200));
    stage.recorder.startEvent(next, millis(15_200), { preRoll: millis(0) });
    stage.playTo(20_000);
    const second = stage.recorder.endEvent(next, millis(19_000));
    const [before, after] = [(await first).clip, (await second).clip];
    assert.equal(after?.start_time, (dawn + 15_000) / 1000, 'the keyframe before the change');
    assert.ok((before?.start_time ?? 0) + (before?.duration ?? 0) >= (after?.start_time ?? Infinity));
  }));

  it('ends a clip with what it has when the camera goes, and begins no second one for the same event', () =>
    withStage(async (stage) => {
      stage.playTo(10_000);
      stage.recorder.startEvent(id, millis(8000));
      stage.playTo(11_000);
      stage.recorder.interrupt();
      stage.restart();
      stage.playTo(9000);
      const { clip } = await stage.recorder.endEvent(id, millis(8500));
      assert.equal(clip?.duration, 8);
      assert.equal((await stage.files()).length, 1);
      stage.recorder.startEvent(eventId(dawn, 0.1), millis(8000));
      await stage.recorder.stop();
      assert.equal((await stage.files()).length, 2, 'the next event is recorded again');
    }));

  it('begins at the first keyframe when the event comes before any video', () => withStage(async (stage) => {
    stage.recorder.startEvent(id, millis(0));
    const ended = stage.recorder.endEvent(id, millis(1200));
    stage.playTo(3000);
    const { clip } = await ended;
    assert.ok(clip?.start_time === dawn / 1000 && clip.duration > 1.2 && clip.duration < 1.8);
  }));

  it('never begins a clip without a stream, and says that nothing was recorded', () => withStage(async (stage) => {
    stage.recorder.interrupt();
    stage.recorder.startEvent(id, millis(0));
    assert.deepEqual(await stage.recorder.endEvent(id, millis(1000)), {
      clip: null, fault: null, lost: { fragments: 0, duration: 0, gaps: 0 },
    });
  }));

  it('records everything in segments that follow each other without a gap', () => withStage(async (stage) => {
    stage.playTo(30_000);
    await stage.recorder.stop();
    const clips = stage.closed.flatMap(({ clip }) => clip ?? []).sort((a, b) => a.start_time - b.start_time);
    assert.deepEqual(clips.map(({ duration }) => duration), [8, 8, 8, 6]);
    assert.deepEqual(clips.map(({ start_time: start }) => start - dawn / 1000), [0, 8, 16, 24]);
    assert.ok(stage.closed.every(({ class: kind, eventId: event, name }) =>
      kind === 'continuous' && event === null && parseSegmentFileName(name)));
    const counts = await Promise.all(clips.map(async ({ name }) =>
      new FragmentReader().push(await readFile(stage.file(name))).length - 1));
    assert.equal(counts.reduce((sum, count) => sum + count), footage.fragments.length);
    assert.equal((await stage.recorder.endEvent(id, millis(0))).clip, null, 'events make no clip of their own');
  }, { mode: 'continuous', limits: { segment: seconds(8) } }));

  it('ends each segment where the next begins, to the millisecond, although stamps are estimates', () =>
    withStage(async (stage) => {
      stage.playTo(30_000, (at) => (at % 16_000 < 8000 ? 1 : -1)); // as much as rounding may move them
      await stage.recorder.stop();
      const ends = stage.closed.map(({ startedAt, until }) => [startedAt - dawn, until && until - dawn] as const)
        .sort(([a], [b]) => a - b);
      assert.deepEqual(ends, [[1, 7999], [7999, 16_001], [16_001, 23_999], [23_999, null]]);
    }, { mode: 'continuous', limits: { segment: seconds(8) } }));

  it('does not stretch a segment over a clock that was set, nor over what did not come', () =>
    withStage(async (stage) => {
      stage.playTo(8000);
      stage.playTo(16_000, () => 90_000);
      stage.skipTo(20_000);
      stage.playTo(24_000, () => 90_000);
      await stage.recorder.stop();
      assert.deepEqual(stage.closed.map(({ until }) => until), [null, null, null]);
    }, { mode: 'continuous', limits: { segment: seconds(8) } }));

  it('does not stretch a segment over its end that a slow disk did not take', async () => {
    const queue = bytes(footage.fragments.slice(0, 8).reduce((sum, { data }) => sum + data.byteLength, 0)); // 4 s of 8
    await withStage(async (stage) => {
      stage.playTo(12_000);
      await stage.recorder.stop();
      const first = stage.closed.find(({ startedAt }) => startedAt === dawn);
      assert.ok((first?.clip?.duration ?? 8) < 8 && first?.lost.gaps === 1);
      assert.equal(first.until, null);
    }, { mode: 'continuous', limits: { segment: seconds(8), queue } });
  });

  it('records both ways at once', () => withStage(async (stage) => {
    stage.playTo(10_000);
    stage.recorder.startEvent(id, millis(9000));
    stage.playTo(15_000);
    await stage.recorder.stop();
    assert.deepEqual(stage.closed.map((recording) => recording.class).sort(), ['continuous', 'event']);
  }, { mode: 'both' }));

  it('writes nothing when switched off, and says so', () => withStage(async (stage) => {
    stage.playTo(10_000);
    stage.recorder.startEvent(id, millis(9000));
    const picture = await stage.recorder.snapshot(id, millis(9000));
    assert.equal(picture?.file, null);
    assert.ok((picture?.jpeg.byteLength ?? 0) > 0, 'the bus still gets its picture');
    await stage.recorder.stop();
    assert.deepEqual(await stage.files(), []);
    assert.match(stage.recorder.idleReason ?? '', /switched off/);
  }, { mode: 'off' }));

  for (const mode of ['off', 'continuous'] as const)
    it(`records what a person asks for in mode ${mode} too, with pre-roll and picture`, () => withStage(async (
      stage,
    ) => {
      stage.playTo(10_000);
      stage.recorder.startEvent(id, millis(9000), { onDemand: true });
      const picture = await stage.recorder.snapshot(id, millis(9000));
      const ended = stage.recorder.endEvent(id, millis(12_000));
      stage.playTo(15_000);
      const { clip } = await ended;
      assert.deepEqual(
        [clip?.start_time, Math.floor(clip?.duration ?? 0), picture?.file === null], [(dawn + 4000) / 1000, 8, false],
      );
      await stage.recorder.stop();
    }, { mode }));

  it('ends a clip that nobody ends', () => withStage(async (stage) => {
    stage.playTo(1000);
    stage.recorder.startEvent(id, millis(0));
    const long = footage.fragments.filter(({ start }) => start < 1000);
    for (let second = 1; second < 800; second++) {
      for (const fragment of long) stage.recorder.fragment(later(fragment, second), millis(dawn + second * 1000));
    }
    assert.equal(stage.recorder.recording, false);
    const { clip } = await stage.recorder.endEvent(id, millis(800_000));
    assert.equal(Math.round(clip?.duration ?? 0), 5 + 10 + 660);
  }, { maxLength: seconds(10) }));

  it('still has the pre-roll of an event that is told late when it was said how late that may be', () =>
    withStage(async (stage) => {
      stage.playTo(28_000);
      stage.recorder.startEvent(id, millis(8000)); // told 20 s late
      const { clip } = await stage.recorder.endEvent(id, millis(27_000));
      assert.equal(clip?.start_time, (dawn + 3000) / 1000);
    }, { knownLateBy: seconds(21) }));

  it('says once per stream how much it holds when its memory is too small for the pre-roll', async () => {
    const warnings: unknown[] = [];
    const log = { ...silentLog, warn: (_: string, fields?: LogFields) => { warnings.push(fields); } };
    const size = footage.fragments.slice(0, 12).reduce((sum, { data }) => sum + data.byteLength, 0); // 6 s of 15
    await withStage(async (stage) => {
      stage.playTo(25_000);
      assert.equal(warnings.length, 1);
      const { heldSeconds, wantedSeconds } = warnings[0] as Record<string, number>;
      assert.ok(wantedSeconds === 15 && Number(heldSeconds) >= 4 && Number(heldSeconds) <= 7, JSON.stringify(warnings));
      stage.restart();
      stage.playTo(25_000);
      assert.equal(warnings.length, 2);
    }, { log, limits: { ring: bytes(size) } });
  });

  it('refuses a new clip on a full disk, says why, and records again once there is room', async function () {
    await using disk = await smallDisk(4 * 1024 * 1024);
    if (disk === undefined) return this.skip();
    const filler = path.join(disk.path, 'filler');
    await writeFile(filler, new Uint8Array(4000 * 1024));
    const stage = new Stage(disk.path, footage, { minimumFree: bytes(500e6) });
    stage.playTo(8000);
    stage.recorder.startEvent(id, millis(6000));
    const { clip, fault, lost } = await stage.recorder.endEvent(id, millis(7000));
    assert.deepEqual([clip, fault?.code], [null, 'recorder.space-low']);
    assert.equal(lost.gaps, 1);
    assert.match(stage.recorder.idleReason ?? '', /nearly full.*free some space/);
    await writeFile(filler, '');
    const next = eventId(dawn, 0.1);
    stage.playTo(12_000);
    stage.recorder.startEvent(next, millis(10_000));
    assert.equal((await stage.recorder.endEvent(next, millis(11_000))).fault, null);
    assert.equal(stage.recorder.idleReason, null);
  });
});

/** The same pictures, `second` seconds later. */
const later = (fragment: Fragment, second: number): Fragment => ({
  ...fragment, start: millis(fragment.start + second * 1000), startTicks: fragment.startTicks + second * 12_800,
});
