import { ConfigError, DeviceError } from '../../device/core/errors.ts';
import { seconds } from '../../device/core/units.ts';
import { isCorrupt, type SqliteTerms } from '../../device/durable/sqlite-fault.ts';
import { Sqlite } from '../../device/durable/sqlite.ts';
import { SCHEMA_STEPS } from './schema.ts';

const TERMS: SqliteTerms = {
  code: (trouble) => `index.${trouble}`,
  what: 'the index',
  meanwhile: 'the library and the landing keep what they hold',
  mend: 'put a backup in its place, or move it away to begin an empty one (the library keeps its media)',
};

/**
 * Opens the index in `file` and brings its tables up to date.
 * @throws {ConfigError} `index.damaged` and `index.newer`: a person has to decide what becomes of it.
 * @throws {DeviceError} When it cannot be used just now.
 */
export function openDatabase(file: string): Sqlite {
  try {
    const database = Sqlite.openWriter(file, { busyTimeout: seconds(5), terms: TERMS });
    migrate(database);
    return database;
  } catch (cause) {
    if (!(cause instanceof DeviceError) || !isCorrupt(cause)) throw cause;
    throw new ConfigError('index.damaged', cause.message, { cause });
  }
}

function migrate(database: Sqlite): void {
  const { version } = database;
  if (version > SCHEMA_STEPS.length) {
    database[Symbol.dispose]();
    throw new ConfigError('index.newer', `${database.file} was written by a newer Tyto; update this one`);
  }
  database.transaction(() => {
    for (const step of SCHEMA_STEPS.slice(version)) database.exec(step);
    database.exec(`PRAGMA user_version = ${SCHEMA_STEPS.length}`);
  });
}
