/**
 * Which days' folders are to be compared with the catalogue: those that have changed since
 * they were last found in step with it.
 */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { dayOfMediaFile } from '../contract/media-path.ts';
import { systemCode } from '../core/errors.ts';
import type { Archive } from './archive.ts';

export interface DaysToCompare {
  /** Before the first recording, newest first. */
  readonly now: readonly string[];
  /** Beside the recording, newest first. */
  readonly later: readonly string[];
}

/** As many changed days are compared before the first recording: a crash seldom leaves more than one. */
const MOST_NOW = 3;
/** A folder that changed this recently may change again without its time telling. */
const SETTLED_AFTER = 10_000;

/** @param onDisk - Days that have a folder. */
export async function changedDays(
  { archive, mediaFolder }: { readonly archive: Archive; readonly mediaFolder: string }, onDisk: readonly string[],
): Promise<DaysToCompare> {
  const known = archive.comparedDays();
  const changed: string[] = [];
  for (const day of new Set([...onDisk, ...archive.mediaDays()])) {
    const stamp = await stampOf(mediaFolder, day);
    if (stamp === undefined || stamp !== known.get(day)) changed.push(day);
  }
  const ofOpenEvents = new Set(archive.openEvents().flatMap(({ id }) => archive.recordingsOf(id)).map(dayOfMediaFile));
  const newestFirst = changed.sort((a, b) => (a < b ? 1 : -1));
  const now = newestFirst.filter((day, index) => index < MOST_NOW || ofOpenEvents.has(day));
  return { now, later: newestFirst.filter((day) => !now.includes(day)) };
}

/**
 * Another one whenever a name was added to or removed from the day's folder; undefined when there is no folder, or when
 * it changed so lately that its time may not tell the next change.
 */
export async function stampOf(mediaFolder: string, day: string): Promise<string | undefined> {
  try {
    const { ino, mtimeNs } = await stat(path.join(mediaFolder, day), { bigint: true });
    return Date.now() - Number(mtimeNs / 1_000_000n) > SETTLED_AFTER ? `${ino} ${mtimeNs}` : undefined;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
