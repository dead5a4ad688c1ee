/** What SQLite refused, in words that say what to do: the one place where its result codes are read. */
import { BugError, DeviceError } from '../core/errors.ts';

export type SqliteTrouble = 'busy' | 'read-only' | 'disk-error' | 'corrupt' | 'disk-full' | 'cannot-open';

/** How a room speaks of its database. */
export interface SqliteTerms {
  /** The stable code of a trouble, such as `archive.busy`; `sql` is a statement that SQLite refused: ours to mend. */
  readonly code: (trouble: SqliteTrouble | 'sql') => string;
  /** What it is, with its article: `the catalogue`. */
  readonly what: string;
  /** What is safe although it cannot be used, or what waits until it can. */
  readonly meanwhile: string;
  /** What mends a damaged one. */
  readonly mend: string;
}

/** By SQLite's primary result code (https://www.sqlite.org/rescode.html). */
const TROUBLES: Readonly<Record<number, SqliteTrouble>> = {
  5: 'busy', 6: 'busy', 15: 'busy', 8: 'read-only', 10: 'disk-error', 11: 'corrupt', 26: 'corrupt', 13: 'disk-full',
  3: 'cannot-open', 14: 'cannot-open',
};

const ADVICE: Readonly<Record<SqliteTrouble, (terms: SqliteTerms) => string>> = {
  'busy': ({ what }) => `another program holds ${what}; see which one uses the file, and stop it`,
  'read-only': ({ what, meanwhile }) =>
    `${what} may not be written to: the disk or the file is read-only; make it writable; ${meanwhile}`,
  'disk-error': ({ meanwhile }) =>
    `the disk reports an error: it may be failing or unplugged; see what dmesg says; ${meanwhile}`,
  'corrupt': ({ what, mend }) => `${what} is damaged; ${mend}`,
  'disk-full': ({ meanwhile }) => `the disk is full; free some space; ${meanwhile}`,
  'cannot-open': ({ what }) => `${what} cannot be opened; see that the folder is there and may be written to: `
    + 'a failing disk often turns itself read-only, and dmesg says so',
};

/** Extended codes that mean something else than their primary one: 4874 is no room for what users of a WAL share. */
const FINER_TROUBLES: Readonly<Record<number, SqliteTrouble>> = { 4874: 'disk-full' };

/** A database in which SQLite itself sees no fault until somebody looks. */
class Damaged extends Error {}

/**
 * @returns `cause` of an operation on the database in `file` as an error of ours: a
 * DeviceError that keeps it as its cause,
 *   or a BugError when the SQL itself was at fault. What is not of SQLite is returned as it is.
 */
export function sqliteFault(cause: unknown, file: string, terms: SqliteTerms): Error {
  const trouble = troubleOf(cause);
  if (trouble !== undefined)
    return new DeviceError(terms.code(trouble), `${file}: ${ADVICE[trouble](terms)}`, { cause });
  if (resultCode(cause) !== undefined) {
    return new BugError(terms.code('sql'), `${file}: ${terms.what} refused a statement`, { cause });
  }
  return cause instanceof Error ? cause : new BugError(terms.code('sql'), `${file}: ${String(cause)}`);
}

/** The error of a database that is unsound for a reason which SQLite does not know: `isCorrupt` is true of it. */
export const damagedFault = (why: string, file: string, terms: SqliteTerms, options?: ErrorOptions): Error =>
  sqliteFault(new Damaged(why, options), file, terms);

/** True for what only making the database anew can mend, also where it is the cause of another error. */
export function isCorrupt(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return troubleOf(error) === 'corrupt' || isCorrupt(error.cause);
}

function troubleOf(error: unknown): SqliteTrouble | undefined {
  if (error instanceof Damaged) return 'corrupt';
  const result = resultCode(error);
  return result === undefined ? undefined : FINER_TROUBLES[result] ?? TROUBLES[result & 0xff];
}

/** SQLite's extended result code, where `error` is of SQLite. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode : undefined;
}
