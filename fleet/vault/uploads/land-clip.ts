/**
 * A clip that others than our own devices uploaded becomes what a device would have put: a picture of it, its
 * file, and a manifest beside them. From there on the same ingest judges it, which believes none of them: there
 * is no second way into the library.
 */
import { createHash } from 'node:crypto';
import { MANIFEST_VERSION, type Manifest } from '../../../device/contract/manifest.ts';
import type { TytoEvent } from '../../../device/contract/event.ts';
import { eventFolder, eventId, manifestKey, mediaFileName, ofEventName } from '../../../device/contract/names.ts';
import { PRODUCER } from '../../../device/contract/version.ts';
import { mebibytes, seconds } from '../../../device/core/units.ts';
import type { Delivery } from '../../../device/landing/port.ts';
import type { ClipFacts, ProbeClip, VaultLanding } from '../ports.ts';
import type { Arrivals } from '../registry/arrivals.ts';
import type { OwnerTeller } from '../registry/owner-teller.ts';
import type { Registry } from '../registry/registry.ts';
import type { ClipPictures } from './clip-pictures.ts';
import { putIntoLanding } from './put-into-landing.ts';
import type { ToldClip } from './told-clip.ts';

export interface ClipLanding {
  readonly landing: VaultLanding;
  readonly registry: Registry;
  readonly arrivals: Arrivals;
  readonly owners: OwnerTeller;
  readonly probe: ProbeClip;
  readonly pictures: ClipPictures;
  readonly signal: AbortSignal;
}

/** What the sender may ask for from now on. */
export interface LandedClip { readonly device: string; readonly event: string }

/** What is taken as a picture. */
const MOST_PICTURE_BYTES = mebibytes(8);

/** Of a file that is no clip: ingest finds that out before it compares, and says why. */
const NO_CLIP: ClipFacts = { codec: 'unknown', width: 1, height: 1, duration: 0 };

/**
 * Durable in the landing when it resolves. The same clip under the same name and time is the
 * same event, however often it comes.
 * @throws {HttpError} 503 `landing.unavailable`, `vault.index-unavailable`
 */
export async function landClip(
  { account, told, file, bytes, sha256 }: {
    readonly account: string;
    readonly told: ToldClip;
    readonly file: string;
    readonly bytes: number;
    readonly sha256: string;
  },
  { landing, registry, arrivals, owners, probe, pictures, signal }: ClipLanding,
): Promise<LandedClip> {
  const facts = await probe(file, signal);
  const clipped = eventOf(account, told, { bytes, sha256 }, facts ?? NO_CLIP);
  const picture = facts === undefined ? undefined : await pictures.take(file, seconds(facts.duration / 2));
  const event = picture === undefined || picture.byteLength > MOST_PICTURE_BYTES
    ? clipped
    : withPicture(clipped, picture);
  const manifest: Manifest = { version: MANIFEST_VERSION, event, producer: PRODUCER };
  const folder = eventFolder(event);
  const clipKey = `${folder}${event.clip?.name ?? ''}`;
  if (event.snapshot !== null && picture !== undefined)
    await putIntoLanding(landing, folder + event.snapshot.name, inMemory(picture, 'image/jpeg'), signal);
  await putIntoLanding(landing, clipKey, { content: { file }, bytes, sha256, contentType: 'video/mp4' }, signal);
  arrivals.expect(clipKey, account, bytes);
  arrivals.nameFile(account, told.fileName, { device: event.device, event: event.id });
  await owners.brought(event, account);
  await putIntoLanding(
    landing, manifestKey(event), inMemory(Buffer.from(JSON.stringify(manifest)), 'application/json'), signal,
  );
  registry.saw(event.device, undefined);
  return { device: event.device, event: event.id };
}

const inMemory = (data: Uint8Array, contentType: string): Delivery =>
  ({ content: { data }, bytes: data.byteLength, sha256: sha256Of(data), contentType });

/** Of its middle: what set the camera off is mostly there. */
function withPicture(event: TytoEvent, picture: Uint8Array): TytoEvent {
  const snapshot = { name: ofEventName(event, 'jpg'), bytes: picture.byteLength, sha256: sha256Of(picture) };
  return { ...event, has_snapshot: true, snapshot, frame_time: event.start_time + (event.clip?.duration ?? 0) / 2 };
}

function eventOf(
  account: string, told: ToldClip, { bytes, sha256 }: { readonly bytes: number; readonly sha256: string },
  facts: ClipFacts,
): TytoEvent {
  const { device, camera, at } = told;
  const id = eventId(seconds(at), shareOf(`${account}\n${device}\n${told.fileName}\n${sha256}`));
  const name = mediaFileName({ at: seconds(at), device, camera, eventId: id, extension: 'mp4' });
  return {
    id, device, camera, kinds: ['motion'], label: 'motion', source: told.source,
    start_time: at, end_time: at + facts.duration, frame_time: at,
    score: told.score, top_score: told.score,
    box: told.region === null ? null : [...told.region], boxes: [], current_zones: [], entered_zones: [],
    tracks: [], crossings: [], faces: [], objects: [],
    has_clip: true, has_snapshot: false, clock: 'synced',
    clip: {
      name, bytes, sha256, start_time: at,
      duration: facts.duration, codec: facts.codec, width: facts.width, height: facts.height,
    },
    snapshot: null,
  };
}

/** In [0, 1), and the same for the same text. */
const shareOf = (text: string): number => createHash('sha256').update(text).digest().readUIntBE(0, 6) / 2 ** 48;

const sha256Of = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');
