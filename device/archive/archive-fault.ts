/** What SQLite refused, in words that say what to do: the one place where its error codes are read. */
import { BugError, DeviceError } from '../core/errors.ts';

const KEPT = 'recorded files are not touched and are indexed at the next start';

/** By SQLite's primary result code (https://www.sqlite.org/rescode.html). */
const FAULTS: Readonly<Record<number, readonly [code: string, what: string]>> = {
  5: ['archive.busy', 'another program holds the catalogue; see which one uses the file, and stop it'],
  6: ['archive.busy', 'another program holds the catalogue; see which one uses the file, and stop it'],
  8: ['archive.read-only', `the catalogue may not be written to: the disk or the file is read-only; make it writable; ${KEPT}`],
  10: ['archive.disk-error', `the disk reports an error: it may be failing or unplugged; see what dmesg says; ${KEPT}`],
  11: ['archive.corrupt', 'the catalogue is damaged; restart Tyto: it is put aside and made anew from the recorded files'],
  13: ['archive.disk-full', `the disk is full; free some space; ${KEPT}`],
  14: ['archive.cannot-open', 'the catalogue cannot be opened; see that the folder is there and may be written to'],
  26: ['archive.corrupt', 'the file is no catalogue; restart Tyto: it is put aside and made anew from the recorded files'],
};

/** @returns `cause` of an operation on the catalogue in `file` as an error of ours: a BugError when the SQL itself was at fault. */
export function archiveFault(cause: unknown, file: string): Error {
  const result = sqliteResult(cause);
  if (result === undefined) return cause instanceof Error ? cause : new BugError('archive.unknown', String(cause));
  const known = FAULTS[result & 0xff];
  return known === undefined
    ? new BugError('archive.sql', `${file}: the catalogue refused a statement`, { cause })
    : new DeviceError(known[0], `${file}: ${known[1]}`, { cause });
}

/** True for what only making the catalogue anew can mend. */
export const isCorrupt = (error: unknown): boolean => error instanceof DeviceError && error.code === 'archive.corrupt';

/** SQLite's extended result code, where `error` is of SQLite. */
function sqliteResult(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode : undefined;
}
