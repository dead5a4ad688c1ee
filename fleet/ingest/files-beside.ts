import { EVENT_ID_PATTERN } from '../../device/contract/event.ts';
import { parseMediaFileName } from '../../device/contract/names.ts';
import type { LandingReader } from '../../device/landing/port.ts';
import { folderOf, nameOf } from './landing-key.ts';

/**
 * The files that belong to a manifest which cannot be believed: those beside it that carry its id.
 * @param manifest - Its key.
 */
export async function filesBeside(
  manifest: string, landing: LandingReader, signal: AbortSignal,
): Promise<readonly { readonly key: string }[]> {
  const id = nameOf(manifest).replace(/\.json$/, '');
  if (!EVENT_ID_PATTERN.test(id)) return [];
  const found: { readonly key: string }[] = [];
  let cursor: string | undefined;
  do {
    const page = await landing.list(folderOf(manifest), cursor, signal);
    const here = page.entries.filter(
      ({ key }) => folderOf(key) === folderOf(manifest) && parseMediaFileName(nameOf(key))?.eventId === id,
    );
    found.push(...here.map(({ key }) => ({ key })));
    cursor = page.next;
  } while (cursor !== undefined);
  return found;
}
