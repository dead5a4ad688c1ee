/** Brings one event to the landing: its files, then the manifest that makes them a whole. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { MediaFile, TytoEvent } from '../contract/event.ts';
import { MANIFEST_VERSION, type FileRole, type Manifest } from '../contract/manifest.ts';
import { dayOfMediaFile } from '../contract/media-path.ts';
import { eventFolder, manifestKey } from '../contract/names.ts';
import { PRODUCER } from '../contract/version.ts';
import type { Delivery, LandingWriter } from '../landing/port.ts';
import { judge, type Failure } from './failure.ts';
import { eventWith, filesToSend, manifestIsDue, type Progress } from './plan.ts';

export interface DeliveryRoute {
  readonly landing: LandingWriter;
  /** Folder of the recordings; they lie in one folder a day below it. */
  readonly mediaFolder: string;
  /** Called after each object that the landing took. */
  readonly onProgress: (progress: Progress) => void;
}

/**
 * Sends what is missing of `event`. A file that cannot go is left out, also of the manifest, and the rest goes.
 *
 * @returns Why a file was left out, the first of them; undefined when the landing has all of the event.
 * @throws {unknown} What stopped it before the manifest was there: the store failed or refused, or `signal` aborted.
 */
export async function deliverEvent(
  event: TytoEvent, from: Progress, route: DeliveryRoute, signal: AbortSignal,
): Promise<Failure | undefined> {
  let progress = from;
  let fault: Failure | undefined;
  const advance = (to: Progress): void => { progress = to; route.onProgress(to); };
  for (const { role, file } of filesToSend(event, from)) {
    try {
      await route.landing.put(eventFolder(event) + file.name, fileDelivery(route.mediaFolder, role, file), signal);
    } catch (error) {
      const failure = judge(error);
      if (signal.aborted || failure.kind !== 'unfit') throw error;
      fault ??= failure;
      continue;
    }
    advance({ ...progress, stored: [...progress.stored, role] });
  }
  if (!manifestIsDue(progress)) return fault;
  await route.landing.put(manifestKey(event), manifestDelivery(eventWith(event, progress.stored)), signal);
  advance({ ...progress, told: progress.stored });
  return fault;
}

const CONTENT_TYPE: Readonly<Record<FileRole, string>> = { thumbnail: 'image/jpeg', snapshot: 'image/jpeg', preview: 'video/mp4', clip: 'video/mp4' };

const fileDelivery = (mediaFolder: string, role: FileRole, { name, bytes, sha256 }: MediaFile): Delivery => ({
  content: { file: path.join(mediaFolder, dayOfMediaFile(name) ?? '', name) }, bytes, sha256, contentType: CONTENT_TYPE[role],
});

function manifestDelivery(event: TytoEvent): Delivery {
  const manifest: Manifest = { version: MANIFEST_VERSION, event, producer: PRODUCER };
  const data = Buffer.from(`${JSON.stringify(manifest)}\n`);
  const sha256 = createHash('sha256').update(data).digest('hex');
  return { content: { data }, bytes: data.byteLength, sha256, contentType: 'application/json' };
}
