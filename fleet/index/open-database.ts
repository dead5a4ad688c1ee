import type { SqliteTerms } from '../../device/durable/sqlite-fault.ts';
import { openKeptDatabase } from '../../device/durable/kept-database.ts';
import type { Sqlite } from '../../device/durable/sqlite.ts';
import { SCHEMA_STEPS } from './schema.ts';

const TERMS: SqliteTerms = {
  code: (trouble) => `index.${trouble}`,
  what: 'the index',
  meanwhile: 'the library and the landing keep what they hold',
  mend: 'put a backup in its place, or move it away to begin an empty one (the library keeps its media)',
};

/** @throws {ConfigError} `index.damaged` and `index.newer`, as `openKeptDatabase`. */
export const openDatabase = (file: string): Sqlite =>
  openKeptDatabase(file, { terms: TERMS, steps: SCHEMA_STEPS, code: (what) => `index.${what}` });
