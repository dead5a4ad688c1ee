/**
 * What is kept only because it may be of use to somebody: what could not be played, and databases that were damaged.
 */
import { statSync, type Stats } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { LOST_AND_FOUND, parseSegmentFileName } from '../../contract/media-path.ts';
import { parseMediaFileName } from '../../contract/names.ts';
import { systemCode } from '../../core/errors.ts';
import { takenOnDisk } from './taken-on-disk.ts';

export interface Leftovers { readonly mediaFolder: string; /** Where databases lie. */ readonly dataFolder: string }

/**
 * Deletes the oldest of what is ours until `bytes` are free or none is left. What has another
 * name stays: it would free nothing.
 * @param onRefused - Told what the disk does not let be read or deleted: that holds up nothing,
 * for recordings can still make room.
 * @returns What was freed.
 */
export async function deleteLeftovers(
  { mediaFolder, dataFolder }: Leftovers, bytes: number, onRefused: (error: unknown) => void,
): Promise<number> {
  const files = (await Promise.all([
    namesIn(path.join(mediaFolder, LOST_AND_FOUND), isOfRecorder, onRefused),
    namesIn(dataFolder, (name) => /\.db\.broken-[0-9TZ.]+(?:-wal|-shm)?$/.test(name), onRefused),
  ])).flat();
  const oldestFirst = files.flatMap((file) => {
    const facts = factsOf(file, onRefused);
    return facts?.isFile() === true && facts.nlink === 1
      ? [{ file, at: facts.mtimeMs, bytes: takenOnDisk(facts) }]
      : [];
  }).toSorted((a, b) => a.at - b.at);
  let freed = 0;
  for (const { file, bytes: size } of oldestFirst) {
    if (freed >= bytes) break;
    try {
      await rm(file, { force: true });
      freed += size;
    } catch (error) {
      onRefused(error);
    }
  }
  return freed;
}

/**
 * Whether the recorder puts files aside by such a name: a recording's, of a part or a
 * further one of it, or of the reason.
 */
function isOfRecorder(name: string): boolean {
  const recorded = name.replace(/(?:\.from-\d+)?(?:\.\d+)?(?:\.reason\.txt)?$/, '');
  return parseMediaFileName(recorded) !== undefined || parseSegmentFileName(recorded) !== undefined;
}

async function namesIn(folder: string, isOurs: (
  name: string,
) => boolean, onRefused: (error: unknown) => void): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter(isOurs).map((name) => path.join(folder, name));
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') onRefused(error);
    return [];
  }
}

function factsOf(file: string, onRefused: (error: unknown) => void): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch (error) {
    onRefused(error);
    return undefined;
  }
}
