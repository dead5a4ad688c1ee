/** What is kept only because it may be of use to somebody: what could not be played, and databases that were damaged. */
import { statSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { DeviceError, systemCode } from '../../core/errors.ts';
import { CANNOT_DELETE } from '../removal.ts';

/** As the recorder calls it, in the folder of recordings. */
const LOST_AND_FOUND = 'lost+found';
/** `st_blocks` counts these. */
const BLOCK = 512;

export interface Leftovers { readonly mediaFolder: string; /** Where databases lie. */ readonly dataFolder: string }

/** Deletes the oldest until `bytes` are free or none is left. @returns What was freed. @throws {DeviceError} When one cannot be deleted. */
export async function deleteLeftovers({ mediaFolder, dataFolder }: Leftovers, bytes: number): Promise<number> {
  const lost = await namesIn(path.join(mediaFolder, LOST_AND_FOUND));
  const aside = (await namesIn(dataFolder)).filter((name) => /\.db\.broken-[0-9TZ.]+(?:-wal|-shm)?$/.test(name));
  const files = [...lost.map((name) => path.join(mediaFolder, LOST_AND_FOUND, name)), ...aside.map((name) => path.join(dataFolder, name))];
  const oldestFirst = files.flatMap((file) => {
    const facts = statSync(file, { throwIfNoEntry: false });
    return facts?.isFile() === true ? [{ file, at: facts.mtimeMs, bytes: facts.nlink === 1 ? facts.blocks * BLOCK : 0 }] : [];
  }).toSorted((a, b) => a.at - b.at);
  let freed = 0;
  for (const { file, bytes: size } of oldestFirst) {
    if (freed >= bytes) break;
    await remove(file);
    freed += size;
  }
  return freed;
}

async function remove(file: string): Promise<void> {
  try {
    await rm(file, { force: true });
  } catch (cause) {
    throw new DeviceError(CANNOT_DELETE, `${file} cannot be deleted; see that the disk works and that the user that runs Tyto may write there`, { cause });
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}
