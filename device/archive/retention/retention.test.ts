import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, link, mkdir, readdir, rm, rmdir, statfs, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { asNobody } from '../../../test/as-nobody.ts';
import { smallDisk } from '../../../test/recording/disk.ts';
import { dawn, idAt, recordingAt } from '../../../test/recording/events.ts';
import { onRetainingDevice, RetainingDevice } from '../../../test/recording/retaining-device.ts';
import { LOST_AND_FOUND, segmentFileName } from '../../contract/media-path.ts';
import { pieceEventId } from '../../contract/names.ts';
import { silentLog, type Log } from '../../core/log.ts';
import { millis, seconds } from '../../core/units.ts';
import { pathOf } from '../index-file.ts';
import { Removal } from '../removal.ts';
import { Stars } from '../stars.ts';
import { deleteLeftovers } from './leftovers.ts';

const KIB = 1024;

describe('making room', () => {
  it('keeps a piece of continuous recording that is still to be uploaded, and takes the next', () =>
    onRetainingDevice(async (device) => {
      device.uploads = true;
      const first = await device.segment(0);
      await device.segment(60);
      device.waiting.add(pieceEventId(dawn, path.basename(first)));
      await device.keeps({ maxBytes: 60 * KIB });
      assert.equal(existsSync(first), true);
      assert.equal(device.archive.usage().continuous, 50 * KIB);
    }));

  it('keeps to a size: continuous recording goes first, then events, oldest first', () => onRetainingDevice(async (device) => {
    for (let second = 0; second < 4; second++) await device.event(second);
    const segments = await Promise.all([10, 20].map((second) => device.segment(second)));
    const retention = await device.keeps({ maxBytes: 250 * KIB });
    assert.deepEqual([device.events, segments.map((file) => existsSync(file))], [[2, 3], [false, false]]);
    assert.deepEqual([retention.deleted, retention.alarms], [{ events: 2, segments: 2, bytes: 300 * KIB }, []]);
  }));

  it('deletes what has had its time, by class, whatever the room', () => onRetainingDevice(async (device) => {
    for (const second of [0, 3000]) await device.event(second);
    await device.segment(0);
    await device.segment(3590);
    await device.keeps({ age: { event: seconds(1800), continuous: seconds(60), timelapse: seconds(0) } });
    assert.deepEqual([device.events, device.archive.usage().continuous], [[3000], 50 * KIB]);
  }));

  it('deletes nothing for its age while the clock is not believed', () => onRetainingDevice(async (device) => {
    await device.event(0);
    device.clockIsBelieved = false;
    await device.keeps({ age: { event: seconds(1), continuous: seconds(1), timelapse: seconds(0) } });
    assert.deepEqual(device.events, [0]);
  }));

  it('never deletes what is starred, and says what keeps the room', () => onRetainingDevice(async (device) => {
    for (let second = 0; second < 3; second++) await device.event(second);
    await new Stars(device.archive, device.media).set(idAt(0), true);
    const { alarms } = await device.keeps({ maxBytes: 1 });
    assert.deepEqual([device.events, alarms.map(({ code }) => code)], [[0], ['storage.full']]);
    assert.match(alarms[0]?.message ?? '', /1 MiB are starred: take stars away/);
  }));

  it('takes the alarm back at the first look at which there is room', () => onRetainingDevice(async (device) => {
    await device.event(0);
    await new Stars(device.archive, device.media).set(idAt(0), true);
    const retention = await device.keeps({ maxBytes: 1 });
    assert.deepEqual(retention.alarms.map(({ code }) => code), ['storage.full']);
    const removal = new Removal({ archive: device.archive, mediaFolder: device.media, landing: device.landing });
    await removal.remove([{ subject: idAt(0), why: 'its owner deleted it', untaken: false }]);
    await retention.makeRoom();
    assert.deepEqual(retention.alarms, []);
  }));

  it('keeps what waits for its upload, with an alarm, unless the rules say otherwise, with another alarm', () => onRetainingDevice(async (
    device,
  ) => {
    device.uploads = true;
    for (let second = 0; second < 4; second++) await device.event(second);
    device.uploaded.add(idAt(2));
    const keeping = await device.keeps({ maxBytes: 50 * KIB });
    assert.deepEqual([device.events, keeping.alarms[0]?.code], [[0, 1, 3], 'storage.full']);
    assert.match(
      keeping.alarms[0]?.message ?? '',
      /wait to be uploaded, or for the fleet to say that it took them: see why uploads lag, or set retention.pending to delete/,
    );
    const deleting = await device.keeps({ maxBytes: 100 * KIB, pending: 'delete' });
    assert.deepEqual([device.events, deleting.alarms.map(({ code }) => code)], [[3], ['storage.untaken-deleted']]);
    assert.equal(
      deleting.alarms[0]?.message, '2 recordings that the fleet had not yet taken from the landing folder were deleted '
        + 'to make room; see that tyto-fleet runs and empties it, or use a larger disk',
    );
    assert.equal(device.archive.view.whyGone(idAt(0)), 'to make room');
  }));

  it('keeps to its size and its ages on a device on its own: what lies in its landing folder goes too, and that is no alarm', () =>
    onRetainingDevice(async (device) => {
      device.uploads = true;
      device.fleet = false;
      for (let second = 0; second < 4; second++) await device.event(second);
      const landed = await Promise.all([0, 1, 3].map((second) => device.land(second)));
      const sized = await device.keeps({ maxBytes: 300 * KIB, pending: 'delete' });
      assert.deepEqual(landed.map((file) => existsSync(file)), [false, true, true]);
      const aged = await device.keeps({
        pending: 'delete', age: { event: millis(3_600_000 - 2500), continuous: millis(0), timelapse: millis(0) },
      });
      assert.deepEqual(landed.map((file) => existsSync(file)), [false, false, true]);
      assert.deepEqual([device.events, sized.alarms, aged.alarms], [[3], [], []]);
    }));

  it('gives up pieces of continuous recording with their second names, where nobody comes for them', () =>
    onRetainingDevice(async (device) => {
      device.uploads = true;
      for (let second = 0; second < 3; second++) await device.segment(second);
      const landed = await Promise.all([0, 1, 2].map((second) => device.landSegment(second)));
      const are = () => landed.flatMap((names) => names.map((name) => existsSync(name)));
      await device.keeps({ maxBytes: 100 * KIB, pending: 'delete' });
      assert.deepEqual(are(), [true, true, true, true, true, true], 'a fleet comes for them');
      device.fleet = false;
      const { alarms } = await device.keeps({ maxBytes: 50 * KIB, pending: 'delete' });
      assert.deepEqual([are(), alarms], [[true, true, false, false, true, true], []]);
    }));

  it('leaves in its landing folder what a fleet comes for, or its owner wants kept', () => onRetainingDevice(async (device) => {
    device.uploads = true;
    for (let second = 0; second < 3; second++) await device.event(second);
    const landed = await Promise.all([0, 1].map((second) => device.land(second)));
    await device.keeps({ maxBytes: 200 * KIB, pending: 'delete' });
    device.fleet = false;
    await device.keeps({ maxBytes: 100 * KIB });
    assert.deepEqual([device.events, landed.map((file) => existsSync(file))], [[2], [true, true]]);
  }));

  it('goes by the room that the disk has: a second name in the landing folder keeps it', async function () {
    await using disk = await smallDisk(4 * KIB * KIB);
    if (disk === undefined) return this.skip();
    using device = new RetainingDevice(disk.path);
    device.uploads = true;
    for (let second = 0; second < 8; second++) await device.event(second);
    const landed = await Promise.all([0, 1, 2].map((second) => device.land(second)));
    device.uploaded.add(idAt(5));
    const { bavail, bsize } = await statfs(disk.path);
    const minimumFree = bavail * bsize + 60 * KIB; // 5 % of the disk is more than that
    await writeFile(path.join(disk.path, 'filler'), Buffer.alloc(bavail * bsize - 100 * KIB, 1));
    const keeping = await device.keeps({ minimumFree });
    assert.deepEqual(device.events, [0, 1, 2, 3, 4, 6, 7], 'what is linked frees nothing, so it stays');
    assert.equal(keeping.alarms[0]?.code, 'storage.full');
    assert.match(keeping.alarms[0]?.message ?? '', /are still in the landing folder/);
    await device.keeps({ minimumFree, pending: 'delete' });
    assert.deepEqual([device.events.includes(0), existsSync(landed[0] ?? '')], [false, false], 'both names go');
  });

  it('makes room also where another program has left none, and its owner may', async function () {
    await using disk = await smallDisk(40 * KIB * KIB);
    if (disk === undefined) return this.skip();
    using device = new RetainingDevice(disk.path);
    for (let second = 0; second < 8; second++) await device.event(second);
    const stars = new Stars(device.archive, device.media);
    await stars.set(idAt(7), true);
    await device.keeps({ minimumFree: 100 * KIB }); // there is room
    const fill = async (name: string): Promise<void> => {
      const { bavail, bsize } = await statfs(disk.path);
      await writeFile(path.join(disk.path, name), Buffer.alloc(bavail * bsize, 1));
      assert.equal((await statfs(disk.path)).bavail, 0);
    };
    // A log of changes that has room of its own takes some without any of the disk.
    device.archive.db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    await fill('another program');
    const keeping = await device.keeps({ minimumFree: 150 * KIB });
    assert.deepEqual([device.events.length < 8, keeping.alarms], [true, []]);
    await rm(path.join(disk.path, 'another program'));
    await device.keeps({ minimumFree: 150 * KIB });
    device.archive.db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    await fill('yet another');
    await stars.set(idAt(7), false);
    await new Removal({ archive: device.archive, mediaFolder: device.media, landing: undefined })
      .remove([{ subject: idAt(7), why: 'its owner deleted it', untaken: false }]);
    assert.equal(device.events.includes(7), false);
  });

  it('deletes what was only kept aside before anything that plays, oldest first, and no more than is needed', async function () {
    await using disk = await smallDisk(4 * KIB * KIB);
    if (disk === undefined) return this.skip();
    using device = new RetainingDevice(disk.path);
    await device.event(0);
    const lost = path.join(device.media, 'lost+found');
    await mkdir(lost);
    const [damaged, recent] = [
      path.join(disk.path, 'archive.db.broken-20261101T000000.000Z'), path.join(lost, recordingAt(0).name),
    ];
    for (const file of [damaged, recent]) await writeFile(file, Buffer.alloc(100 * KIB, 1));
    await utimes(damaged, 1, 1);
    const { bavail, bsize } = await statfs(disk.path);
    await writeFile(path.join(disk.path, 'filler'), Buffer.alloc(bavail * bsize - 100 * KIB, 1));
    await device.keeps({ minimumFree: 120 * KIB });
    assert.deepEqual([existsSync(damaged), existsSync(recent), device.events], [false, true, [0]]);
  });

  it('deletes of what was kept aside only what is its own and what brings room', () => onRetainingDevice(async (device) => {
    const lost = path.join(device.media, LOST_AND_FOUND);
    await mkdir(lost, { recursive: true });
    const [clip, { name: other }] = [recordingAt(0).name, recordingAt(60)];
    const segment = segmentFileName({ kind: 'continuous', at: dawn, device: 'barn', camera: 'yard' });
    const ours = [
      clip, `${clip}.reason.txt`, `${clip}.1`, `${clip}.1.reason.txt`, `${segment}.from-4096`, `${segment}.from-4096.2`,
    ];
    const foreign = ['#131073', 'holiday.mp4', `${clip}.bak`, other];
    for (const name of [...ours, ...foreign]) await writeFile(path.join(lost, name), Buffer.alloc(KIB, 1));
    await link(path.join(lost, other), path.join(device.media, 'a second name'));
    const freed = await deleteLeftovers(
      { mediaFolder: device.media, dataFolder: path.dirname(device.media) }, Infinity, assert.ifError,
    );
    assert.deepEqual((await readdir(lost)).sort(), foreign.toSorted());
    assert.ok(freed >= ours.length * KIB, String(freed));
  }));

  it('makes room of recordings where lost+found is not ours to read, as on a disk of its own, and says so once', async function () {
    await using disk = await smallDisk(4 * KIB * KIB);
    if (disk === undefined) return this.skip();
    using device = new RetainingDevice(disk.path);
    for (const second of [0, 60, 120]) await device.event(second);
    await mkdir(path.join(device.media, LOST_AND_FOUND), { mode: 0o700 });
    for (const folder of [device.media, path.dirname(pathOf(device.media, recordingAt(0).name))])
      await chmod(folder, 0o777);
    const { bavail, bsize } = await statfs(disk.path);
    await writeFile(path.join(disk.path, 'filler'), Buffer.alloc(bavail * bsize - 100 * KIB, 1));
    const said: string[] = [];
    const log: Log = { ...silentLog, warn: (text) => { said.push(text); } };
    await asNobody(async () => {
      const retention = await device.keeps({ minimumFree: 120 * KIB }, log);
      assert.deepEqual([device.events, retention.alarms], [[60, 120], []]);
      await writeFile(path.join(device.media, 'more'), Buffer.alloc(100 * KIB, 1));
      await retention.makeRoom();
      assert.deepEqual([device.events, retention.alarms], [[120], []]);
    });
    assert.deepEqual(said, ['what was kept aside as damaged cannot be deleted to make room']);
  });

  it('says so when the disk does not let it delete, and neither stops nor forgets', () => onRetainingDevice(async (device) => {
    const file = await device.event(0);
    const folder = path.dirname(file);
    device.archive.db.exec(`CREATE TRIGGER refuse BEFORE DELETE ON events BEGIN SELECT RAISE(FAIL, 'no'); END`);
    const retention = await device.keeps({ maxBytes: 1 });
    assert.deepEqual(retention.alarms.map(({ code }) => code), ['storage.cannot-delete']);
    device.archive.db.exec('DROP TRIGGER refuse');
    await retention.makeRoom();
    assert.deepEqual([device.events, existsSync(folder)], [[], true]);
  }));

  it('is held up by no single file that the disk does not let go', () => onRetainingDevice(async (device) => {
    for (let second = 0; second < 4; second++) await device.event(second);
    const stuck = pathOf(device.media, recordingAt(0).name);
    await rm(stuck);
    await mkdir(stuck); // nobody can delete a folder as a file
    const retention = await device.keeps({ maxBytes: 250 * KIB });
    assert.deepEqual(retention.alarms.map(({ code }) => code), ['storage.cannot-delete']);
    for (let second = 4; second < 8; second++) {
      await device.event(second);
      await retention.makeRoom();
    }
    assert.deepEqual(device.events, [0, 7], 'the others go on making room');
    await rmdir(stuck);
    await retention.makeRoom();
    assert.deepEqual([device.events, retention.alarms], [[7], []]);
  }));

  it('never deletes what has a star that a catalogue made anew does not know of yet', () => onRetainingDevice(async (device) => {
    for (let second = 0; second < 3; second++) await device.event(second);
    await new Stars(device.archive, device.media).set(idAt(0), true);
    device.archive.db.run('UPDATE events SET starred = 0');
    await device.keeps({ maxBytes: 1 });
    assert.deepEqual(device.events, [0]);
  }));
});
