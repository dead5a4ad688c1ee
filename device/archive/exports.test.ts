import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { link, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { TytoEvent } from '../contract/event.ts';
import { eventFileName } from '../contract/event-file-name.ts';
import { ofEventName } from '../contract/names.ts';
import { silentLog } from '../core/log.ts';
import { dawn, eventAt, idAt, recordingAt, temporaryFolder } from '../../test/recording/events.ts';
import type { Archive } from './archive.ts';
import { Exports } from './exports.ts';
import { pathOf } from './index-file.ts';
import { openArchive } from './open-archive.ts';
import { Removal } from './removal.ts';
import { candidatesOf } from './retention/candidates.ts';
import type { Candidate } from './retention/plan.ts';

class Device implements Disposable {
  readonly mediaFolder: string;
  readonly folder: string;
  readonly #file: string;
  archive: Archive;
  constructor(folder: string) {
    this.mediaFolder = path.join(folder, 'media');
    this.folder = path.join(folder, 'export');
    this.#file = path.join(folder, 'archive.db');
    this.archive = openArchive(this.#file, dawn, silentLog);
  }
  async recorded(second: number, more: Partial<TytoEvent> = {}): Promise<TytoEvent> {
    const recording = recordingAt(second);
    const picture = ofEventName({ id: idAt(second), device: 'barn', camera: 'yard' }, 'jpg');
    for (const name of [recording.name, picture]) {
      await mkdir(path.dirname(pathOf(this.mediaFolder, name)), { recursive: true });
      await writeFile(pathOf(this.mediaFolder, name), Buffer.alloc(5000, 1));
    }
    this.archive.closeRecording(recording);
    const event = {
      ...eventAt(second, { lasted: 5, clip: recording.clip }), has_snapshot: true,
      snapshot: { name: picture, bytes: 5000, sha256: 'c'.repeat(64) }, ...more,
    };
    this.archive.putEvent(event);
    return event;
  }
  /** A run with this style, until there is nothing more to do. */
  run(style: string, { log = silentLog } = {}, most = 20): Exports {
    const exports = new Exports({
      ...this, archive: this.archive, mediaFolder: this.mediaFolder, folder: this.folder, style, log,
    });
    for (let steps = 0; steps < most; steps++) exports.step();
    return exports;
  }
  /** What retention sees of the only event. */
  candidate(exports: Exports): Candidate {
    const [candidate] = candidatesOf({
      archive: this.archive, mediaFolder: this.mediaFolder, uploads: undefined, landing: undefined, waitingMayGo: true,
      exports,
    })('event');
    return candidate ?? assert.fail('there is no event');
  }
  async exported(): Promise<string[]> {
    if (!existsSync(this.folder)) return [];
    return (await readdir(this.folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
      .map((entry) => path.relative(this.folder, path.join(entry.parentPath, entry.name)))
      .sort();
  }
  async loseCatalogue(): Promise<void> {
    this.archive[Symbol.dispose]();
    for (const end of ['', '-wal', '-shm']) await rm(`${this.#file}${end}`, { force: true });
    this.archive = openArchive(this.#file, dawn, silentLog);
  }
  [Symbol.dispose](): void { this.archive[Symbol.dispose](); }
}

const onDevice = async (play: (device: Device) => Promise<void>): Promise<void> => {
  await using folder = await temporaryFolder();
  using device = new Device(folder.path);
  await play(device);
};

const namesOf = (style: string, ...events: readonly TytoEvent[]): string[] =>
  events.flatMap((event) => [eventFileName(style, event, 'jpg') ?? '', eventFileName(style, event, 'mp4') ?? ''])
    .sort();

describe('the export folder', () => {
  it('is not there unless other names are wanted', () => onDevice(async (device) => {
    await device.recorded(0);
    device.run('tyto');
    assert.equal(existsSync(device.folder), false);
  }));

  it('holds clip and picture of each ended event under the names that are wanted, without taking room', () => onDevice(async (
    device,
  ) => {
    const events = [await device.recorded(0), await device.recorded(60)];
    device.archive.putEvent(eventAt(90));
    device.run('kerberos');
    events.push(await device.recorded(120));
    device.run('kerberos');
    assert.deepEqual(await device.exported(), namesOf('kerberos', ...events));
    const [first] = events;
    assert.equal(
      statSync(pathOf(device.mediaFolder, first?.clip?.name ?? '')).ino,
      statSync(path.join(device.folder, eventFileName('kerberos', first ?? assert.fail(), 'mp4') ?? '')).ino,
    );
  }));

  it('tells apart what the wanted names do not', () => onDevice(async (device) => {
    await device.recorded(0);
    await device.recorded(0.5);
    await device.recorded(0.75);
    device.run('motioneye');
    const day = new Date(dawn).toLocaleDateString('sv');
    const time = new Date(dawn).toLocaleTimeString('sv').replaceAll(':', '-');
    assert.deepEqual(
      await device.exported(),
      ['-2', '-3', ''].flatMap((count) => [`${day}/${time}${count}.jpg`, `${day}/${time}${count}.mp4`]).sort(),
    );
  }));

  it('loses the names of an event before it loses the files, and empty folders with them', () => onDevice(async (
    device,
  ) => {
    await device.recorded(0);
    const exports = device.run('motioneye');
    await new Removal({
      archive: device.archive, mediaFolder: device.mediaFolder, landing: undefined, exports,
    }).remove([{ subject: idAt(0), why: 'a test', untaken: false }]);
    assert.deepEqual(
      [existsSync(device.folder), await readdir(device.mediaFolder, { recursive: true })], [false, ['2026-11-21']],
    );
  }));

  it('does not make a file look as if deleting it freed nothing', () => onDevice(async (device) => {
    await device.recorded(0);
    const candidate = device.candidate(device.run('frigate'));
    assert.ok(candidate.frees >= candidate.bytes && candidate.bytes === 10_000, JSON.stringify(candidate));
  }));

  it('does not make a file look as if deleting it freed its room where its second name is somewhere else', () =>
    onDevice(async (device) => {
      const event = await device.recorded(0);
      const landed = (name: string): string => path.join(path.dirname(device.folder), name);
      for (const name of [event.clip?.name ?? '', event.snapshot?.name ?? ''])
        await link(pathOf(device.mediaFolder, name), landed(name));
      const exports = device.run('frigate');
      assert.equal(device.candidate(exports).frees, 0, 'a third name');
      await rename(device.folder, landed('moved away'));
      assert.equal(device.candidate(exports).frees, 0, 'the second one is not where it was made');
      for (const name of await readdir(landed('moved away'))) await rm(path.join(landed('moved away'), name));
      assert.equal(device.candidate(exports).frees, 0, 'another program keeps it');
    }));

  it('counts on no name that the disk refused', () => onDevice(async (device) => {
    const event = await device.recorded(0);
    for (const name of [event.clip?.name ?? '', event.snapshot?.name ?? ''])
      await link(pathOf(device.mediaFolder, name), path.join(path.dirname(device.folder), name));
    for (const style of ['frigate', `${'long'.repeat(100)}%S`]) {
      await rm(device.folder, { recursive: true, force: true });
      await writeFile(device.folder, 'a file in its place');
      assert.equal(device.candidate(device.run(style)).frees, 0, style);
    }
  }));

  it('follows when other names are wanted, and goes when none are', () => onDevice(async (device) => {
    const events = [await device.recorded(0), await device.recorded(60)];
    device.run('frigate');
    device.run('kerberos');
    assert.deepEqual(await device.exported(), namesOf('kerberos', ...events));
    device.run('tyto');
    assert.deepEqual([await device.exported(), existsSync(device.folder)], [[], false]);
  }));

  it('is made anew with a catalogue that was lost; what has no other name any more is left', () =>
    onDevice(async (device) => {
      const event = await device.recorded(0);
      device.run('frigate');
      await writeFile(path.join(device.folder, 'mine.mp4'), 'the only copy');
      await device.loseCatalogue();
      device.archive.putEvent({ ...event, camera: 'barn' });
      device.run('frigate');
      assert.deepEqual(
        await device.exported(), [...namesOf('frigate', { ...event, camera: 'barn' }), 'mine.mp4'].sort(),
      );
    }));

  it('puts back a name that was taken away when the event is told anew, and lets a file of another keep its place', () =>
    onDevice(async (device) => {
      const event = await device.recorded(0);
      await mkdir(device.folder);
      const [picture = ''] = namesOf('frigate', event);
      await writeFile(path.join(device.folder, picture), 'somebody else\'s');
      device.run('frigate');
      assert.equal((await device.exported()).length, 3);
      await rm(path.join(device.folder, eventFileName('frigate', event, 'mp4') ?? ''));
      device.archive.putEvent(event);
      device.run('frigate');
      assert.equal((await device.exported()).length, 3);
    }));

  it('tries again with what the disk refused: at the next start, and then once in about an hour; a name that was moved away is not made again', () =>
    onDevice(async (device) => {
      const events = [await device.recorded(0), await device.recorded(60)];
      device.run('frigate');
      await rename(device.folder, `${device.folder}-moved`);
      await writeFile(device.folder, 'a file in its place');
      for (const second of [120, 180]) events.push(await device.recorded(second));
      const exports = device.run('frigate');
      await rm(device.folder);
      for (let steps = 0; steps < 1700; steps++) exports.step();
      assert.deepEqual(await device.exported(), []);
      for (let steps = 0; steps < 200; steps++) exports.step();
      assert.deepEqual(await device.exported(), namesOf('frigate', ...events.slice(2)));
      await rm(device.folder, { recursive: true });
      await writeFile(device.folder, 'a file in its place');
      const last = await device.recorded(240);
      device.run('frigate');
      await rm(device.folder);
      device.run('frigate');
      assert.deepEqual(await device.exported(), namesOf('frigate', last));
    }));

  it('goes on with what it can where one name is too long', () => onDevice(async (device) => {
    const style = `${'x'.repeat(232)}%{kinds}%S`;
    await device.recorded(0, { kinds: ['motion', 'face', 'person', 'vehicle'] });
    const event = await device.recorded(60);
    device.run(style);
    assert.deepEqual(await device.exported(), namesOf(style, event));
  }));

  it('commits a few times for many files, for each commit waits for the disk', () => onDevice(async (device) => {
    for (let second = 0; second < 30; second++) await device.recorded(second * 60);
    const exports = device.run('frigate', {}, 1);
    let commits = 0;
    const { db } = device.archive;
    const transaction = db.transaction.bind(db);
    db.transaction = (work) => { commits++; return transaction(work); };
    exports.step();
    assert.deepEqual([(await device.exported()).length, commits <= 3], [60, true], `${commits} commits`);
  }));

  it('says once what the disk refuses, and goes on with the rest', () => onDevice(async (device) => {
    const errors: string[] = [];
    await writeFile(device.folder, 'a file in its place');
    await device.recorded(0);
    await device.recorded(60);
    device.run('frigate', { log: { ...silentLog, error: (text: string) => { errors.push(text); } } });
    assert.equal(errors.length, 1);
    assert.match(errors[0] ?? '', /the export folder is not complete/);
    assert.ok(existsSync(pathOf(device.mediaFolder, recordingAt(0).name)));
  }));
});
