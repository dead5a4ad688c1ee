import { DatabaseSync } from 'node:sqlite';
import { ConfigError } from '../../device/core/errors.ts';
import { sqliteCode } from './open-database.ts';

const SQLITE_BUSY = 5;

/**
 * Holds `file` until it is disposed or this process dies, however it dies: the lock is the operating system's, by way of
 * SQLite, and leaves nothing to clean up.
 *
 * @throws {ConfigError} `fleet.locked` when another process holds it.
 */
export function lockData(file: string, folder: string): Disposable {
  const database = new DatabaseSync(file);
  try {
    database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return { [Symbol.dispose]: () => database.close() };
  } catch (cause) {
    database.close();
    if (sqliteCode(cause) !== SQLITE_BUSY) throw cause;
    throw new ConfigError('fleet.locked', `another tyto-fleet works on ${folder}; stop that one, or name another folder with --data`);
  }
}
