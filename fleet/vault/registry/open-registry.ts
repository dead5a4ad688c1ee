import { openKeptDatabase } from '../../../device/durable/kept-database.ts';
import type { SqliteTerms } from '../../../device/durable/sqlite-fault.ts';
import type { Sqlite } from '../../../device/durable/sqlite.ts';
import { SCHEMA_STEPS } from './schema.ts';

const TERMS: SqliteTerms = {
  code: (trouble) => `vault.registry-${trouble}`,
  what: 'the registry of accounts and keys',
  meanwhile: 'landing and library keep what they hold',
  mend: 'put a backup in its place, or move it away and make accounts and keys anew (the library keeps its media)',
};

/**
 * Accounts and keys; the command and the server may have them open at once.
 * @throws {ConfigError} `vault.registry-damaged` and `vault.registry-newer`, as `openKeptDatabase`.
 */
export const openRegistryFile = (file: string): Sqlite =>
  openKeptDatabase(file, { terms: TERMS, steps: SCHEMA_STEPS, code: (what) => `vault.registry-${what}` });
