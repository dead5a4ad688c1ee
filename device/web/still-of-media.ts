import { open } from 'node:fs/promises';
import { DeviceError } from '../core/errors.ts';
import type { Millis } from '../core/units.ts';
import { refusingLocked } from '../http/media-keys.ts';
import type { MediaOnDisk } from '../http/send-media.ts';
import { stillOf, stillOfFile } from '../media/still.ts';
import { excerptAround } from '../vault/clip-excerpt.ts';
import { beginsEncrypted, readAtOf } from '../vault/encrypted-file.ts';

/**
 * A JPEG of one moment of a recorded clip, encrypted or not.
 * @throws {HttpError} 423, 403 as `sendMedia`. @throws {DeviceError} `media.still-failed` when there is no such moment.
 */
export async function stillOfMedia(
  { path: file, keys }: Pick<MediaOnDisk, 'path' | 'keys'>, at: Millis,
): Promise<Uint8Array> {
  if (!await isEncryptedFile(file)) return await stillOfFile(file, at);
  const excerpt = await refusingLocked(keys, (opener) => excerptAround(file, at, opener));
  if (excerpt === undefined) throw new DeviceError('media.still-failed', 'the recording does not reach that moment');
  return await stillOf(excerpt.mp4, excerpt.at);
}

async function isEncryptedFile(file: string): Promise<boolean> {
  await using handle = await open(file, 'r');
  return await beginsEncrypted(readAtOf(handle));
}
