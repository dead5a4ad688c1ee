/** Opens the catalogue, or, when it is damaged, puts it aside and begins a new one: a camera must record whatever happens. */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { compactTime } from '../contract/names.ts';
import { BugError, describeError, DeviceError, TytoError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { mebibytes, type Millis } from '../core/units.ts';
import { archiveFault, isCorrupt } from './archive-fault.ts';
import { Archive, suspectMark } from './archive.ts';
import { Database } from './database.ts';
import { migrate } from './schema.ts';

/** A larger catalogue is not read through at every start, but only after damage was found in it: that takes long on a slow card. */
const CHECKED_UP_TO = mebibytes(64);

export interface OpenedArchive {
  readonly archive: Archive;
  /** Where the damaged catalogue was put; undefined when all was well. `bootScan` then makes its rows anew from the files. */
  readonly putAside: string | undefined;
}

/**
 * @param file - `archive.db` in the data folder; made, folder included, if it is not there.
 * @param now - Wall clock, for the name of a damaged catalogue.
 * @throws {DeviceError} When the disk does not let it be opened.
 */
export function openArchive(file: string, now: Millis, log: Log): OpenedArchive {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    return { archive: new Archive(openSound(file), log), putAside: undefined };
  } catch (error) {
    if (!isCorrupt(error)) throw asDeviceError(error, file);
    const putAside = putAsideBroken(file, now);
    log.error(`the catalogue was damaged; it is made anew from the recorded files, and the damaged one is kept as ${putAside}`,
      { why: describeError(error) });
    return { archive: new Archive(openSound(file), log), putAside };
  }
}

function openSound(file: string): Database {
  const db = Database.openWriter(file);
  try {
    const version = db.get('PRAGMA user_version');
    if (version !== undefined && isToBeChecked(file)) check(db);
    migrate(db, randomUUID);
    db.get('SELECT id FROM events ORDER BY id DESC LIMIT 1');
    db.get('SELECT name FROM recordings ORDER BY name DESC LIMIT 1');
    rmSync(suspectMark(file), { force: true });
    return db;
  } catch (error) {
    db[Symbol.dispose]();
    if (!(error instanceof BugError)) throw error;
    throw new DeviceError('archive.corrupt', `${file}: it is some other database, or its tables are damaged`, { cause: error });
  }
}

const isToBeChecked = (file: string): boolean => existsSync(suspectMark(file)) || statSync(file).size <= CHECKED_UP_TO;

function check(db: Database): void {
  const verdict = String(db.get('PRAGMA quick_check(1)')?.['quick_check']);
  if (verdict !== 'ok') throw new DeviceError('archive.corrupt', `${db.file}: the catalogue is damaged: ${verdict}`);
}

/** Moves the catalogue with its write-ahead log, which may hold its last commits. */
function putAsideBroken(file: string, now: Millis): string {
  const place = `${file}.broken-${compactTime(now)}`;
  for (const part of ['', '-wal', '-shm']) {
    if (existsSync(`${file}${part}`)) renameSync(`${file}${part}`, `${place}${part}`);
  }
  rmSync(suspectMark(file), { force: true });
  return place;
}

function asDeviceError(error: unknown, file: string): TytoError {
  const fault = archiveFault(error, file);
  if (fault instanceof TytoError) return fault;
  return new DeviceError('archive.cannot-open',
    `${file}: the catalogue cannot be opened; see that its folder can be made and that the user that runs Tyto may write to it`,
    { cause: error });
}
