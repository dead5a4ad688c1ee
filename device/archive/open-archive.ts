/**
 * Opens the catalogue, or, when it is damaged, puts it aside and begins a new one: a camera must record whatever
 * happens.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { BugError, describeError, DeviceError, TytoError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { mebibytes, type Millis } from '../core/units.ts';
import { makeFolderSync } from '../durable/make-folder.ts';
import { openOrBeginAnew } from '../durable/put-aside.ts';
import { Sqlite } from '../durable/sqlite.ts';
import { writing } from './archive-file.ts';
import { Archive, suspectMark } from './archive.ts';
import { migrate } from './schema.ts';

/**
 * A larger catalogue is not read through at every start, but only after damage was found in
 * it: that takes long on a slow card.
 */
const CHECKED_UP_TO = mebibytes(64);

/**
 * A damaged catalogue is kept beside it, which is logged; `bootScan` then makes its rows anew from the files.
 *
 * @param file - `archive.db` in the data folder; made, folder included, if it is not there.
 * @param now - Wall clock, for the name of a damaged catalogue.
 * @throws {DeviceError} When the disk does not let it be opened.
 */
export function openArchive(file: string, now: Millis, log: Log): Archive {
  try {
    makeFolderSync(path.dirname(file));
    const db = openOrBeginAnew(file, now, () => openSound(file), ({ place, why }) => {
      rmSync(suspectMark(file), { force: true });
      log.error(
        `the catalogue was damaged; it is made anew from the recorded files, and the damaged one is kept as ${place}`,
        { why: describeError(why) },
      );
    });
    return new Archive(db, log);
  } catch (error) {
    if (error instanceof TytoError) throw error;
    throw new DeviceError('archive.cannot-open',
      `${file}: the catalogue cannot be opened; see that its folder can be made and that the user that runs Tyto may write to it`,
      { cause: error });
  }
}

function openSound(file: string): Sqlite {
  const db = Sqlite.openWriter(file, writing);
  try {
    if (isToBeChecked(file)) db.check();
    migrate(db, randomUUID);
    db.get('SELECT id FROM events ORDER BY id DESC LIMIT 1');
    db.get('SELECT name FROM recordings ORDER BY name DESC LIMIT 1');
    db.overwriteFreed();
    rmSync(suspectMark(file), { force: true });
    return db;
  } catch (error) {
    db[Symbol.dispose]();
    throw error instanceof BugError
      ? db.damaged('it is some other database, or its tables are damaged', { cause: error })
      : error;
  }
}

const isToBeChecked = (file: string): boolean => existsSync(suspectMark(file)) || statSync(file).size <= CHECKED_UP_TO;
