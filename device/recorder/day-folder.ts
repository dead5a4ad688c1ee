import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { systemCode } from '../core/errors.ts';
import { makeFolder } from '../durable/make-folder.ts';
import { syncFolder } from '../durable/write-file.ts';

/**
 * Makes the folder of a day, and the media folder around it if need be: durable when it resolves.
 * @throws {Error} The system's error; `EROFS` stays `EROFS`, which `mkdir` hides when it makes several folders at once.
 */
export async function makeDayFolder(folder: string): Promise<void> {
  const media = path.dirname(folder);
  try {
    await mkdir(folder);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return;
    if (systemCode(error) !== 'ENOENT') throw error;
    await makeFolder(media);
    await mkdir(folder);
  }
  await syncFolder(media);
}
