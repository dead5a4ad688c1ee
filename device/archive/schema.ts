/**
 * The catalogue's tables. Migrations only ever add: an older Tyto must be able to work with the catalogue of a newer one, for
 * an update may be rolled back and must not cost a recording.
 */
import type { Sqlite } from '../durable/sqlite.ts';

/** `MIGRATIONS[n]` leads from version n to n + 1; the version is SQLite's `user_version`. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE events (
    id TEXT PRIMARY KEY,
    camera TEXT NOT NULL,
    start_time REAL NOT NULL,
    end_time REAL,
    state TEXT NOT NULL CHECK (state IN ('open', 'ended')),
    kinds TEXT NOT NULL,
    score REAL NOT NULL,
    clip TEXT,
    picture TEXT,
    ended_seq INTEGER,
    event TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_by_camera ON events (camera, id);
  CREATE UNIQUE INDEX events_by_end ON events (ended_seq) WHERE ended_seq IS NOT NULL;
  CREATE INDEX events_open ON events (id) WHERE state = 'open';
  CREATE INDEX events_by_picture ON events (picture) WHERE picture IS NOT NULL;

  CREATE TABLE recordings (
    name TEXT PRIMARY KEY,
    class TEXT NOT NULL CHECK (class IN ('event', 'continuous')),
    state TEXT NOT NULL CHECK (state IN ('writing', 'complete', 'recovered', 'lost')),
    camera TEXT NOT NULL,
    event_id TEXT,
    start_time REAL NOT NULL,
    end_time REAL,
    bytes INTEGER,
    sha256 TEXT,
    codec TEXT,
    width INTEGER,
    height INTEGER,
    lost_seconds REAL NOT NULL DEFAULT 0,
    reason TEXT
  ) STRICT;
  CREATE INDEX recordings_by_class ON recordings (class, start_time);
  CREATE INDEX recordings_by_event ON recordings (event_id) WHERE event_id IS NOT NULL;
  CREATE INDEX recordings_writing ON recordings (name) WHERE state = 'writing';
  `,
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/** Brings the catalogue up to this version. One of a newer Tyto is left as it is. */
export function migrate(db: Sqlite, newGeneration: () => string): void {
  const { version } = db;
  if (version >= SCHEMA_VERSION) return;
  db.transaction(() => {
    for (const step of MIGRATIONS.slice(version)) db.exec(step);
    if (version === 0) {
      db.run('INSERT INTO meta (key, value) VALUES (?, ?)', 'generation', newGeneration());
      db.run('INSERT INTO meta (key, value) VALUES (?, ?)', 'ended_seq', '0');
    }
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
  });
}
