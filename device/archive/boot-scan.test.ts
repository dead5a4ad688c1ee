import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { segmentFileName } from '../contract/media-path.ts';
import { eventSchema } from '../contract/event.ts';
import { DeviceError } from '../core/errors.ts';
import { silentLog } from '../core/log.ts';
import { millis } from '../core/units.ts';
import { bootScan, scanLater } from './boot-scan.ts';
import { pathOf } from './index-file.ts';
import { openArchive } from './open-archive.ts';
import { dawn, eventAt, idAt, recordingAt, temporaryFolder } from '../../test/recording/events.ts';
import { JPEG, never, none, onDevice, pictureAt } from '../../test/recording/started-device.ts';

describe('boot scan', () => {
  it('finds nothing to do on a new device, and after a clean stop', () => onDevice(async (device) => {
    assert.deepEqual(await device.start(), none);
    await device.recorded(0);
    await device.recorded(100_000);
    assert.deepEqual(await device.start(), none);
    assert.equal(device.archive.view.endedAfter(2, 10).length, 0, 'nothing was numbered anew');
  }));

  it('ends an event whose clip was being written, with what of the clip is whole', () => onDevice(async (device) => {
    const recording = recordingAt(20);
    device.archive.putEvent(eventAt(20));
    device.archive.openRecording(recording);
    await device.write(recording.name, 'vvvvvvvv!!');
    await device.write(pictureAt(20), JPEG);
    assert.deepEqual(await device.start(), { ...none, recovered: 1, ended: 1, pictures: 1 });
    const event = device.archive.view.get(idAt(20));
    assert.doesNotThrow(() => eventSchema.parse(event));
    assert.equal(event?.end_time, recording.clip.start_time + 8);
    assert.deepEqual(
      [event?.clip?.bytes, event?.has_clip, event?.snapshot?.name, event?.score], [8, true, pictureAt(20), 0.5],
    );
    const row = device.archive.view.recording(recording.name);
    assert.deepEqual([row?.state, row?.reason, row?.bytes], [
      'recovered', 'its writing was interrupted; 2 bytes of a torn end were cut off', 8,
    ]);
    assert.equal(device.archive.view.endedAfter(0, 9).length, 1);
    assert.deepEqual(await device.start(), none, 'a second start has nothing left to do');
  }));

  it('ends an event whose clip was complete but not yet noted with it', () => onDevice(async (device) => {
    const recording = recordingAt(20);
    await device.write(recording.name, 'v'.repeat(10));
    device.archive.putEvent(eventAt(20));
    device.archive.openRecording(recording);
    device.archive.closeRecording(recording);
    assert.deepEqual(await device.start(), { ...none, ended: 1 });
    assert.deepEqual(device.archive.view.get(idAt(20))?.clip, recording.clip);
  }));

  it('ends an event without any file at its last known moment', () => onDevice(async (device) => {
    device.archive.putEvent(eventAt(20));
    assert.deepEqual(await device.start(), { ...none, ended: 1 });
    assert.equal(device.archive.view.get(idAt(20))?.end_time, dawn / 1000 + 21);
  }));

  it('hands over the events that it ended, as they are in the catalogue', () => onDevice(async (device) => {
    await device.recorded(0);
    await device.write(recordingAt(20).name, 'vvvvvvvv!!');
    device.archive.openRecording(recordingAt(20));
    for (const second of [20, 30]) device.archive.putEvent(eventAt(second));
    await device.write(recordingAt(50).name, 'vvvv'); // of an event that nobody knew of
    const scan = { ...device, mediaFolder: device.media, log: silentLog };
    const { endedEvents, report } = await bootScan(scan);
    assert.deepEqual(endedEvents, [20, 30].map((second) => device.archive.view.get(idAt(second))));
    assert.deepEqual([endedEvents.map((event) => event.end_time !== null), endedEvents[0]?.clip?.bytes, report.ended], [
      [true, true], 8, 2,
    ]);
    assert.deepEqual((await bootScan(scan)).endedEvents, []);
  }));

  it('tells of no ended event when the catalogue does not take it', () => onDevice(async (device) => {
    for (const second of [20, 30]) device.archive.putEvent(eventAt(second));
    using holder = new DatabaseSync(path.join(path.dirname(device.media), 'archive.db'));
    holder.exec('BEGIN IMMEDIATE');
    const { endedEvents, report } = await bootScan({ ...device, mediaFolder: device.media, log: silentLog });
    assert.deepEqual([endedEvents, report.ended, report.problems.map(({ code }) => code)], [[], 0, ['archive.busy']]);
  }));

  it('says where the rest of a damaged clip is kept', () => onDevice(async (device) => {
    const mend = device.recover;
    const kept = path.join(device.media, 'lost+found', 'tail');
    device.recover = async (file) => ({ ...await mend(file), savedTail: kept });
    await device.write(recordingAt(20).name, 'vvvv!!');
    const warnings: unknown[] = [];
    await device.start({ ...silentLog, warn: (_, fields) => { warnings.push(fields?.['kept']); } });
    assert.ok(warnings.includes(kept));
    assert.match(
      device.archive.view.recording(recordingAt(20).name)?.reason ?? '',
      /2 bytes .* cut off; a copy of them is lost\+found\/tail$/,
    );
  }));

  it('indexes a clip and a picture that the catalogue does not know as one ended event', () => onDevice(async (
    device,
  ) => {
    await device.write(pictureAt(20), JPEG);
    await device.write(recordingAt(20).name, 'vvvv!');
    assert.deepEqual(await device.start(), { ...none, recovered: 1, pictures: 1, ended: 1 });
    const [row, ...more] = device.archive.view.endedAfter(0, 10);
    assert.equal(more.length, 0, 'the uploader sees it once, whole');
    assert.doesNotThrow(() => eventSchema.parse(row?.event));
    assert.deepEqual([row?.event.id, row?.event.camera, row?.event.clip?.duration, row?.event.has_snapshot], [
      idAt(20), 'yard', 4, true,
    ]);
  }));

  it('indexes segments of continuous recording as such, without an event', () => onDevice(async (device) => {
    const name = segmentFileName({ kind: 'continuous', at: dawn, device: 'barn', camera: 'yard' });
    await device.write(name, 'vvvvvv');
    assert.deepEqual(await device.start(), { ...none, recovered: 1 });
    assert.equal(device.archive.view.recording(name)?.class, 'continuous');
    assert.deepEqual(device.archive.view.page({ limit: 5 }).events, []);
  }));

  it('marks as lost what is gone from the disk, and no longer promises it', () => onDevice(async (device) => {
    const { clip, picture } = await device.recorded(0);
    await device.recorded(100);
    await rm(pathOf(device.media, clip));
    await rm(pathOf(device.media, picture));
    assert.deepEqual(await device.start(), { ...none, lost: 1 });
    const event = device.archive.view.get(idAt(0));
    assert.deepEqual([event?.has_clip, event?.clip, event?.has_snapshot, event?.snapshot], [false, null, false, null]);
    const row = device.archive.view.recording(clip);
    assert.deepEqual([row?.state, row?.reason], ['lost', 'its file was gone at the start']);
    assert.equal(device.archive.view.get(idAt(100))?.has_clip, true);
    assert.deepEqual(await device.start(), none);
    await device.write(clip, 'v'.repeat(10));
    assert.deepEqual(await device.start(), { ...none, recovered: 1 }, 'what comes back is found again');
    assert.equal(device.archive.view.get(idAt(0))?.has_clip, true);
  }));

  it('marks a recording as lost that was under way and of which no file is left', () => onDevice(async (device) => {
    await device.recorded(0);
    device.archive.openRecording(recordingAt(20));
    assert.deepEqual(await device.start(), { ...none, lost: 1 });
    assert.equal(device.archive.view.recording(recordingAt(20).name)?.state, 'lost');
  }));

  it('notes what cannot be played as lost, and where it was put', () => onDevice(async (device) => {
    await device.write(recordingAt(20).name, '!!!!');
    assert.deepEqual(await device.start(), { ...none, lost: 1 });
    assert.match(
      device.archive.view.recording(recordingAt(20).name)?.reason ?? '', /nothing in it; moved to lost\+found/,
    );
    assert.deepEqual(await device.start(), none);
  }));

  it('touches nothing when all media are gone at once: a disk that is not mounted is no loss', () =>
    onDevice(async (device) => {
      const { clip } = await device.recorded(0);
      device.archive.putEvent(eventAt(20));
      await rename(device.media, `${device.media}.unmounted`);
      const report = await device.start();
      assert.deepEqual(report.problems.map(({ code }) => code), ['archive.media-missing']);
      assert.match(report.problems[0]?.message ?? '', /mount it and restart/);
      assert.equal(device.archive.view.recording(clip)?.state, 'complete');
      await rename(`${device.media}.unmounted`, device.media);
      assert.deepEqual(await device.start(), { ...none, ended: 1 });
    }));

  it('goes on with the rest when one file cannot be mended, and tries it again at the next start', () =>
    onDevice(async (device) => {
      const mend = device.recover;
      await device.write(recordingAt(20).name, 'vvvv');
      await device.write(recordingAt(40).name, 'vvvvv');
      device.recover = async (file) => {
        if (file.includes(idAt(20))) throw new DeviceError('recorder.read-only', 'the disk is read-only');
        return await mend(file);
      };
      const report = await device.start();
      assert.deepEqual([report.recovered, report.problems.map(({ code }) => code)], [1, ['recorder.read-only']]);
      device.recover = mend;
      assert.deepEqual(await device.start(), { ...none, recovered: 1, ended: 1 });
    }));

  it('says when the media folder cannot be listed', () => onDevice(async (device) => {
    await writeFile(device.media, 'a file in its place');
    assert.deepEqual((await device.start()).problems.map(({ code }) => code), ['archive.media-unreadable']);
  }));

  it('leaves alone what is not ours, and clears away drafts of pictures', () => onDevice(async (device) => {
    await device.recorded(0);
    const day = path.join(device.media, '2026-11-21');
    const draft = `${pictureAt(9)}.0b32c55e-5a34-4c55-9f4e-0b32c55e5a34.tmp`;
    await writeFile(path.join(day, 'holiday.mp4'), 'mine');
    await writeFile(path.join(day, draft), 'half');
    await mkdir(path.join(device.media, 'lost+found'));
    assert.deepEqual(await device.start(), none);
    assert.ok(existsSync(path.join(day, 'holiday.mp4')) && !existsSync(path.join(day, draft)));
  }));

  it('reads no folder that has not changed since it was found in step', () => onDevice(async (device) => {
    const { clip } = await device.recorded(0);
    const folder = path.dirname(pathOf(device.media, clip));
    await utimes(folder, 1, 1_700_000_000);
    await device.start();
    await rm(pathOf(device.media, clip));
    await utimes(folder, 1, 1_700_000_000); // as nobody does: what was removed does not show
    assert.deepEqual(await device.start(), none);
    await utimes(folder, 1, 1_700_000_001);
    assert.deepEqual(await device.start(), { ...none, lost: 1 });
  }));

  it('compares the newest days before the first recording, and all others beside it, in both directions', () => onDevice(async (
    device,
  ) => {
    const day = 86_400;
    for (let n = 0; n < 6; n++) await device.recorded(n * day);
    await device.write(recordingAt(30).name, 'vvvv');
    await rm(pathOf(device.media, recordingAt(day).name));
    await rm(path.dirname(pathOf(device.media, recordingAt(2 * day).name)), { recursive: true });
    const scan = { ...device, mediaFolder: device.media, log: silentLog };
    const { report, later } = await bootScan(scan);
    assert.deepEqual([report, later.days], [none, ['2026-11-23', '2026-11-22', '2026-11-21']]);
    assert.deepEqual(await scanLater(scan, { ...later, begun: millis(Date.now() + 5000) }, never), {
      ...none, recovered: 1, lost: 2, ended: 1,
    });
    assert.equal(device.archive.view.get(idAt(2 * day))?.has_snapshot, false);
  }));

  it('indexes the oldest first while room is needed: only what is indexed can make room, and the newest is not to go for it', () =>
    onDevice(async (device) => {
      const clips: string[] = [];
      for (let n = 0; n < 5; n++) {
        const { name } = recordingAt(n * 86_400);
        await device.write(name, 'vvvv');
        clips.push(name);
      }
      const scan = { ...device, mediaFolder: device.media, log: silentLog };
      const { later } = await bootScan(scan);
      const known = (): string[] => clips.filter((name) => device.archive.view.recording(name) !== undefined);
      const seen: string[][] = [];
      const isFull = (): boolean => seen.push(known()) < 3; // then somebody made room
      await scanLater(scan, { ...later, begun: millis(Date.now() + 5000) }, never, isFull);
      assert.deepEqual(
        [seen[1], seen[2], seen[3]], [clips.slice(0, 1), clips.slice(0, 2), [...clips.slice(0, 2), clips[4]]],
      );
      assert.deepEqual(known(), clips);
    }));

  it('goes on whatever a file does to it: a start that fails would fail for ever', () => onDevice(async (device) => {
    await device.write(recordingAt(20).name, 'vvvv');
    device.recover = async () => { throw new RangeError('nobody thought of this'); };
    assert.deepEqual((await device.start()).problems.map(({ code }) => code), ['archive.scan']);
  }));

  it('lets be what is being recorded while it compares', () => onDevice(async (device) => {
    for (let n = 0; n < 4; n++) await device.recorded(n * 86_400);
    const scan = { ...device, mediaFolder: device.media, log: silentLog };
    const { later } = await bootScan(scan);
    const work = scanLater(scan, later, never);
    await device.write(recordingAt(30).name, 'vvvv');
    assert.deepEqual(await work, none);
  }));

  it('makes a lost catalogue anew from the files alone', () => onDevice(async (device) => {
    for (let second = 0; second < 50; second += 10) await device.recorded(second);
    const names = await readdir(path.join(device.media, '2026-11-21'));
    await using elsewhere = await temporaryFolder();
    using renewed = openArchive(path.join(elsewhere.path, 'archive.db'), dawn, silentLog);
    const scan = { archive: renewed, mediaFolder: device.media, recover: device.recover, log: silentLog };
    const { report, later } = await bootScan(scan);
    assert.deepEqual(report, none);
    assert.deepEqual(later.compared.map(({ unlisted }) => unlisted.length), [names.length]);
    assert.deepEqual(await scanLater(scan, later, never), { ...none, recovered: 5, pictures: 5, ended: 5 });
    assert.ok(renewed.view.page({ limit: 9 }).events.every((event) =>
      event.has_clip && event.has_snapshot && event.end_time !== null));
    assert.deepEqual((await bootScan(scan)).later.compared.flatMap(({ unlisted }) => unlisted), []);
  }));
});
