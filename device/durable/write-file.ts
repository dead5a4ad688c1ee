/** Files that survive a power cut: written beside, made durable, then put in place in one step. */
import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * Puts `data` at `file` whole or not at all, durable when it resolves. Mode 0600 unless told otherwise.
 * @throws {Error} The system's error (`ENOSPC`, `EACCES`); the old file is then untouched and nothing is left beside it.
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

/** Makes names that were added to or removed from `folder` durable. */
export async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r');
  await handle.sync();
}
