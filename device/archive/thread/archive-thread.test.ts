import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { link, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { eventually } from '../../../test/eventually.ts';
import { dawn, eventAt, idAt, recordingAt, temporaryFolder } from '../../../test/recording/events.ts';
import { eventFolder } from '../../contract/names.ts';
import type { StorageState } from '../../contract/storage.ts';
import { silentLog } from '../../core/log.ts';
import { millis } from '../../core/units.ts';
import { doorbellOf } from '../../durable/doorbell.ts';
import { StopRequest } from '../../runtime/shutdown.ts';
import { ArchiveCaller } from '../archive-caller.ts';
import { ArchiveReader } from '../archive-reader.ts';
import { pathOf } from '../index-file.ts';
import { ArchiveThread } from './archive-thread.ts';
import { NameChanges } from '../../vision/people/name-changes.ts';
import type { ThreadSettings } from './messages.ts';

const watched = { armed: true, mode: 'event', offline: null, refusal: null, blind: null, clockSynced: true } as const;

interface Place {
  readonly settings: ThreadSettings;
  readonly reader: ArchiveReader;
  readonly start: (change?: Partial<ThreadSettings>) => Promise<ArchiveThread>;
}

const onDevice = async (play: (place: Place) => Promise<void>): Promise<void> => {
  await using folder = await temporaryFolder();
  const settings: ThreadSettings = {
    file: path.join(folder.path, 'archive.db'), mediaFolder: path.join(folder.path, 'media'),
    uploads: undefined, landing: undefined,
    socket: path.join(folder.path, 'run', 'archive.sock'), camera: 'yard',
    people: path.join(folder.path, 'people'), writeBudget: 0, pulseFolder: folder.path,
    retention: {
      maxBytes: 0, reserve: millis(0), minimumFree: 0,
      age: { event: millis(0), continuous: millis(0), timelapse: millis(0) }, pending: 'keep',
    },
  };
  await mkdir(settings.mediaFolder);
  using reader = new ArchiveReader(settings.file, silentLog);
  await play({ settings, reader, start: (change = {}) => ArchiveThread.start({ ...settings, ...change }, silentLog) });
};

async function aMoment(): Promise<void> {
  const over = Date.now() + 10;
  await eventually('a moment has passed', () => Date.now() > over);
}

/** An event with its clip on the disk, told as a recorder tells it. */
async function record(thread: ArchiveThread, { mediaFolder }: ThreadSettings, second: number): Promise<void> {
  const recording = recordingAt(second);
  const file = pathOf(mediaFolder, recording.name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, Buffer.alloc(recording.clip.bytes));
  thread.openRecording(recording);
  thread.closeRecording(recording);
  thread.putEvent(eventAt(second, { lasted: 5, clip: recording.clip }));
}

describe('the archive\'s thread', () => {
  it('writes what it is told before it ends, and the next one finds it', () => onDevice(async ({
    settings, reader, start,
  }) => {
    {
      await using thread = await start();
      for (let second = 0; second < 20; second++) await record(thread, settings, second);
    }
    assert.deepEqual(reader.view.page({ limit: 50 }).events.map(({ id }) =>
      id), Array.from({ length: 20 }, (_, second) => idAt(19 - second)));
    await using thread = await start();
    assert.deepEqual(thread.endedEvents, []);
  }));

  it('holds nobody up while another program holds the catalogue, and writes when it is let go', () =>
    onDevice(async ({ settings, reader, start }) => {
      await using thread = await start();
      using holder = new DatabaseSync(settings.file, { timeout: 5000 });
      holder.exec('BEGIN IMMEDIATE');
      for (let second = 0; second < 50; second++) await record(thread, settings, second);
      assert.equal(reader.view.page({ limit: 1 }).events.length, 0);
      holder.exec('ROLLBACK');
      await eventually('all is written', () => reader.view.page({ limit: 100 }).events.length === 50);
    }));

  it('rings for who uploads when it starts, and when an event has ended', () =>
    onDevice(async ({ settings, start }) => {
      const uploads = path.join(path.dirname(settings.file), 'uploads.db');
      const rung = (): string => (existsSync(doorbellOf(uploads)) ? readFileSync(doorbellOf(uploads), 'utf8') : '');
      await using thread = await start({ uploads });
      const first = await eventually('it has rung', () => rung() || undefined);
      await record(thread, settings, 1);
      await eventually('it rings again', () => rung() !== '' && rung() !== first);
    }));

  it('hands over the events that a crash had left open', () => onDevice(async ({ start }) => {
    { await using thread = await start(); thread.putEvent(eventAt(20)); }
    await using thread = await start();
    assert.deepEqual(thread.endedEvents.map(({ id, end_time: end }) => [id, end !== null]), [[idAt(20), true]]);
  }));

  it('refuses as opening the catalogue does: with what its owner or the disk must do', () =>
    onDevice(async ({ settings, start }) => {
      await assert.rejects(start({ file: settings.mediaFolder }), { name: 'DeviceError', code: 'archive.cannot-open' });
      (await start())[Symbol.asyncDispose]().catch(() => {});
    }));

  it('makes room before it answers, oldest first, and tells how the disk stands', () => onDevice(async ({
    settings, reader, start,
  }) => {
    await using thread = await start({ retention: { ...settings.retention, maxBytes: 5000 } });
    const states: StorageState[] = [];
    thread.onStorage((state) => states.push(state));
    for (let second = 0; second < 10; second++) await record(thread, settings, second);
    await eventually('they are written', () => reader.view.page({ limit: 100 }).events.length === 10);
    await thread.makeRoom();
    assert.deepEqual(reader.view.page({ limit: 50 }).events.map(({ id }) => id), [9, 8, 7, 6, 5].map(idAt));
    assert.ok(!existsSync(pathOf(settings.mediaFolder, recordingAt(0).name))
      && existsSync(pathOf(settings.mediaFolder, recordingAt(9).name)));
    await eventually('it is told', () => (states.at(-1)?.deleted.events ?? 0) > 0);
    assert.deepEqual(states.at(-1)?.alarms, []);
  }));

  it('deletes for its owner from its own landing folder, too, whether or not the queue is done with it', () =>
    onDevice(async ({ settings, reader, start }) => {
      const landing = path.join(path.dirname(settings.file), 'landing');
      await using thread = await start({ landing });
      await record(thread, settings, 1);
      await eventually('it is written', () => reader.view.page({ limit: 5 }).events.length === 1);
      const second = path.join(landing, eventFolder(eventAt(1)), recordingAt(1).name);
      await mkdir(path.dirname(second), { recursive: true });
      await link(pathOf(settings.mediaFolder, recordingAt(1).name), second);
      assert.equal(await new ArchiveCaller(settings.socket).remove(idAt(1)), undefined);
      assert.deepEqual(
        [existsSync(second), existsSync(pathOf(settings.mediaFolder, recordingAt(1).name))], [false, false],
      );
    }));

  it('stars and deletes for the page, and says why it does not', () => onDevice(async ({ settings, reader, start }) => {
    await using thread = await start();
    const page = new ArchiveCaller(settings.socket);
    await record(thread, settings, 1);
    thread.putEvent(eventAt(2));
    await eventually('they are written', () => reader.view.page({ limit: 5 }).events.length === 2);
    assert.equal(await page.star(idAt(1), true), undefined);
    assert.equal(reader.view.kept(idAt(1))?.starred, true);
    assert.equal((await page.remove(idAt(1)))?.code, 'events.starred');
    assert.equal(await page.star(idAt(1), false), undefined);
    assert.equal(await page.remove(idAt(1)), undefined);
    assert.deepEqual(
      [reader.view.get(idAt(1)), existsSync(pathOf(settings.mediaFolder, recordingAt(1).name))], [undefined, false],
    );
    assert.equal((await page.remove(idAt(2)))?.code, 'events.running');
    assert.equal((await page.star(idAt(9), true))?.code, 'events.unknown');
  }));

  it('changes names in events and takes out those of who was forgotten: at the start, and when it is asked', () => onDevice(async ({
    settings, reader, start,
  }) => {
    const names = new NameChanges(settings.people);
    const face = (person: string) =>
      ({ box: [0, 0, 0.1, 0.1] as const, score: 0.9, time: dawn / 1000, person, similarity: 0.8 });
    const people = (): (string | null)[] => reader.view.get(idAt(1))?.faces.map(({ person }) => person) ?? [];
    const change = (name: string, to: string | null): Promise<void> =>
      names.add({ name, to, at: millis(dawn + 60_000) });
    {
      await using thread = await start();
      thread.putEvent({
        ...eventAt(1, { lasted: 5 }), kinds: ['face'], label: 'face', faces: [face('Ann'), face('Bob'), face('Cid')],
      });
    }
    await change('Ann', null);
    await using thread = await start();
    await eventually('Ann is forgotten', () => !people().includes('Ann'));
    await change('Bob', null);
    await change('Cid', 'Cyd');
    const page = new ArchiveCaller(settings.socket);
    assert.equal(await page.changeNames(), undefined);
    assert.deepEqual([people(), await names.list(assert.ifError), thread.endedEvents], [[null, null, 'Cyd'], [], []]);
    assert.equal(await page.nameFace(idAt(1), 1, 'Dörte & Co'), undefined);
    assert.equal((await page.nameFace(idAt(1), 3, 'Eve'))?.status, 404);
    assert.deepEqual(people(), [null, 'Dörte & Co', 'Cyd']);
    assert.equal(await page.unnameFace(idAt(1), 1, 'Cyd'), undefined); // as it is called by now, it is not
    assert.equal(await page.unnameFace(idAt(1), 2, 'Cyd'), undefined);
    assert.deepEqual(people(), [null, 'Dörte & Co', null]);
    assert.equal((await page.unnameFace(idAt(2), 0, 'Cyd'))?.status, 404);
  }));

  it('says once that the ledger cannot be written, and once that it is over', () => onDevice(async ({
    settings, reader,
  }) => {
    const said: string[] = [];
    const say = (message: string): void => { said.push(message); };
    await using thread = await ArchiveThread.start(settings, { ...silentLog, error: say, info: say });
    using catalogue = new DatabaseSync(settings.file, { timeout: 10_000 });
    catalogue.exec(`CREATE TRIGGER refuses BEFORE INSERT ON ledger BEGIN SELECT RAISE(ABORT, 'no room'); END`);
    const words = async (): Promise<void> => {
      for (let word = 0; word < 5; word++) {
        thread.watching({ ...watched, offline: `the camera does not answer: ${word}` });
        await aMoment();
      }
    };
    await words();
    await eventually('it is said', () => said.length > 0);
    catalogue.exec('DROP TRIGGER refuses');
    await eventually('it is over', () => {
      thread.watching(watched);
      return said.length > 1;
    });
    assert.deepEqual(said, ['the ledger cannot be written', 'it is over: the ledger cannot be written']);
    assert.notDeepEqual(reader.view.ledger(
      { from: millis(Date.now() - 60_000), to: millis(Date.now() + 1000) }, () => new Set(),
    ).entries, []);
  }));

  it('says that nobody answers where no thread is', () => onDevice(async ({ settings }) => {
    await assert.rejects(new ArchiveCaller(settings.socket).remove(idAt(1)), {
      name: 'DeviceError', code: 'archive.no-answer',
    });
  }));

  it('keeps account of watching, of what stopped it, and of the time in between', () => onDevice(async ({
    reader, start,
  }) => {
    const end = new AbortController();
    {
      await using thread = await start();
      const run = thread.run(end.signal);
      thread.watching(watched);
      await aMoment();
      thread.watching({ ...watched, offline: 'the camera does not answer' });
      await aMoment();
      end.abort(new StopRequest('SIGTERM'));
      await run;
    }
    await aMoment();
    { await using thread = await start(); thread.watching(watched); await aMoment(); }
    const { entries } = reader.view.ledger(
      { from: millis(Date.now() - 60_000), to: millis(Date.now() + 1000) }, () => new Set(),
    );
    const said = entries.filter(({ state }) => state !== 'unknown')
      .map(({ state, reason }) => `${state} ${reason}`.trim());
    assert.deepEqual(
      said.slice(-3), ['lost no pictures: the camera does not answer', 'lost Tyto was stopped', 'watched'],
    );
  }));

  it('tells of a stop before anything was watched as a stop', () => onDevice(async ({ settings, reader, start }) => {
    { await using thread = await start(); thread.watching(watched); await aMoment(); }
    const stop = new AbortController();
    {
      await using _ = await ArchiveThread.start(settings, silentLog, stop.signal);
      stop.abort(new StopRequest('SIGINT'));
    }
    { await using thread = await start(); thread.watching(watched); await aMoment(); }
    const { entries } = reader.view.ledger(
      { from: millis(Date.now() - 60_000), to: millis(Date.now() + 1000) }, () => new Set(),
    );
    assert.deepEqual(entries.filter(({ state }) => state === 'lost').map(({ reason }) => reason), [
      'the process ended unexpectedly', 'Tyto was stopped',
    ]);
  }));
});
