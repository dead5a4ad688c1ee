/** The file that the queues of all replicas live in. */
import { seconds, type Millis } from '../../device/core/units.ts';
import type { PutAside } from '../../device/durable/put-aside.ts';
import { openQueueDatabase } from '../../device/durable/queue-database.ts';
import type { Sqlite } from '../../device/durable/sqlite.ts';
import type { SqliteTerms } from '../../device/durable/sqlite-fault.ts';

const VERSION = 1;

const TERMS: SqliteTerms = {
  code: () => 'replicas.failed',
  what: 'the queue of the replicas', meanwhile: 'nothing is copied to replicas until then, and the library works on',
  mend: 'restart tyto-fleet: it is put aside, and the library is looked through for what the replicas lack',
};

/**
 * `key` is that of an event's manifest to be copied with its files, or of anything that was removed. `files` lie below
 * its folder; null where index and rule are still to be asked. `listing` is how far the library was looked through for
 * a replica that is new: null once it was. `read_at` is when the news were last read, to the hour.
 */
const SCHEMA = `
  CREATE TABLE task (
    replica TEXT NOT NULL,
    key TEXT NOT NULL,
    seq INTEGER NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('copy', 'remove')),
    files TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER NOT NULL DEFAULT 0,
    blame TEXT CHECK (blame IN ('task', 'store')),
    code TEXT,
    reason TEXT,
    at INTEGER NOT NULL,
    PRIMARY KEY (replica, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX due ON task (replica, attempts, seq, next_at);
  CREATE INDEX oldest ON task (replica, at);
  CREATE TABLE replica (
    name TEXT PRIMARY KEY, place TEXT NOT NULL, cursor TEXT NOT NULL, listing TEXT,
    read_at INTEGER NOT NULL,
    copied INTEGER NOT NULL DEFAULT 0, removed INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0, last_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE counter (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL) STRICT;
  INSERT INTO counter VALUES (1, 0);
`;

/** @throws {DeviceError} `replicas.failed` when the file cannot be opened or made. */
export const openReplicaFile = (file: string, now: Millis, onPutAside: (event: PutAside) => void): Sqlite =>
  openQueueDatabase(
    { file, options: { busyTimeout: seconds(5), terms: TERMS }, schema: SCHEMA, version: VERSION, onPutAside }, now,
  );
