/** Files that survive a power cut: written beside, made durable, then put in place in one step. */
import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { systemCode } from '../core/errors.ts';

/**
 * Puts `data` at `file` whole or not at all, durable when it resolves. Mode 0600 unless told otherwise.
 * @throws {Error} The system's error (`ENOSPC`, `EACCES`); the old file is then untouched and nothing is left beside
 * it.
 */
export async function writeFileDurably(file: string, data: string | Uint8Array, mode = 0o600): Promise<void> {
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    await using handle = await open(draft, 'wx', mode);
    await handle.writeFile(data);
    await handle.sync();
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await rename(draft, file);
  await syncFolder(path.dirname(file));
}

/**
 * Makes names that were added to or removed from `folder` durable. File systems that cannot sync a folder
 * (network shares, some in user space) say so with these codes: they keep names in their own way, and
 * nothing more can be asked of them.
 */
export async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (!CANNOT_SYNC_FOLDERS.has(systemCode(error) ?? '')) throw error;
  }
}

const CANNOT_SYNC_FOLDERS: ReadonlySet<string> = new Set(['EINVAL', 'ENOTSUP', 'ENOSYS']);
