/** The database of a queue: of one version, read through at every start, and put aside when it is damaged. */
import type { Millis } from '../core/units.ts';
import { openOrBeginAnew, type PutAside } from './put-aside.ts';
import { Sqlite, type SqliteOptions } from './sqlite.ts';

export interface QueueDatabase {
  readonly file: string;
  readonly options: SqliteOptions;
  /** Makes the tables in a new file. */
  readonly schema: string;
  /** SQLite's `user_version`. A file of another one is put aside, too. */
  readonly version: number;
  /** Told before a new one is begun. */
  readonly onPutAside: (event: PutAside) => void;
}

/**
 * @param now - Wall clock.
 * @throws {DeviceError} As the terms in `options` say, when the file cannot be opened or made.
 */
export const openQueueDatabase = (queue: QueueDatabase, now: Millis): Sqlite =>
  openOrBeginAnew(queue.file, now, () => openSound(queue), queue.onPutAside);

function openSound({ file, options, schema, version }: QueueDatabase): Sqlite {
  const database = Sqlite.openWriter(file, options);
  try {
    database.check();
    if (database.version === 0) database.transaction(() => database.exec(`${schema}; PRAGMA user_version = ${version};`));
    else if (database.version !== version) throw database.damaged(`it is of version ${database.version}, this program knows ${version}`);
    return database;
  } catch (error) {
    database[Symbol.dispose]();
    throw error;
  }
}
