import { DatabaseSync } from 'node:sqlite';
import { ConfigError, describeError } from '../../device/core/errors.ts';
import { SCHEMA_STEPS } from './schema.ts';

/** SQLITE_CORRUPT, SQLITE_NOTADB. */
const DAMAGED = new Set([11, 26]);

/**
 * Opens the index in `file` and brings its tables up to date. Whatever it says is done is on the disk.
 * @throws {ConfigError} `index.damaged`, `index.newer`, `index.unusable`.
 */
export function openDatabase(file: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON');
    migrate(database, file);
    return database;
  } catch (cause) {
    database?.close();
    if (cause instanceof ConfigError) throw cause;
    if (sqliteCode(cause) !== undefined && DAMAGED.has(Number(sqliteCode(cause)) & 0xff)) {
      throw new ConfigError('index.damaged',
        `${file} is no sound database; put a backup in its place, or move it away to begin an empty one (the library keeps its media)`, { cause });
    }
    throw new ConfigError('index.unusable', `the index ${file} cannot be used: ${describeError(cause)}`, { cause });
  }
}

function migrate(database: DatabaseSync, file: string): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (version > SCHEMA_STEPS.length) throw new ConfigError('index.newer', `${file} was written by a newer Tyto; update this one`);
  for (const [index, step] of SCHEMA_STEPS.entries()) {
    if (index < version) continue;
    database.exec(`BEGIN IMMEDIATE; ${step} PRAGMA user_version = ${index + 1}; COMMIT`);
  }
}

/** SQLite's result code, where `error` carries one. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode : undefined;
}
