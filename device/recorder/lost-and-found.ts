/** Where goes what cannot be played: nothing is deleted for being damaged, only, before all else, for want of room. */
import { createReadStream, createWriteStream } from 'node:fs';
import { access, open, rename } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { LOST_AND_FOUND } from '../contract/media-path.ts';
import { makeFolder } from '../durable/make-folder.ts';
import { syncFolder, writeFileDurably } from '../durable/write-file.ts';

/** Moves `file` to the folder for what is lost, with `reason` in a text file beside it. @returns Where it is now. */
export async function moveToLostAndFound(mediaFolder: string, file: string, reason: string): Promise<string> {
  const place = await freePlace(mediaFolder, path.basename(file));
  await rename(file, place);
  await syncFolder(path.dirname(place));
  await syncFolder(path.dirname(file));
  await writeFileDurably(`${place}.reason.txt`, `${reason}\n`).catch(() => {}); // a full disk must not stop the move
  return place;
}

/** Copies `file` from byte `from` on to the folder for what is lost. @returns Where the copy is. */
export async function copyTailToLostAndFound(mediaFolder: string, file: string, from: number): Promise<string> {
  const place = await freePlace(mediaFolder, `${path.basename(file)}.from-${from}`);
  await pipeline(createReadStream(file, { start: from }), createWriteStream(place, { flags: 'wx', mode: 0o600 }));
  await using copy = await open(place, 'r');
  await copy.sync();
  await syncFolder(path.dirname(place));
  return place;
}

async function freePlace(mediaFolder: string, name: string): Promise<string> {
  const folder = path.join(mediaFolder, LOST_AND_FOUND);
  await makeFolder(folder);
  for (let count = 0; ; count++) {
    const place = path.join(folder, count === 0 ? name : `${name}.${count}`);
    const isTaken = await access(place).then(() => true, () => false);
    if (!isTaken) return place;
  }
}
