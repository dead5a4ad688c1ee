import assert from 'node:assert/strict';
import { existsSync, renameSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../../test/eventually.ts';
import { dawn, eventAt, idAt, recordingAt, temporaryFolder } from '../../test/recording/events.ts';
import { eventSchema, type TytoEvent } from '../contract/event.ts';
import { segmentFileName } from '../contract/media-path.ts';
import { mediaFileName } from '../contract/names.ts';
import { silentLog } from '../core/log.ts';
import { millis } from '../core/units.ts';
import type { Archive } from './archive.ts';
import { bootScan } from './boot-scan.ts';
import { pathOf } from './index-file.ts';
import { openArchive } from './open-archive.ts';
import { Restamp } from './restamp.ts';
import { Stars } from './stars.ts';
import { Keeper } from './thread/keeper.ts';

/** The clock is five years and a bit behind. */
const SHIFT = 5 * 365 * 86_400_000 + 1234;
const PICTURE = mediaFileName({ at: dawn, device: 'barn', camera: 'yard', eventId: idAt(0), extension: 'jpg' });
const SEGMENT = segmentFileName({ kind: 'continuous', at: dawn, device: 'barn', camera: 'yard' });

interface Device { readonly folder: string; readonly archive: Archive; readonly mediaFolder: string }

const onDevice = async (play: (device: Device) => Promise<void>): Promise<void> => {
  await using folder = await temporaryFolder();
  using archive = openArchive(path.join(folder.path, 'archive.db'), dawn, silentLog);
  await play({ folder: folder.path, archive, mediaFolder: path.join(folder.path, 'media') });
};

const mistimed = (): TytoEvent => ({
  ...eventAt(0, { lasted: 5, clip: recordingAt(0).clip }), clock: 'unsynced',
  has_snapshot: true, snapshot: { name: PICTURE, bytes: 10, sha256: 'c'.repeat(64) },
});

async function files({ mediaFolder }: Device): Promise<void> {
  for (const name of [recordingAt(0).name, PICTURE, SEGMENT]) {
    await mkdir(path.dirname(pathOf(mediaFolder, name)), { recursive: true });
    await writeFile(
      pathOf(mediaFolder, name), name.endsWith('jpg') ? new Uint8Array([0xff, 0xd8]) : Buffer.alloc(1000),
    );
  }
}

/** An event with clip and picture, and a segment, told by the wrong clock. */
async function recorded(device: Device): Promise<void> {
  const { archive } = device;
  await files(device);
  archive.closeRecording(recordingAt(0));
  archive.closeRecording({
    ...recordingAt(0), name: SEGMENT, class: 'continuous', eventId: null, startedAt: dawn,
    clip: { ...recordingAt(0).clip, name: SEGMENT },
  });
  archive.hold(SEGMENT);
  archive.putEvent(mistimed(), true);
}

/** All is told by the right time, once, and the disk says the same. */
async function isRight(device: Device): Promise<void> {
  const { archive, mediaFolder } = device;
  const [{ seq, event } = { seq: 0, event: undefined }, ...more] = archive.view.endedAfter(0, 9);
  assert.ok(event !== undefined && more.length === 0 && seq === 1);
  assert.doesNotThrow(() => eventSchema.parse(event));
  assert.equal(event.id, `${((dawn + SHIFT) / 1000).toFixed(6)}-${idAt(0).slice(-6)}`);
  assert.deepEqual(
    [event.start_time, event.end_time, event.clock], [(dawn + SHIFT) / 1000, (dawn + SHIFT) / 1000 + 5, 'synced'],
  );
  assert.equal(event.clip?.start_time, recordingAt(0).clip.start_time + SHIFT / 1000);
  const segment = segmentFileName({ kind: 'continuous', at: millis(dawn + SHIFT), device: 'barn', camera: 'yard' });
  for (const name of [event.clip.name, event.snapshot?.name ?? '', segment])
    assert.ok(existsSync(pathOf(mediaFolder, name)), name);
  assert.deepEqual([archive.view.get(idAt(0)), archive.view.recording(SEGMENT)], [undefined, undefined]);
  assert.deepEqual(archive.usage(), { event: 1000, continuous: 1000, timelapse: 0, picture: 10 });
  const { report, later } = await bootScan({
    archive, mediaFolder, recover: () => { throw new Error('nothing is torn'); }, log: silentLog,
  });
  assert.deepEqual(
    [report.lost, report.recovered, report.problems, later.compared.flatMap(({ unlisted }) => unlisted)],
    [0, 0, [], []],
  );
}

describe('what was recorded before the clock was set', () => {
  it('is kept from the uploader until it has its true time: in its id, its names, and all that is told of it', () =>
    onDevice(async (device) => {
      await recorded(device);
      assert.deepEqual(device.archive.view.endedAfter(0, 9), []);
      await new Restamp(device).moveHeld(SHIFT);
      await isRight(device);
    }));

  it('is kept from the uploader also when something of it changes meanwhile', () => onDevice(async (device) => {
    await recorded(device);
    const { archive } = device;
    archive.putEvent({ ...mistimed(), label: 'person' });
    assert.deepEqual(archive.view.endedAfter(0, 9), []);
    archive.db.run('INSERT INTO restamps (subject, shift_ms) SELECT subject, ? FROM held', SHIFT);
    archive.db.run('DELETE FROM held');
    archive.putEvent({ ...mistimed(), label: 'face' });
    assert.deepEqual(archive.view.endedAfter(0, 9), []);
    await new Restamp(device).finish();
    await isRight(device);
    assert.deepEqual(archive.view.endedAfter(0, 9).map(({ event }) => event.label), ['face']);
  }));

  it('keeps what is said of it while its files get their names', () => onDevice(async (device) => {
    await recorded(device);
    const moving = new Restamp(device).moveHeld(SHIFT);
    device.archive.putEvent({ ...mistimed(), label: 'face' });
    await moving;
    assert.deepEqual(device.archive.view.endedAfter(0, 9).map(({ event }) => event.label), ['face']);
  }));

  it('keeps its star', () => onDevice(async (device) => {
    await recorded(device);
    await new Stars(device.archive, device.mediaFolder).set(idAt(0), true);
    await new Restamp(device).moveHeld(SHIFT);
    const [event] = device.archive.view.page({ limit: 5, starred: true }).events;
    assert.ok(event !== undefined && existsSync(path.join(device.mediaFolder, 'starred', event.id)));
  }));

  it('is set right by the next start wherever a crash came in between', async () => {
    for (let renamed = 0; renamed <= 3; renamed++) {
      await onDevice(async (device) => {
        await recorded(device);
        const { archive, mediaFolder } = device;
        archive.db.run('INSERT INTO restamps (subject, shift_ms) SELECT subject, ? FROM held', SHIFT);
        archive.db.run('DELETE FROM held');
        const right = new Date(dawn + SHIFT - 5000).toISOString().slice(0, 10);
        await mkdir(path.join(mediaFolder, right), { recursive: true });
        const moved = [recordingAt(0).name, PICTURE, SEGMENT].slice(0, renamed);
        const id = `${((dawn + SHIFT) / 1000).toFixed(6)}-${idAt(0).slice(-6)}`;
        const targets = [
          mediaFileName({
            at: millis(recordingAt(0).startedAt + SHIFT), device: 'barn', camera: 'yard', eventId: id, extension: 'mp4',
          }),
          mediaFileName({ at: millis(dawn + SHIFT), device: 'barn', camera: 'yard', eventId: id, extension: 'jpg' }),
          segmentFileName({ kind: 'continuous', at: millis(dawn + SHIFT), device: 'barn', camera: 'yard' }),
        ];
        moved.forEach((name, index) =>
          renameSync(pathOf(mediaFolder, name), pathOf(mediaFolder, targets[index] ?? '')));
        await new Restamp(device).finish();
        await isRight(device);
      });
    }
  });

  it('is set right but for what the disk refuses, which the next time brings', () => onDevice(async (device) => {
    await recorded(device);
    const inTheWay = pathOf(device.mediaFolder, segmentFileName({
      kind: 'continuous', at: millis(dawn + SHIFT), device: 'barn', camera: 'yard',
    }));
    await mkdir(path.join(inTheWay, 'a folder of that name'), { recursive: true });
    await assert.rejects(new Restamp(device).moveHeld(SHIFT), /EISDIR|ENOTEMPTY|EEXIST/);
    assert.deepEqual(device.archive.view.endedAfter(0, 9).map(({ event }) => event.clock), ['synced']);
    assert.deepEqual(device.archive.view.piecesAfter(0, 9), []);
    await rm(inTheWay, { recursive: true });
    await new Restamp(device).finish();
    await isRight(device);
  }));

  describe('as the archive\'s keeper hears of the clock', () => {
    const watched = { armed: true, mode: 'event', offline: null, refusal: null, blind: null } as const;
    const keeperOf = (device: Device, uploads: boolean): Keeper => new Keeper({
      settings: {
        file: path.join(device.folder, 'archive.db'), mediaFolder: device.mediaFolder, uploads: undefined,
        landing: undefined, socket: '', camera: 'yard', people: '', writeBudget: 0, pulseFolder: device.folder,
        retention: {
          maxBytes: 0, reserve: millis(0), minimumFree: 0,
          age: { event: millis(0), continuous: millis(0), timelapse: millis(0) }, pending: 'keep',
        },
      },
      archive: device.archive, recover: () => { throw new Error('nothing is torn'); },
      uploads: uploads ? { uploaded: () => new Set(), waiting: () => new Set(), hasFleet: () => true } : undefined,
      dataFolder: device.folder, withChangedName: (event) => event,
      nameChanges: { list: async () => [], done: async () => {} }, onStorage: () => {}, log: silentLog,
    });
    const tell = (keeper: Keeper): void => {
      assert.equal(keeper.write([
        { type: 'closed', recording: recordingAt(0) },
        { type: 'closed', recording: {
          ...recordingAt(0), name: SEGMENT, class: 'continuous', eventId: null, startedAt: dawn,
          clip: { ...recordingAt(0).clip, name: SEGMENT },
        } },
        { type: 'event', event: mistimed() },
      ]), undefined);
    };

    it('is set right as soon as the clock is, and also what ends after that', () => onDevice(async (device) => {
      await mkdir(device.mediaFolder);
      const keeper = keeperOf(device, true);
      await keeper.begin();
      keeper.watching({ ...watched, clockSynced: false }, { wall: dawn - 5000, steady: 1000 });
      keeper.watching({ ...watched, clockSynced: false }, { wall: dawn + 6000, steady: 12_000 });
      keeper.watching({ ...watched, clockSynced: true }, { wall: dawn + 8000 + SHIFT, steady: 14_000 });
      await files(device);
      tell(keeper);
      assert.deepEqual(device.archive.view.endedAfter(0, 9), []);
      keeper.watching({ ...watched, clockSynced: true }, { wall: dawn + 10_000 + SHIFT, steady: 16_000 });
      await eventually('it is told', () => device.archive.view.endedAfter(0, 9).length > 0
        && device.archive.db.get('SELECT 1 FROM restamps') === undefined);
      await isRight(device);
      keeper.write([{ type: 'event', event: mistimed() }]); // a late word by the old name
      assert.equal(device.archive.view.page({ limit: 9 }).events.length, 1);
    }));

    it('is set right but for what cannot be, which is tried again while nothing else is held; a late word by an old name makes no second event', () =>
      onDevice(async (
        device,
      ) => {
        await mkdir(device.mediaFolder);
        const keeper = keeperOf(device, true);
        await keeper.begin();
        keeper.watching({ ...watched, clockSynced: false }, { wall: dawn - 5000, steady: 1000 });
        await files(device);
        tell(keeper);
        const inTheWay = pathOf(device.mediaFolder, segmentFileName({
          kind: 'continuous', at: millis(dawn + SHIFT), device: 'barn', camera: 'yard',
        }));
        await mkdir(path.join(inTheWay, 'a folder of that name'), { recursive: true });
        const isSet = (steady: number): void =>
          keeper.watching({ ...watched, clockSynced: true }, { wall: dawn - 6000 + SHIFT + steady, steady });
        isSet(3000);
        await eventually('the event is moved', () => device.archive.view.endedAfter(0, 9).length === 1);
        keeper.write([{ type: 'event', event: mistimed() }]);
        assert.equal(device.archive.view.page({ limit: 9 }).events.length, 1);
        await rm(inTheWay, { recursive: true });
        isSet(400_000);
        await eventually('the segment is moved', () => device.archive.db.get('SELECT 1 FROM restamps') === undefined);
        assert.deepEqual(
          [device.archive.view.page({ limit: 9 }).events.length, device.archive.view.recording(SEGMENT)],
          [1, undefined],
        );
      }));

    it('tries again what an earlier run could not move', () => onDevice(async (device) => {
      await recorded(device);
      device.archive.db.run('INSERT INTO restamps (subject, shift_ms) SELECT subject, ? FROM held', SHIFT);
      device.archive.db.run('DELETE FROM held');
      const inTheWay = pathOf(device.mediaFolder, segmentFileName({
        kind: 'continuous', at: millis(dawn + SHIFT), device: 'barn', camera: 'yard',
      }));
      await mkdir(path.join(inTheWay, 'a folder of that name'), { recursive: true });
      const keeper = keeperOf(device, true);
      await keeper.begin();
      await rm(inTheWay, { recursive: true });
      keeper.watching({ ...watched, clockSynced: true }, { wall: dawn + SHIFT, steady: 1000 });
      await eventually('all is moved', () => device.archive.db.get('SELECT 1 FROM restamps') === undefined);
      await isRight(device);
    }));

    it('goes out with the time that it has when the clock is not set for long and others wait for it', () =>
      onDevice(async (device) => {
        await mkdir(device.mediaFolder);
        const keeper = keeperOf(device, true);
        await keeper.begin();
        keeper.watching({ ...watched, clockSynced: false }, { wall: dawn, steady: 0 });
        tell(keeper);
        assert.deepEqual(device.archive.view.endedAfter(0, 9), []);
        keeper.watching({ ...watched, clockSynced: false }, { wall: dawn + 900_000, steady: 900_000 });
        assert.deepEqual(device.archive.view.endedAfter(0, 9)
          .map(({ event }) => [event.id, event.clock]), [[idAt(0), 'unsynced']]);
      }));
  });
});
