import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { TytoEvent } from '../../device/contract/event.ts';
import { MANIFEST_VERSION, type HeldFile, type Manifest } from '../../device/contract/manifest.ts';
import { PRODUCER } from '../../device/contract/version.ts';

/** What the library keeps of an event beside its files, where several deliveries tell of it together. */
interface Filed {
  readonly event: TytoEvent;
  /** What the device did not send. */
  readonly held: readonly HeldFile[];
}

/** Writes it as a manifest into `folder`. @returns Where. */
export async function filedManifest({ event, held }: Filed, folder: string): Promise<string> {
  const manifest: Manifest = {
    version: MANIFEST_VERSION, event, producer: PRODUCER, ...(held.length === 0 ? {} : { held }),
  };
  const file = path.join(folder, 'filed-manifest');
  await writeFile(file, JSON.stringify(manifest), { flush: true, mode: 0o600 });
  return file;
}
