/** What a test sees of a folder that a program empties at the same time. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { systemCode } from '../device/core/errors.ts';

/**
 * Relative paths of the files below `folder`, sorted; none when it is not there. A folder that vanishes while this
 * looks is empty, and says nothing of those beside it: Node's own recursive listing ends with an error then.
 */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  });
  const found = await Promise.all(entries.map(async (entry) => entry.isDirectory()
    ? (await filesBelow(path.join(folder, entry.name))).map((file) => path.join(entry.name, file))
    : [entry.name]));
  return found.flat().sort();
}
