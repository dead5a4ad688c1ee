/** The file that the queue lives in. A broken one is moved away: the queue fills again from the catalogue. */
import { describeError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { millis, seconds } from '../core/units.ts';
import type { PutAside } from '../durable/put-aside.ts';
import { openQueueDatabase } from '../durable/queue-database.ts';
import type { Sqlite, SqliteOptions } from '../durable/sqlite.ts';
import type { SqliteTerms } from '../durable/sqlite-fault.ts';

export const QUEUE_VERSION = 4;

export const QUEUE_TERMS: SqliteTerms = {
  code: () => 'queue.failed', what: 'the upload queue', meanwhile: 'nothing is uploaded until then',
  mend: 'restart Tyto: it is put aside and built anew from the catalogue',
};

export const QUEUE_OPTIONS: SqliteOptions = { busyTimeout: seconds(5), terms: QUEUE_TERMS };

/**
 * `class` and `value` say what goes first. `stored` and `told` are of the store `place`: 0 the first, 1 the one that
 * takes its place; null while none has anything of the event. `manifest` is the SHA-256 of the last manifest, where an
 * answer to it is to come: of what is stored, `next_at` says until when that may take, and `retold` how often the
 * manifest was put again because none came. `revision` is that of the event as it was told last; while such words alone
 * go once more, `settled` is the state that its files had reached before. `refused_at` is the store's time of the last
 * refusal that was heard: it lies there still when the event is tried again.
 */
const SCHEMA = `
  CREATE TABLE item (
    event_id TEXT PRIMARY KEY,
    event TEXT,
    state TEXT NOT NULL CHECK (state IN ('pending', 'refused', 'stored', 'acknowledged', 'dead')),
    class INTEGER NOT NULL,
    value REAL NOT NULL,
    asked INTEGER NOT NULL DEFAULT 0,
    stored TEXT NOT NULL DEFAULT '',
    told TEXT,
    faulty TEXT NOT NULL DEFAULT '',
    place INTEGER,
    manifest TEXT,
    retold INTEGER NOT NULL DEFAULT 0,
    revision INTEGER NOT NULL DEFAULT 0,
    settled TEXT CHECK (settled IN ('stored', 'acknowledged')),
    refused_at INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    strikes INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER NOT NULL DEFAULT 0,
    blame TEXT CHECK (blame IN ('event', 'store')),
    code TEXT,
    reason TEXT,
    died_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX open_by_value ON item (state, class, value DESC, next_at, place) WHERE state IN ('pending', 'refused');
  CREATE INDEX open_by_tries ON item (state, class, attempts, value DESC, next_at, place) WHERE state IN ('pending', 'refused');
  CREATE INDEX open_by_time ON item (state, class, next_at, place) WHERE state IN ('pending', 'refused');
  CREATE INDEX noted_by_value ON item (value DESC) WHERE state IN ('pending', 'refused') AND code IS NOT NULL;
  CREATE INDEX dead_by_time ON item (died_at) WHERE state = 'dead';
  CREATE INDEX unanswered ON item (place, next_at) WHERE state = 'stored' AND manifest IS NOT NULL;
  CREATE INDEX elsewhere ON item (place) WHERE place = 1;

  CREATE TABLE tally (state TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO tally VALUES ('pending', 0), ('refused', 0), ('stored', 0), ('acknowledged', 0), ('dead', 0);
  CREATE TRIGGER item_came AFTER INSERT ON item BEGIN UPDATE tally SET count = count + 1 WHERE state = new.state; END;
  CREATE TRIGGER item_went AFTER DELETE ON item BEGIN UPDATE tally SET count = count - 1 WHERE state = old.state; END;
  CREATE TRIGGER item_changed AFTER UPDATE OF state ON item WHEN old.state <> new.state BEGIN
    UPDATE tally SET count = count + (state = new.state) - (state = old.state) WHERE state IN (new.state, old.state);
  END;

  CREATE TABLE cursor (what TEXT PRIMARY KEY, generation TEXT NOT NULL, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE store (place INTEGER PRIMARY KEY, name TEXT NOT NULL, answers INTEGER NOT NULL DEFAULT 0) STRICT;
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE checkpoint (
    event_id TEXT NOT NULL, role TEXT NOT NULL, place INTEGER NOT NULL, sha256 TEXT NOT NULL, token TEXT NOT NULL, PRIMARY KEY (event_id, role)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE request (
    id TEXT PRIMARY KEY, wish TEXT NOT NULL, until INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '',
    place INTEGER NOT NULL, report TEXT NOT NULL DEFAULT '', told TEXT NOT NULL DEFAULT ''
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE request_item (event_id TEXT NOT NULL, request TEXT NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY (event_id, request)) STRICT, WITHOUT ROWID;
  CREATE INDEX items_of_request ON request_item (request);
`;

/** Of an item that is still to go. As the indexes have it: without these words they are not used. */
export const OPEN = "state IN ('pending', 'refused')";

/** What was uploaded before anybody answered counts as stored, and no answer to it is to come. */
const FROM_VERSION_1 = `
  ALTER TABLE item RENAME TO item_before;
  ALTER TABLE cursor RENAME TO cursor_before;
  ALTER TABLE store RENAME TO store_before;
  DROP INDEX open_by_value; DROP INDEX open_by_tries; DROP INDEX open_by_time; DROP INDEX by_state;
  ${SCHEMA}
  INSERT INTO item (event_id, event, state, class, value, stored, told, place, attempts, next_at, blame, code, reason)
    SELECT event_id, event, CASE state WHEN 'uploaded' THEN 'stored' ELSE state END, CASE WHEN told IS NULL THEN 0 ELSE 3 END,
      CASE state WHEN 'refused' THEN value + 1e11 ELSE value END, stored, told, CASE WHEN stored = '' AND told IS NULL THEN NULL ELSE 0 END,
      attempts, next_at, blame, code, reason FROM item_before;
  INSERT INTO cursor SELECT 'events', generation, seq FROM cursor_before;
  INSERT INTO store (place, name) SELECT 0, name FROM store_before;
  DROP TABLE item_before; DROP TABLE cursor_before; DROP TABLE store_before;
`;

/** What an event was called was never told again. */
const FROM_VERSION_3 = `
  ALTER TABLE item ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE item ADD COLUMN settled TEXT CHECK (settled IN ('stored', 'acknowledged'));
`;

/** Only what was turned down had its reason shown. */
const FROM_VERSION_2 = `
  DROP INDEX refused_by_value;
  CREATE INDEX noted_by_value ON item (value DESC) WHERE state IN ('pending', 'refused') AND code IS NOT NULL;
  ${FROM_VERSION_3}
`;

/** @throws {DeviceError} `queue.failed` when the file cannot be opened or made. */
export function openQueueFile(file: string, log: Log): Sqlite {
  const onPutAside = ({ place, why }: PutAside): void => {
    log.warn('the upload queue was damaged and is built anew from the catalogue; some events may be uploaded once more',
      { kept: place, reason: describeError(why) });
  };
  return openQueueDatabase({
    file, options: QUEUE_OPTIONS, schema: SCHEMA, version: QUEUE_VERSION,
    upgrades: { 1: FROM_VERSION_1, 2: FROM_VERSION_2, 3: FROM_VERSION_3 }, onPutAside,
  }, millis(Date.now()));
}
