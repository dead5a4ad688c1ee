/** Uploads as a device lays them down, and the ways in which they can be wrong. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { TytoEvent } from '../../device/contract/event.ts';
import { MANIFEST_VERSION, type Manifest } from '../../device/contract/manifest.ts';
import { eventFolder, eventId, manifestKey, mediaFileName, type MediaExtension } from '../../device/contract/names.ts';
import { PRODUCER } from '../../device/contract/version.ts';
import { millis } from '../../device/core/units.ts';
import { clipFacts, fileFacts, type Footage } from './footage.ts';

export interface Upload {
  readonly event: TytoEvent;
  /** By key, in the order in which a device puts them: the manifest last. */
  readonly objects: ReadonlyMap<string, Uint8Array>;
}

export interface UploadPlan {
  readonly device?: string;
  /** Wall clock of the event's start. */
  readonly at: number;
  /** In [0, 1): tells events of the same moment apart. */
  readonly random?: number;
  /** What the clip is said to be, where its bytes are none. */
  readonly facts?: ReturnType<typeof clipFacts>;
}

export interface SmallFootage { readonly thumbnail: Buffer; readonly preview: Buffer }

/** A sound upload of `footage`; without a clip or picture, of an event that has none. */
export function uploadOf(
  footage: Partial<Footage & SmallFootage>, { device = 'yard', at, random = 0.25, facts }: UploadPlan,
): Upload {
  const id = eventId(millis(at), random);
  const name = (extension: MediaExtension): string =>
    mediaFileName({ at: millis(at), device, camera: 'camera', eventId: id, extension });
  const { clip, picture, thumbnail, preview } = footage;
  const event: TytoEvent = {
    id,
    device,
    camera: 'camera',
    kinds: ['motion'],
    label: 'motion',
    start_time: at / 1000,
    end_time: at / 1000 + 2,
    frame_time: at / 1000 + 1,
    score: 0.4,
    top_score: 0.8,
    box: [10, 10, 60, 90],
    boxes: [[0.1, 0.1, 0.2, 0.3]],
    current_zones: [],
    entered_zones: [], tracks: [], crossings: [], faces: [], objects: [],
    has_clip: clip !== undefined,
    has_snapshot: picture !== undefined,
    clock: 'synced',
    clip:
      clip === undefined
        ? null
        : { ...fileFacts(name('mp4'), clip), start_time: at / 1000, ...(facts ?? clipFacts(clip)) },
    snapshot: picture === undefined ? null : fileFacts(name('jpg'), picture),
    ...(thumbnail === undefined ? {} : { thumbnail: fileFacts(name('thumb.jpg'), thumbnail) }),
    ...(preview === undefined ? {} : { preview: fileFacts(name('preview.mp4'), preview) }),
  };
  const folder = eventFolder(event);
  const media: (readonly [string, Uint8Array])[] = [
    ...(thumbnail === undefined ? [] : [[folder + name('thumb.jpg'), thumbnail] as const]),
    ...(picture === undefined ? [] : [[folder + name('jpg'), picture] as const]),
    ...(preview === undefined ? [] : [[folder + name('preview.mp4'), preview] as const]),
    ...(clip === undefined ? [] : [[folder + name('mp4'), clip] as const]),
  ];
  return withManifest(event, media);
}

/** The same upload with another event in its manifest; `place` says where the manifest lies. */
export const withManifest = (
  event: TytoEvent,
  media: Iterable<readonly [string, Uint8Array]>,
  place = manifestKey(event),
): Upload => ({ event, objects: new Map([...media, [place, manifestOf(event)]]) });

/** @param held - What the device has, and did not send. */
export function manifestOf(event: TytoEvent, held?: Manifest['held']): Uint8Array {
  const manifest: Manifest = { version: MANIFEST_VERSION, event, producer: PRODUCER, ...(held && { held }) };
  return Buffer.from(JSON.stringify(manifest));
}

/** The objects of `upload` besides its manifest. */
export const mediaOf = ({ objects }: Upload): (readonly [string, Uint8Array])[] =>
  [...objects].filter(([key]) => !key.endsWith('.json'));

/** Lays objects down in a folder as an uploader does: each whole or not there. */
export async function land(folder: string, objects: Iterable<readonly [string, Uint8Array]>): Promise<void> {
  for (const [key, data] of objects) {
    const file = path.join(folder, key);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(`${file}.part`, data);
    await rename(`${file}.part`, file);
  }
}
