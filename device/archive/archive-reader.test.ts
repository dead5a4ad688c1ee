import assert from 'node:assert/strict';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import { renameSync } from 'node:fs';
import { silentLog } from '../core/log.ts';
import { Sqlite } from '../durable/sqlite.ts';
import { reading } from './archive-file.ts';
import { ArchiveReader } from './archive-reader.ts';
import { openArchive } from './open-archive.ts';
import { dawn, eventAt, idAt, temporaryFolder } from '../../test/recording/events.ts';

describe('archive reader', () => {
  it('answers before there is a catalogue, and as soon as there is one', async () => {
    await using folder = await temporaryFolder();
    const file = path.join(folder.path, 'archive.db');
    using reader = new ArchiveReader(file, silentLog);
    assert.deepEqual([reader.view.page({ limit: 5 }).events, reader.view.generation()], [[], '']);
    using archive = openArchive(file, dawn, silentLog);
    archive.putEvent(eventAt(0));
    assert.deepEqual(reader.view.page({ limit: 5 }).events.map(({ id }) => id), [idAt(0)]);
    assert.equal(reader.view.generation(), archive.view.generation());
  });

  it('turns to the new catalogue when its writer had to begin one', async () => {
    await using folder = await temporaryFolder();
    const file = path.join(folder.path, 'archive.db');
    using reader = new ArchiveReader(file, silentLog);
    const old = openArchive(file, dawn, silentLog);
    old.putEvent(eventAt(0));
    const generation = reader.view.generation();
    old[Symbol.dispose]();
    for (const part of ['', '-wal', '-shm']) {
      try {
        renameSync(file + part, `${file}.old${part}`);
      } catch { /* not there: the last one who closed it took it away */ }
    }
    using renewed = openArchive(file, dawn, silentLog);
    renewed.putEvent(eventAt(7));
    assert.deepEqual(reader.view.page({ limit: 5 }).events.map(({ id }) => id), [idAt(7)]);
    assert.notEqual(reader.view.generation(), generation);
  });

  it('cannot write', async () => {
    await using folder = await temporaryFolder();
    const file = path.join(folder.path, 'archive.db');
    using archive = openArchive(file, dawn, silentLog);
    archive.putEvent(eventAt(0));
    using db = Sqlite.openReader(file, reading);
    assert.throws(() => db.run('DELETE FROM events'), { code: 'archive.read-only' });
  });

  it('reads whole events in order while another thread writes', async () => {
    await using folder = await temporaryFolder();
    const file = path.join(folder.path, 'archive.db');
    openArchive(file, dawn, silentLog)[Symbol.dispose]();
    const writer = new Worker(new URL('../../test/recording/write-many-events.ts', import.meta.url), {
      workerData: { file, events: 60 },
    });
    const done = once(writer, 'exit').then(() => true);
    using reader = new ArchiveReader(file, silentLog);
    let cursor = 0;
    let seen = 0;
    for (let isDone = false; !isDone || seen < 60;) {
      isDone = await Promise.race([done, new Promise<boolean>((resolve) => { setImmediate(() => resolve(false)); })]);
      for (const { seq, event } of reader.view.endedAfter(cursor, 7)) {
        assert.equal(seq, cursor + 1, 'none is passed over');
        assert.equal(event.end_time, event.start_time + 1);
        cursor = seq;
        seen++;
      }
    }
    assert.equal(seen, 60);
  });
});
