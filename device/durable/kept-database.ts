/**
 * A database that is nobody's to begin anew: it is brought up to date step by step, and a person
 * decides what becomes of a damaged one.
 */
import { ConfigError, DeviceError } from '../core/errors.ts';
import { seconds } from '../core/units.ts';
import { isCorrupt, type SqliteTerms } from './sqlite-fault.ts';
import { Sqlite } from './sqlite.ts';

export interface KeptDatabase {
  readonly terms: SqliteTerms;
  /** What brings version n to n + 1, from an empty file on. A step is never changed once released. */
  readonly steps: readonly string[];
  /** Of the errors that are for a person: `index.damaged`. */
  readonly code: (what: 'damaged' | 'newer') => string;
}

/**
 * Several processes may have it open at once.
 * @throws {ConfigError} When it is damaged, or was written by a newer Tyto.
 * @throws {DeviceError} When it cannot be used just now.
 */
export function openKeptDatabase(file: string, { terms, steps, code }: KeptDatabase): Sqlite {
  try {
    const database = Sqlite.openWriter(file, { busyTimeout: seconds(5), terms });
    const { version } = database;
    if (version > steps.length) {
      database[Symbol.dispose]();
      throw new ConfigError(code('newer'), `${file} was written by a newer Tyto; update this one`);
    }
    database.transaction(() => {
      for (const step of steps.slice(version)) database.exec(step);
      database.exec(`PRAGMA user_version = ${steps.length}`);
    });
    database.overwriteFreed();
    return database;
  } catch (cause) {
    if (!(cause instanceof DeviceError) || !isCorrupt(cause)) throw cause;
    throw new ConfigError(code('damaged'), cause.message, { cause });
  }
}
