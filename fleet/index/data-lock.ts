import { DatabaseSync } from 'node:sqlite';
import { ConfigError, DeviceError } from '../../device/core/errors.ts';
import { sqliteFault, type SqliteTerms } from '../../device/durable/sqlite-fault.ts';

const TERMS: SqliteTerms = {
  code: (trouble) => `lock.${trouble}`,
  what: 'the lock of the data folder',
  meanwhile: 'the library and the landing keep what they hold',
  mend: 'remove it',
};

/**
 * Holds `file` until it is disposed or this process dies, however it dies: the lock is the operating system's, by way
 * of SQLite, and leaves nothing to clean up.
 *
 * @throws {ConfigError} `fleet.locked` when another process holds it.
 * @throws {DeviceError} When it cannot be made.
 */
export function lockData(file: string, folder: string): Disposable {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: 0 });
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    const held = database;
    return { [Symbol.dispose]: () => held.close() };
  } catch (cause) {
    database?.close();
    const fault = sqliteFault(cause, file, TERMS);
    if (!(fault instanceof DeviceError) || fault.code !== TERMS.code('busy')) throw fault;
    throw new ConfigError('fleet.locked',
      `another tyto-fleet works on ${folder}; stop that one, or name another folder with --data`);
  }
}
