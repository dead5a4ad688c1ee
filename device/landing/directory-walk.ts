/** Lists a folder the way S3 lists a bucket: whole keys, ascending, from any point on, without holding them all. */
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { systemCode } from '../core/errors.ts';
import { DRAFT_SUFFIX } from './key.ts';

export interface Walk extends Span {
  /** Told of each folder below the root that cannot be read, as keys in it begin: `yard/2026/`. It is passed over. */
  readonly onUnreadable: (prefix: string) => void;
}

export interface Span {
  /** Only keys that begin so. */
  readonly prefix: string;
  /** Only keys behind this one; `''` for all. */
  readonly after: string;
}

/**
 * Keys of the regular files below `root`. Hidden names, drafts and symbolic links are passed over; folders that vanish,
 * too.
 * @throws {Error} The system's error when `root` itself cannot be read.
 */
export function keysBelow(root: string, walk: Walk): AsyncGenerator<string, void> {
  return keysIn(root, '', walk);
}

async function* keysIn(root: string, folder: string, walk: Walk): AsyncGenerator<string, void> {
  for (const key of await orderedKeys(root, folder, walk)) {
    if (key.endsWith('/')) {
      if (mayHold(key, walk)) yield* keysIn(root, key, walk);
    } else if (key > walk.after && key.startsWith(walk.prefix)) {
      yield key;
    }
  }
}

/** Folders carry their slash while sorting: `a-b` comes before `a/b`, as it does among whole keys. */
async function orderedKeys(root: string, folder: string, { onUnreadable }: Walk): Promise<readonly string[]> {
  const entries = await entriesOf(path.join(root, folder)).catch((error: unknown) => {
    if (folder === '' || systemCode(error) === undefined) throw error;
    onUnreadable(folder);
    return [];
  });
  return entries
    .filter((entry) => isVisible(entry))
    .map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`)
    .sort((a, b) => (a < b ? -1 : 1));
}

const isVisible = (entry: Dirent): boolean =>
  (entry.isFile() || entry.isDirectory()) && !entry.name.startsWith('.') && !entry.name.endsWith(DRAFT_SUFFIX);

const mayHold = (folder: string, { prefix, after }: Span): boolean =>
  (folder > after || after.startsWith(folder)) && (folder.startsWith(prefix) || prefix.startsWith(folder));

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}
