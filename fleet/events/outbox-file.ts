/**
 * The file that messages wait in. A broken one is put aside: the index remembers what is recent, and it is told again.
 */
import { seconds, type Millis } from '../../device/core/units.ts';
import type { PutAside } from '../../device/durable/put-aside.ts';
import { openQueueDatabase } from '../../device/durable/queue-database.ts';
import type { Sqlite } from '../../device/durable/sqlite.ts';
import type { SqliteTerms } from '../../device/durable/sqlite-fault.ts';

const SCHEMA_VERSION = 1;

const TERMS: SqliteTerms = {
  code: () => 'events.outbox-failed',
  what: 'the outbox of the fleet\'s events', meanwhile: 'nobody is told of events until then, and nothing is lost',
  mend: 'restart tyto-fleet: it is put aside, and what came within a week is told again',
};

const SCHEMA = `
  CREATE TABLE telling (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    subscriber TEXT NOT NULL,
    id TEXT NOT NULL,
    device TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'told', 'dead')),
    draft TEXT,                      -- JSON; null once it was told
    at INTEGER NOT NULL,             -- unix milliseconds: when it was put in, or driven anew
    changed_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    result TEXT NOT NULL DEFAULT '',
    UNIQUE (subscriber, id)
  ) STRICT;
  CREATE INDEX waiting ON telling (subscriber, seq) WHERE state = 'waiting';
  CREATE INDEX dead ON telling (subscriber, seq) WHERE state = 'dead';
  CREATE INDEX told ON telling (changed_at) WHERE state = 'told';
  CREATE TABLE count (subscriber TEXT PRIMARY KEY, told INTEGER NOT NULL, forgotten INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE cursor (one INTEGER PRIMARY KEY CHECK (one = 1), value TEXT NOT NULL) STRICT;
`;

/** @throws {DeviceError} `events.outbox-failed` when the file cannot be opened or made. */
export const openOutboxFile = (file: string, now: Millis, onPutAside: (event: PutAside) => void): Sqlite =>
  openQueueDatabase({
    file, options: { busyTimeout: seconds(5), terms: TERMS }, schema: SCHEMA, version: SCHEMA_VERSION, onPutAside,
  }, now);
