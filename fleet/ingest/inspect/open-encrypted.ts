/** Encrypted uploads: opened where a key is held, judged by what they tell without one where none is. */
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { DeviceError } from '../../../device/core/errors.ts';
import { millis } from '../../../device/core/units.ts';
import { walkClip } from '../../../device/media/walk-clip.ts';
import { beginsEncrypted, EncryptedFile, readAtOf } from '../../../device/vault/encrypted-file.ts';
import type { KeyOpener } from '../../../device/vault/wrapped-key.ts';
import type { FileRole } from '../decide.ts';
import { reason, type Reason } from '../reason.ts';
import type { ClipFacts } from './mp4-structure.ts';

export type Opened =
  /** It is not encrypted. */
  | { readonly state: 'clear' }
  /** Decrypted, in a file beside it: to be judged as any other, and removed. */
  | { readonly state: 'opened'; readonly plain: string }
  /** No key that is held here opens it. */
  | { readonly state: 'sealed' }
  | { readonly state: 'broken'; readonly reason: Reason };

/** @param file - Our copy. @throws {Error} The system's error. */
export async function openEncrypted(
  file: string, role: FileRole, keys: KeyOpener, signal: AbortSignal,
): Promise<Opened> {
  await using handle = await open(file, 'r');
  const read = readAtOf(handle);
  if (!await beginsEncrypted(read)) return { state: 'clear' };
  try {
    const encrypted = await EncryptedFile.open(read, (await handle.stat()).size, keys);
    const plain = `${file}.opened`;
    await pipeline(encrypted.plain(), createWriteStream(plain, { flags: 'wx', mode: 0o600 }), { signal });
    return { state: 'opened', plain };
  } catch (error) {
    if (error instanceof DeviceError && error.code === 'vault.no-key') return { state: 'sealed' };
    if (error instanceof DeviceError && error.code === 'vault.damaged')
      return { state: 'broken', reason: notWhole(role, error.message) };
    throw error;
  }
}

/** What a clip tells of itself in the clear, when it is unbroken and nothing besides; otherwise why not. */
export async function readSealedClip(file: string): Promise<ClipFacts | Reason> {
  let facts: Omit<ClipFacts, 'duration'> | undefined;
  let end = 0;
  for await (const part of walkClip(file)) {
    if (part.type === 'broken') return notWhole('clip', part.reason);
    if (part.type === 'init') facts = { codec: part.init.codec, size: part.init.size };
    if (part.type !== 'fragment') continue;
    if (!part.whole) return notWhole('clip', 'part of it is empty');
    end = Math.max(end, part.fragment.start + part.fragment.duration);
  }
  return facts === undefined || end === 0
    ? notWhole('clip', 'it holds no pictures')
    : { ...facts, duration: millis(end) };
}

export const notWhole = (role: FileRole, what: string): Reason =>
  reason('file.encryption', `the ${role} is encrypted, and does not hold together: ${what}`);
