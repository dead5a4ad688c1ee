/** The database of a queue: read through at every start, brought up to date, and put aside when it is damaged. */
import type { Millis } from '../core/units.ts';
import { openOrBeginAnew, type PutAside } from './put-aside.ts';
import { Sqlite, type SqliteOptions } from './sqlite.ts';

export interface QueueDatabase {
  readonly file: string;
  readonly options: SqliteOptions;
  /** Makes the tables in a new file. */
  readonly schema: string;
  /** SQLite's `user_version`. */
  readonly version: number;
  /** By the version of an older file: what brings it to this one. A file of any other version is put aside. */
  readonly upgrades?: Readonly<Record<number, string>>;
  /** Told before a new one is begun. */
  readonly onPutAside: (event: PutAside) => void;
}

/**
 * @param now - Wall clock.
 * @throws {DeviceError} As the terms in `options` say, when the file cannot be opened or made.
 */
export const openQueueDatabase = (queue: QueueDatabase, now: Millis): Sqlite =>
  openOrBeginAnew(queue.file, now, () => openSound(queue), queue.onPutAside);

function openSound({ file, options, schema, version, upgrades = {} }: QueueDatabase): Sqlite {
  const database = Sqlite.openWriter(file, options);
  try {
    database.check();
    database.overwriteFreed();
    if (database.version === version) return database;
    const sql = database.version === 0 ? schema : upgrades[database.version];
    if (sql === undefined)
      throw database.damaged(`it is of version ${database.version}, this program knows ${version}`);
    database.transaction(() => database.exec(`${sql}; PRAGMA user_version = ${version};`));
    return database;
  } catch (error) {
    database[Symbol.dispose]();
    throw error;
  }
}
