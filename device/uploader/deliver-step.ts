/**
 * Brings one step of an event to the landing: some of its files, then the manifest that names what is there by then.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { isContinuous, type TytoEvent } from '../contract/event.ts';
import { MANIFEST_VERSION, type FileRole, type Manifest } from '../contract/manifest.ts';
import { dayOfMediaFile, segmentFileName } from '../contract/media-path.ts';
import { eventFolder, manifestKey, parseMediaFileName } from '../contract/names.ts';
import { PRODUCER } from '../contract/version.ts';
import type { Checkpoint, Delivery, LandingWriter } from '../landing/port.ts';
import { isOfSource, judge, type Failure } from './failure.ts';
import { eventWith, heldOf, manifestIsDue, type EventFile, type Outlook, type Progress, type Step } from './plan.ts';

export interface Delivered extends Progress {
  readonly faulty: readonly FileRole[];
  /** SHA-256 of the manifest, when one was put just now. */
  readonly manifest: string | undefined;
}

export interface DeliveryRoute {
  readonly landing: LandingWriter;
  /** Folder of the recordings; they lie in one folder a day below it. */
  readonly mediaFolder: string;
  readonly checkpoint: (file: EventFile) => Checkpoint;
  /** Called before each object is put, with its size. */
  readonly onBegin: (bytes: number) => void;
  /** Called after each object that the landing took. */
  readonly onProgress: (delivered: Delivered) => void;
  /** Bytes of the file under way that have gone. */
  readonly onBytes: (sent: number) => void;
  readonly pace: (bytes: number) => Promise<void>;
}

/**
 * Sends the files of `step`. One that cannot go is left out, also of the manifest, and the rest goes.
 *
 * @returns How far the event has come, and why files were left out, the first of them, if any were:
 * that is the event's own fault then.
 * @throws {unknown} What stopped it before the manifest was there: the store failed or refused, or `signal` aborted.
 */
export async function deliverStep(
  item: Outlook, step: Step, route: DeliveryRoute, signal: AbortSignal,
): Promise<{ readonly delivered: Delivered; readonly fault: Failure | undefined }> {
  const { event } = item;
  let now: Delivered = { stored: item.stored, told: item.told, faulty: item.faulty, manifest: undefined };
  let failure: Failure | undefined;
  let tookSome = false;
  const advance = (change: Partial<Delivered>): void => {
    now = { ...now, ...change };
    tookSome = true;
    route.onProgress(now);
  };
  for (const each of step.files) {
    const { role, file } = each;
    route.onBegin(file.bytes);
    try {
      await route.landing.put(eventFolder(event) + file.name, fileDelivery(route.mediaFolder, event, each), signal, {
        checkpoint: route.checkpoint(each), onBytes: route.onBytes, pace: route.pace,
      });
    } catch (error) {
      const fault = judge(error);
      if (signal.aborted || fault.kind !== 'unfit') throw error;
      failure ??= fault;
      now = { ...now, faulty: [...now.faulty.filter((one) => one !== role), role] };
      continue;
    }
    advance({ stored: [...now.stored, role], faulty: now.faulty.filter((one) => one !== role) });
  }
  // What the store alone finds fault with is the event's own only when it takes other things: the
  // manifest shows it, once more if need be.
  const isProbe = failure !== undefined && !isOfSource(failure) && !tookSome;
  if (isProbe || manifestIsDue(now)) {
    const delivery = manifestDelivery(event, now);
    route.onBegin(delivery.bytes);
    await route.landing.put(manifestKey(event), delivery, signal, { pace: route.pace });
    advance({ told: now.stored, manifest: delivery.sha256 });
  }
  return { delivered: now, fault: failure };
}

const CONTENT_TYPE: Readonly<Record<FileRole, string>> = {
  thumbnail: 'image/jpeg', snapshot: 'image/jpeg', preview: 'video/mp4', clip: 'video/mp4',
};

const fileDelivery = (
  mediaFolder: string, event: TytoEvent, { role, file: { name, bytes, sha256 } }: EventFile,
): Delivery => ({
  content: { file: path.join(mediaFolder, dayOfMediaFile(name) ?? '', nameOnDisk(event, name)) }, bytes,
  sha256, contentType: CONTENT_TYPE[role],
});

/** A piece of continuous recording goes up under its event's name, and has another one here. */
function nameOnDisk(event: TytoEvent, name: string): string {
  const parsed = isContinuous(event) ? parseMediaFileName(name) : undefined;
  return parsed === undefined ? name : segmentFileName({ kind: 'continuous', ...parsed });
}

function manifestDelivery(event: TytoEvent, progress: Delivered): Delivery {
  const held = heldOf(event, progress);
  const manifest: Manifest = {
    version: MANIFEST_VERSION, event: eventWith(event, progress.stored),
    producer: PRODUCER, ...(held.length === 0 ? {} : { held }),
  };
  const data = Buffer.from(`${JSON.stringify(manifest)}\n`);
  const sha256 = createHash('sha256').update(data).digest('hex');
  return { content: { data }, bytes: data.byteLength, sha256, contentType: 'application/json' };
}
