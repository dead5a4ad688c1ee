import { ConfigError, DeviceError } from '../../../device/core/errors.ts';
import { seconds } from '../../../device/core/units.ts';
import { isCorrupt, type SqliteTerms } from '../../../device/durable/sqlite-fault.ts';
import { Sqlite } from '../../../device/durable/sqlite.ts';
import { SCHEMA_STEPS } from './schema.ts';

const TERMS: SqliteTerms = {
  code: (trouble) => `vault.registry-${trouble}`,
  what: 'the registry of accounts and keys',
  meanwhile: 'landing and library keep what they hold',
  mend: 'put a backup in its place, or move it away and make accounts and keys anew (the library keeps its media)',
};

/**
 * Opens accounts and keys in `file`, and brings its tables up to date. The command and the server may have it open at once.
 * @throws {ConfigError} `vault.registry-damaged` and `vault.registry-newer`: a person has to decide what becomes of it.
 * @throws {DeviceError} When it cannot be used just now.
 */
export function openRegistryFile(file: string): Sqlite {
  try {
    const database = Sqlite.openWriter(file, { busyTimeout: seconds(5), terms: TERMS });
    migrate(database);
    return database;
  } catch (cause) {
    if (!(cause instanceof DeviceError) || !isCorrupt(cause)) throw cause;
    throw new ConfigError('vault.registry-damaged', cause.message, { cause });
  }
}

function migrate(database: Sqlite): void {
  if (database.version > SCHEMA_STEPS.length) {
    database[Symbol.dispose]();
    throw new ConfigError('vault.registry-newer', `${database.file} was written by a newer Tyto; update this one`);
  }
  database.transaction(() => {
    for (const step of SCHEMA_STEPS.slice(database.version)) database.exec(step);
    database.exec(`PRAGMA user_version = ${SCHEMA_STEPS.length}`);
  });
}
