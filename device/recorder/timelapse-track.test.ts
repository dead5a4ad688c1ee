import assert from 'node:assert/strict';
import { parseSegmentFileName } from '../contract/media-path.ts';
import { silentLog } from '../core/log.ts';
import { bytes, millis, minutes, seconds, type Millis } from '../core/units.ts';
import { decodeWhole } from '../media/decode-check.ts';
import { probeFile } from '../../test/recording/probe-file.ts';
import { makeFootage, temporaryFolder, type Footage } from '../../test/recording/footage.ts';
import { testKey } from '../../test/recording/key.ts';
import { mediaFile } from './clip-writer.ts';
import { Recorder } from './recorder.ts';
import type { RecorderPlan } from './recorder-plan.ts';
import type { ClosedRecording } from './recording-listener.ts';
import { recoverClip } from './recover-clip.ts';
import type { TimelapsePlan } from './timelapse-track.ts';
import { verifyClip } from './verify-clip.ts';
import { copyFile, mkdir, readFile, truncate } from 'node:fs/promises';
import path from 'node:path';

const noon = millis(new Date(2026, 10, 21, 12).getTime());

describe('timelapse', () => {
  let footage: Footage;
  before(async () => { footage = await makeFootage(10); }); // a keyframe a second

  /**
   * A camera that sends ten seconds of video, stream after stream, as if an hour lay between
   * their first pictures unless `apart`.
   */
  async function filmed(
    plan: Partial<TimelapsePlan>, {
      streams = 1, apart = minutes(60), more = {},
    }: { readonly streams?: number; readonly apart?: Millis; readonly more?: Partial<RecorderPlan> },
    look: (films: readonly ClosedRecording[], fileOf: (
      film: ClosedRecording | undefined,
    ) => string, folder: string) => Promise<void>,
  ): Promise<void> {
    await using folder = await temporaryFolder();
    const closed: ClosedRecording[] = [];
    const recorder = new Recorder({
      mode: 'off', preRoll: seconds(2), maxLength: seconds(300), minimumFree: bytes(0),
      mediaFolder: folder.path, device: 'barn', camera: 'yard', key: testKey,
      timelapse: { interval: seconds(3), frameRate: 25, clockSynced: () => true, ...plan },
      listener: { opened() {}, closed: (recording) => closed.push(recording) }, log: silentLog, ...more,
    });
    for (let stream = 0; stream < streams; stream++) {
      recorder.begin(footage.init);
      for (const fragment of footage.fragments)
        recorder.fragment(fragment, millis(noon + stream * apart + fragment.start));
      recorder.interrupt();
    }
    await recorder.stop();
    await look(closed.filter((recording) => recording.class === 'timelapse'), (film) =>
      mediaFile(folder.path, film?.name ?? assert.fail('there is no film')), folder.path);
  }

  it('is a film of the keyframes that were due, in every mode, as any player plays it', () =>
    filmed({}, {}, async ([film, ...others], fileOf) => {
      assert.deepEqual([others.length, film?.fault, film?.eventId], [0, null, null]);
      assert.equal(parseSegmentFileName(film?.name ?? '')?.kind, 'timelapse');
      assert.deepEqual([film?.clip?.duration, film?.clip?.start_time], [0.16, noon / 1000]);
      assert.deepEqual(await decodeWhole(fileOf(film), 'mp4'), { ok: true });
      const { pictures, codec } = await probeFile(fileOf(film));
      assert.deepEqual([pictures, codec], [4, 'h264'], 'of 0, 3, 6 and 9 s');
    }));

  it('shows as many pictures a second as is asked for', () =>
    filmed({ frameRate: 4 }, {}, async ([film]) => { assert.equal(film?.clip?.duration, 1); }));

  it('goes on in the same film when the camera comes back', () => filmed({}, { streams: 3 }, async (films, fileOf) => {
    assert.equal(films.length, 1);
    assert.equal((await probeFile(fileOf(films[0]))).pictures, 12);
  }));

  it('begins another film with the day', () => filmed({}, { streams: 3, apart: minutes(10 * 60) }, async (films) => {
    const days = films.toSorted((a, b) => a.startedAt - b.startedAt)
      .map(({ startedAt, clip }) => [new Date(startedAt).getDate(), clip?.duration]);
    assert.deepEqual(days, [[21, 0.32], [22, 0.16]]);
  }));

  it('waits until the clock is set', () =>
    filmed({ clockSynced: () => false }, {}, async (films) => { assert.deepEqual(films, []); }));

  it('stands beside what is recorded of events and all the time', () =>
    filmed({}, { more: { mode: 'both' } }, async (films) => { assert.equal(films.length, 1); }));

  it('is proven untouched as any clip', () => filmed({}, {}, async ([film], fileOf) => {
    const { intact, seals } = await verifyClip(fileOf(film));
    assert.deepEqual([intact, seals.state], [true, 'complete']);
  }));

  it('plays up to the last whole picture wherever a crash cut it', () =>
    filmed({}, {}, async ([film], fileOf, folder) => {
      const whole = await readFile(fileOf(film));
      await mkdir(path.join(folder, 'cut'));
      for (const share of [0.55, 0.75, 0.95]) {
        const cut = path.join(folder, 'cut', `${share}.mp4`);
        await copyFile(fileOf(film), cut);
        await truncate(cut, Math.floor(whole.byteLength * share));
        const recovery = await recoverClip(folder, cut);
        assert.ok(recovery.playable, `cut at ${share}`);
        assert.equal((await probeFile(cut)).pictures, recovery.fragments);
      }
    }));
});
