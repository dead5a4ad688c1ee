import { DatabaseSync } from 'node:sqlite';
import { ConfigError, DeviceError } from '../core/errors.ts';
import { sqliteFault, type SqliteTerms } from './sqlite-fault.ts';

const TERMS: SqliteTerms = {
  code: (trouble) => `lock.${trouble}`,
  what: 'the lock of the data folder',
  meanwhile: 'what the folder holds is not touched',
  mend: 'remove it',
};

/**
 * Holds `file` until it is disposed or this process dies, however it dies: the lock is the operating system's, by way
 * of SQLite, and leaves nothing to clean up.
 *
 * @param held - What to say when another process holds it.
 * @throws {ConfigError} `held`
 * @throws {DeviceError} When it cannot be made.
 */
export function lockData(file: string, held: { readonly code: string; readonly message: string }): Disposable {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: 0 });
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    const lock = database;
    return { [Symbol.dispose]: () => lock.close() };
  } catch (cause) {
    database?.close();
    const fault = sqliteFault(cause, file, TERMS);
    if (!(fault instanceof DeviceError) || fault.code !== TERMS.code('busy')) throw fault;
    throw new ConfigError(held.code, held.message);
  }
}
