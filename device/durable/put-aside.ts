/** A damaged database is never thrown away: it is put aside, and a new one begun in its place. */
import { existsSync, renameSync } from 'node:fs';
import { compactTime } from '../contract/names.ts';
import type { Millis } from '../core/units.ts';
import { isCorrupt } from './sqlite-fault.ts';

export interface PutAside {
  /** Where the damaged one is now. */
  readonly place: string;
  readonly why: unknown;
}

/**
 * What `open` makes of `file`. When it finds the file damaged, that is put aside as
 * `<file>.broken-<time>`, and `open` is asked once more.
 *
 * @param now - Wall clock.
 * @param onPutAside - Told before the new one is begun.
 * @throws {unknown} What `open` throws, unless `isCorrupt`; the system's error when the file cannot be put aside.
 */
export function openOrBeginAnew<T>(
  file: string, now: Millis, open: () => T, onPutAside: (event: PutAside) => void,
): T {
  try {
    return open();
  } catch (why) {
    if (!isCorrupt(why)) throw why;
    onPutAside({ place: putAside(file, now), why });
    return open();
  }
}

/** Its log, which may hold its last commits, goes first: one that stayed would be taken for that of the new file. */
function putAside(file: string, now: Millis): string {
  const place = `${file}.broken-${compactTime(now)}`;
  for (const part of ['-wal', '-shm', '']) {
    if (existsSync(`${file}${part}`)) renameSync(`${file}${part}`, `${place}${part}`);
  }
  return place;
}
