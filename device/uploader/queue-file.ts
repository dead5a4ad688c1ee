/** The file that the queue lives in. A broken one is moved away: the queue fills again from the catalogue. */
import { existsSync, renameSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { DeviceError, describeError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';

const SCHEMA_VERSION = 1;
/** SQLite's codes for a file that is no sound database: SQLITE_CORRUPT, SQLITE_NOTADB. */
const BROKEN = new Set([11, 26]);

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
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** @throws {DeviceError} `queue.failed` when the file cannot be opened or made. */
export function openQueueFile(file: string, log: Log): DatabaseSync {
  try {
    return opened(file);
  } catch (error) {
    if (!isBroken(error)) throw queueError(error);
    const away = `${file}.broken-${Date.now()}`;
    for (const suffix of ['', '-wal', '-shm']) {
      if (existsSync(file + suffix)) renameSync(file + suffix, away + suffix);
    }
    log.warn('the upload queue was damaged and is built anew from the catalogue; some events may be uploaded once more',
      { kept: away, reason: describeError(error) });
    return opened(file);
  }
}

function opened(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    // Never torn by a power cut; what the last moment lost of progress is only sent once more.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;');
    const check = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
    if (check !== 'ok') throw new BrokenQueue(String(check));
    const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
    if (version === 0) database.exec(`BEGIN; ${SCHEMA} COMMIT;`);
    else if (version !== SCHEMA_VERSION) throw new BrokenQueue(`it is of version ${version}, this program knows ${SCHEMA_VERSION}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

class BrokenQueue extends Error {}

const isBroken = (error: unknown): boolean =>
  error instanceof BrokenQueue || (error instanceof Error && 'errcode' in error && BROKEN.has(Number(error.errcode) & 0xff));

export const queueError = (cause: unknown): DeviceError => new DeviceError('queue.failed',
  'the upload queue cannot be read or written; nothing is uploaded until it can', { cause });
