import type { IngestParts, Landed, RejectionRecord } from './ports.ts';
import { manifestKeyBeside } from './landing-key.ts';
import { moveToQuarantine } from './quarantine.ts';
import { reason } from './reason.ts';

/**
 * Moves a file whose manifest did not come to the quarantine. Should the manifest come after all, the file is found
 * there.
 *
 * @param landed - The file; older than orphans may become.
 * @returns Undefined when it is none (any more).
 */
export async function ingestOrphan(
  landed: Landed,
  folder: string,
  parts: IngestParts,
  signal: AbortSignal,
): Promise<RejectionRecord | undefined> {
  const manifest = manifestKeyBeside(landed.key);
  if (manifest !== undefined && (await isThere(manifest, parts, signal))) return undefined;
  if (!(await isThere(landed.key, parts, signal))) return undefined;
  const why =
    manifest === undefined
      ? "its name is none of an event's file, so that no manifest can speak of it"
      : 'no manifest came that speaks of it';
  return moveToQuarantine(
    {
      landed,
      reason: reason('file.no-manifest', why),
      culprits: [{ key: landed.key }],
      delivery: String(landed.modifiedAt),
    },
    folder,
    parts,
    signal,
  );
}

async function isThere(key: string, { landing }: IngestParts, signal: AbortSignal): Promise<boolean> {
  const object = await landing.open(key, signal);
  object?.body.destroy();
  return object !== undefined;
}
