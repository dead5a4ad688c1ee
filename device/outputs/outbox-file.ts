/** The file that deliveries wait in. A broken one is put aside: what is recent comes again from the catalogue. */
import { describeError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { millis, seconds } from '../core/units.ts';
import type { PutAside } from '../durable/put-aside.ts';
import { openQueueDatabase } from '../durable/queue-database.ts';
import type { Sqlite } from '../durable/sqlite.ts';
import type { SqliteTerms } from '../durable/sqlite-fault.ts';

const SCHEMA_VERSION = 1;

const TERMS: SqliteTerms = {
  code: () => 'outbox.failed', what: 'the outbox of deliveries', meanwhile: 'nobody is told of events until then',
  mend: 'restart Tyto: it is put aside, and what is recent is told again',
};

const SCHEMA = `
  CREATE TABLE delivery (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    output TEXT NOT NULL,
    event_id TEXT NOT NULL,
    phase TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead', 'dropped')),
    message TEXT,
    skipped INTEGER NOT NULL DEFAULT 0,
    at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    ms INTEGER,
    result TEXT NOT NULL DEFAULT '',
    UNIQUE (output, event_id, phase)
  ) STRICT;
  CREATE INDEX waiting ON delivery (output, seq) WHERE state = 'waiting';
  CREATE INDEX dead ON delivery (output, seq) WHERE state = 'dead';
  CREATE INDEX by_time ON delivery (output, at);
  CREATE INDEX by_change ON delivery (output, changed_at);
  CREATE TABLE count (output TEXT NOT NULL, what TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (output, what)) STRICT, WITHOUT ROWID;
  CREATE TABLE output (name TEXT PRIMARY KEY, since INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE cursor (one INTEGER PRIMARY KEY CHECK (one = 1), generation TEXT NOT NULL, seq INTEGER NOT NULL) STRICT;
`;

/** @throws {DeviceError} `outbox.failed` when the file cannot be opened or made. */
export function openOutboxFile(file: string, log: Log): Sqlite {
  const onPutAside = ({ place, why }: PutAside): void => {
    log.warn('the outbox was damaged and is begun anew; some of what is recent may be told once more', {
      kept: place, reason: describeError(why),
    });
  };
  const options = { busyTimeout: seconds(5), terms: TERMS };
  return openQueueDatabase({ file, options, schema: SCHEMA, version: SCHEMA_VERSION, onPutAside }, millis(Date.now()));
}
