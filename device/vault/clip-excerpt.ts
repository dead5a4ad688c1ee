import { open } from 'node:fs/promises';
import { concat } from '../contract/mp4-boxes.ts';
import type { Fragment } from '../contract/mp4-fragment.ts';
import { millis, type Millis } from '../core/units.ts';
import { walkClip } from '../media/walk-clip.ts';
import { EncryptedFile, readAtOf } from './encrypted-file.ts';
import type { KeyOpener } from './wrapped-key.ts';

/**
 * The piece of an encrypted clip that shows the moment `at` of it, decrypted: for one picture,
 * without the rest of the clip in memory.
 *
 * @returns A clip in itself that begins with a keyframe, and where in it the moment is; undefined
 * when the clip does not reach so far.
 * @throws {DeviceError} As `EncryptedFile`.
 */
export async function excerptAround(
  file: string, at: Millis, keys: KeyOpener,
): Promise<{ readonly mp4: Uint8Array; readonly at: Millis } | undefined> {
  await using handle = await open(file, 'r');
  const { size } = await handle.stat();
  const encrypted = await EncryptedFile.open(readAtOf(handle), size, keys);
  let group: Fragment[] = [];
  let head: Uint8Array | undefined;
  for await (const part of walkClip(file)) {
    if (part.type === 'init') head = encrypted.openBox(part.init.data);
    if (part.type !== 'fragment') continue;
    const { fragment } = part;
    if (fragment.key && fragment.start <= at) group = [];
    group.push(fragment);
    if (fragment.start + fragment.duration > at) break;
  }
  const [first, last] = [group[0], group.at(-1)];
  if (head === undefined || first === undefined || last === undefined || last.start + last.duration <= at)
    return undefined;
  return {
    mp4: concat([head, ...group.map(({ data }) => encrypted.openBox(data))]), at: millis(Math.max(0, at - first.start)),
  };
}
