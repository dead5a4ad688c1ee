import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { silentLog, type Log } from '../core/log.ts';
import { suspectMark, type FinishedRecording } from './archive.ts';
import { openArchive } from './open-archive.ts';
import { SCHEMA_VERSION } from './schema.ts';
import { dawn, eventAt, idAt, recordingAt, temporaryFolder } from '../../test/recording/events.ts';

const REST_OF_RECORDINGS = `camera TEXT NOT NULL, event_id TEXT, start_time REAL NOT NULL, end_time REAL, bytes INTEGER, sha256 TEXT, codec TEXT,
    width INTEGER, height INTEGER, lost_seconds REAL NOT NULL DEFAULT 0, reason TEXT`;
const INDICES_OF_RECORDINGS = `
  CREATE INDEX recordings_by_class ON recordings (class, start_time);
  CREATE INDEX recordings_by_event ON recordings (event_id) WHERE event_id IS NOT NULL;
  CREATE INDEX recordings_writing ON recordings (name) WHERE state = 'writing';`;

/** As the first Tyto made them. */
const FIRST_TABLES = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE events (id TEXT PRIMARY KEY, camera TEXT NOT NULL, start_time REAL NOT NULL, end_time REAL, state TEXT NOT NULL,
    kinds TEXT NOT NULL, score REAL NOT NULL, clip TEXT, picture TEXT, ended_seq INTEGER, event TEXT NOT NULL) STRICT;
  CREATE TABLE recordings (
    name TEXT PRIMARY KEY,
    class TEXT NOT NULL CHECK (class IN ('event', 'continuous')),
    state TEXT NOT NULL CHECK (state IN ('writing', 'complete', 'recovered', 'lost')),
    ${REST_OF_RECORDINGS}
  ) STRICT;
  ${INDICES_OF_RECORDINGS}
  INSERT INTO meta VALUES ('generation', 'first'), ('ended_seq', '7');
  PRAGMA user_version = 1;`;

describe('opening the catalogue', () => {
  const withFile = async (use: (file: string) => void | Promise<void>): Promise<void> => {
    await using folder = await temporaryFolder();
    await use(path.join(folder.path, 'data', 'archive.db'));
  };
  const filled = (file: string, events = 300): void => {
    using archive = openArchive(file, dawn, silentLog);
    archive.transaction(() => {
      for (let second = 0; second < events; second++) archive.putEvent(eventAt(second, { lasted: 1 }));
    });
  };

  const brokenOnes = async (file: string): Promise<string[]> =>
    (await readdir(path.dirname(file))).filter((name) => name.includes('.broken-'));

  it('makes it, folder and all, and finds it again', () => withFile((file) => {
    filled(file);
    using archive = openArchive(file, dawn, silentLog);
    assert.equal(archive.view.get(idAt(3))?.id, idAt(3));
  }));

  it('puts a damaged one aside, says so loudly, and begins a new one', () => withFile(async (file) => {
    const damages: Record<string, () => Promise<void>> = {
      'no database at all': () => writeFile(file, 'this is a text'.repeat(1000)),
      'another database': async () => {
        await writeFile(file, '');
        using db = new DatabaseSync(file);
        db.exec('CREATE TABLE x (y); PRAGMA user_version = 1');
      },
      'overwritten pages': async () => {
        await using handle = await open(file, 'r+');
        await handle.write(new Uint8Array(40_000).fill(0x5a), 0, 40_000, 8192);
      },
    };
    for (const [what, damage] of Object.entries(damages)) {
      filled(file);
      await damage();
      const { size } = await stat(file);
      const said: string[] = [];
      const log: Log = { ...silentLog, error: (message) => { said.push(message); } };
      using archive = openArchive(file, dawn, log);
      const putAside = `${file}.broken-20261121T060000.000Z`;
      assert.ok(said[0]?.includes('damaged') && said[0].includes(putAside), what);
      assert.deepEqual(archive.view.page({ limit: 1 }).events, []);
      archive.putEvent(eventAt(0));
      assert.equal((await stat(putAside)).size, size, 'nothing of it is thrown away');
    }
  }));

  it('begins a new one where a crash left an empty file', () => withFile(async (file) => {
    await mkdir(path.dirname(file));
    await writeFile(file, '');
    using archive = openArchive(file, dawn, silentLog);
    archive.putEvent(eventAt(0));
    assert.deepEqual(await brokenOnes(file), []);
  }));

  it('marks one in which damage shows while it is used, so that the next start mends it', () => withFile(async (
    file,
  ) => {
    filled(file, 12_000); // more than SQLite holds in memory
    const archive = openArchive(file, dawn, silentLog);
    await using handle = await open(file, 'r+');
    await handle.write(new Uint8Array((await stat(file)).size - 8192).fill(0x5a), 0, undefined, 8192);
    assert.throws(
      () => archive.putEvent(eventAt(6000, { lasted: 2 })), { code: 'archive.corrupt', message: /restart Tyto/ },
    );
    assert.ok(existsSync(suspectMark(file)));
    archive[Symbol.dispose]();
    using renewed = openArchive(file, dawn, silentLog);
    assert.deepEqual([renewed.view.page({ limit: 1 }).events, (await brokenOnes(file)).length > 0], [[], true]);
    assert.ok(!existsSync(suspectMark(file)));
  }));

  it('brings the catalogue of an older Tyto up to date, with all that it holds', () => withFile(async (file) => {
    await mkdir(path.dirname(file));
    const event = {
      ...eventAt(0, { lasted: 5 }), entered_zones: ['drive'], has_snapshot: true,
      snapshot: { name: 'a.jpg', bytes: 70, sha256: 'c'.repeat(64) },
    };
    {
      using old = new DatabaseSync(file);
      old.exec(FIRST_TABLES);
      old.prepare(`INSERT INTO events VALUES (?, 'yard', 1, 2, 'ended', 'motion', 0.5, NULL, 'a.jpg', 7, ?)`).run(
        event.id, JSON.stringify(event),
      );
      old.prepare(`INSERT INTO recordings (name, class, state, camera, start_time, end_time, bytes) VALUES ('x', 'continuous', 'complete', 'yard', 1, 2, 500)`)
        .run();
    }
    using archive = openArchive(file, dawn, silentLog);
    assert.deepEqual(archive.view.page({
      limit: 5, kind: 'motion', zone: 'drive',
    }).events, [{ ...event, starred: false }]);
    assert.deepEqual([archive.view.generation(), archive.view.endedAfter(0, 5)[0]?.seq], ['first', 7]);
    assert.deepEqual(archive.usage(), { event: 0, continuous: 500, timelapse: 0, picture: 70 });
    using db = new DatabaseSync(file);
    assert.equal(db.prepare('PRAGMA user_version').get()?.['user_version'], SCHEMA_VERSION);
  }));

  const film = (second: number): FinishedRecording =>
    ({ ...recordingAt(second), name: `film-${second}`, class: 'timelapse', eventId: null });

  it('rewrites no recording of an older Tyto for a class that this one knows besides, for it may be a million on a full disk', () => withFile(async (
    file,
  ) => {
    await mkdir(path.dirname(file));
    {
      using old = new DatabaseSync(file);
      old.exec(`${FIRST_TABLES}
        WITH RECURSIVE counter (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < 20000)
        INSERT INTO recordings (name, class, state, camera, start_time, bytes) SELECT 'continuous-' || n, 'continuous', 'complete', 'yard', n, 500 FROM counter`);
    }
    const { size } = await stat(file);
    {
      using archive = openArchive(file, dawn, silentLog);
      const grown = (await stat(file)).size + (await stat(`${file}-wal`)).size - size;
      assert.ok(grown < size / 4, `${grown} of ${size} bytes`);
      archive.closeRecording(film(0));
      assert.throws(() =>
        archive.db.run(`INSERT INTO recordings (name, class, state, camera, start_time) VALUES ('x', 'event', 'nowhere', 'yard', 1)`));
    }
    using again = openArchive(file, dawn, silentLog);
    assert.deepEqual([again.view.recording('film-0')?.class, again.usage().continuous, again.usage().timelapse], [
      'timelapse', 10_000_000, film(0).clip?.bytes,
    ]);
    again.db.check();
  }));

  it('goes on with a catalogue whose recordings were copied into a new table for that', () => withFile((file) => {
    for (const version of [5, 6]) {
      filled(file, 3);
      {
        using copied = new DatabaseSync(file);
        const triggers =
          copied.prepare(`SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'recordings'`)
            .all()
            .map(({ sql }) => String(sql));
        copied.exec(`
          CREATE TABLE recordings_anew (name TEXT PRIMARY KEY, class TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('writing', 'complete', 'recovered', 'lost')), ${REST_OF_RECORDINGS}) STRICT;
          INSERT INTO recordings_anew SELECT * FROM recordings;
          DROP TABLE recordings;
          ALTER TABLE recordings_anew RENAME TO recordings;
          ${INDICES_OF_RECORDINGS} ${triggers.join('; ')};
          ${version === 5 ? 'DROP TABLE exports;' : ''}
          PRAGMA user_version = ${version}`);
      }
      using archive = openArchive(file, dawn, silentLog);
      archive.closeRecording(film(version));
      assert.deepEqual(
        [archive.view.recording(`film-${version}`)?.class, archive.db.version], ['timelapse', SCHEMA_VERSION],
      );
      assert.deepEqual(archive.db.all('SELECT * FROM exports'), []);
      archive.db.check();
    }
  }));

  it('refuses a catalogue that a newer Tyto says this one must not write to, and leaves it as it is', () => withFile(async (
    file,
  ) => {
    filled(file);
    {
      using db = new DatabaseSync(file);
      db.exec(`PRAGMA user_version = ${SCHEMA_VERSION
        + 5}; UPDATE meta SET value = '${SCHEMA_VERSION + 1}' WHERE key = 'usable_from'`);
    }
    assert.throws(() => openArchive(file, dawn, silentLog), {
      name: 'ConfigError', code: 'archive.newer', message: /newer Tyto .* install that Tyto again/,
    });
    assert.deepEqual(await brokenOnes(file), []);
    using db = new DatabaseSync(file);
    assert.equal(db.prepare('SELECT count(*) AS n FROM events').get()?.['n'], 300);
  }));

  it('works with the catalogue of a newer Tyto and leaves its version alone', () => withFile((file) => {
    filled(file);
    using db = new DatabaseSync(file);
    db.exec(`ALTER TABLE events ADD COLUMN mood INTEGER; PRAGMA user_version = ${SCHEMA_VERSION + 5}`);
    using archive = openArchive(file, dawn, silentLog);
    archive.putEvent(eventAt(1, { lasted: 3 }));
    assert.equal(archive.view.get(idAt(1))?.end_time, dawn / 1000 + 4);
    assert.equal(db.prepare('PRAGMA user_version').get()?.['user_version'], SCHEMA_VERSION + 5);
  }));

  it('does not keep its caller waiting for another program that holds it: that is asked again later', () =>
    withFile((file) => {
      using archive = openArchive(file, dawn, silentLog);
      using holder = new DatabaseSync(file);
      holder.exec('BEGIN IMMEDIATE');
      const began = performance.now();
      assert.throws(() => archive.putEvent(eventAt(0)), { name: 'DeviceError', code: 'archive.busy' });
      assert.ok(performance.now() - began < 4000, 'not the seconds that a reader waits');
      holder.exec('ROLLBACK');
      archive.putEvent(eventAt(0));
      assert.equal(archive.view.get(idAt(0))?.id, idAt(0));
    }));

  it('says what to do when it cannot be opened', () => withFile(async (file) => {
    await mkdir(file, { recursive: true });
    assert.throws(() => openArchive(file, dawn, silentLog), { name: 'DeviceError', code: 'archive.cannot-open' });
    await writeFile(path.join(path.dirname(file), 'blocker'), '');
    assert.throws(() => openArchive(path.join(path.dirname(file), 'blocker', 'archive.db'), dawn, silentLog), {
      code: 'archive.cannot-open',
    });
    assert.deepEqual(await readdir(file), [], 'nothing was touched');
  }));
});
