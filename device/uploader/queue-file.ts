/** The file that the queue lives in. A broken one is moved away: the queue fills again from the catalogue. */
import { describeError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { millis, seconds } from '../core/units.ts';
import type { PutAside } from '../durable/put-aside.ts';
import { openQueueDatabase } from '../durable/queue-database.ts';
import type { Sqlite, SqliteOptions } from '../durable/sqlite.ts';
import type { SqliteTerms } from '../durable/sqlite-fault.ts';

const SCHEMA_VERSION = 1;

export const QUEUE_TERMS: SqliteTerms = {
  code: () => 'queue.failed', what: 'the upload queue', meanwhile: 'nothing is uploaded until then',
  mend: 'restart Tyto: it is put aside and built anew from the catalogue',
};

const options: SqliteOptions = { busyTimeout: seconds(5), terms: QUEUE_TERMS };

const SCHEMA = `
  CREATE TABLE item (
    event_id TEXT PRIMARY KEY,
    event TEXT,
    state TEXT NOT NULL CHECK (state IN ('pending', 'uploaded', 'refused')),
    stored TEXT NOT NULL DEFAULT '',
    told TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER NOT NULL DEFAULT 0,
    value REAL NOT NULL,
    blame TEXT CHECK (blame IN ('event', 'store')),
    code TEXT,
    reason TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX open_by_value ON item (value DESC, next_at) WHERE state <> 'uploaded';
  CREATE INDEX open_by_tries ON item (attempts, value DESC, next_at) WHERE state <> 'uploaded';
  CREATE INDEX open_by_time ON item (next_at) WHERE state <> 'uploaded';
  CREATE INDEX by_state ON item (state);
  CREATE TABLE cursor (one INTEGER PRIMARY KEY CHECK (one = 1), generation TEXT NOT NULL, seq INTEGER NOT NULL) STRICT;
  CREATE TABLE store (one INTEGER PRIMARY KEY CHECK (one = 1), name TEXT NOT NULL) STRICT;
`;

/** @throws {DeviceError} `queue.failed` when the file cannot be opened or made. */
export function openQueueFile(file: string, log: Log): Sqlite {
  const onPutAside = ({ place, why }: PutAside): void => {
    log.warn('the upload queue was damaged and is built anew from the catalogue; some events may be uploaded once more',
      { kept: place, reason: describeError(why) });
  };
  return openQueueDatabase({ file, options, schema: SCHEMA, version: SCHEMA_VERSION, onPutAside }, millis(Date.now()));
}
