/**
 * What the fleet makes and finds of an event that its device did not: a thumbnail, a preview, faces. The event is sound
 * already: what fails here is noted, and holds nothing up for longer than a few seconds.
 */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isContinuous, type EventFace, type MediaFile, type TytoEvent } from '../../device/contract/event.ts';
import { FINDINGS_FOLDER, type FleetFindings } from '../../device/contract/fleet-findings.ts';
import { ofEventName, type MediaExtension } from '../../device/contract/names.ts';
import { describeError } from '../../device/core/errors.ts';
import { millis, seconds, type Millis } from '../../device/core/units.ts';
import { KeyPictures } from '../../device/media/key-pictures.ts';
import { previewOf } from '../../device/media/preview.ts';
import { walkClip } from '../../device/media/walk-clip.ts';
import type { ExpectedFile, FileRole } from './decide.ts';
import type { FaceLooker } from './ports.ts';

/** A file that was made, to be put into the library. */
export interface MadeFile { readonly key: string; readonly file: string }
export interface FoundOut { readonly findings: FleetFindings; readonly made: readonly MadeFile[] }

export interface Material {
  readonly event: TytoEvent;
  /** Those that are new, in the clear. */
  readonly files: readonly (Pick<ExpectedFile, 'role'> & { readonly file: string })[];
  /** The picture in small, where it was made while it was decoded. */
  readonly thumbnail: Uint8Array | undefined;
  /** Of the event in the library. */
  readonly eventFolder: string;
}

export interface FindingTools {
  readonly faces: FaceLooker | undefined;
  /** For what is made. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Longest time that all of it may take. */
  readonly within?: Millis;
}

const WITHIN = seconds(10);

/** @throws {unknown} `signal.reason`, or an AbortError, when `signal` aborts; nothing else. */
export async function findOut(
  material: Material, { faces: looker, folder, signal, within = WITHIN }: FindingTools,
): Promise<FoundOut> {
  const { event, eventFolder, thumbnail: small } = material;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(within)]);
  const fileOf = (role: FileRole): string | undefined => material.files.find((one) => one.role === role)?.file;
  const made: MadeFile[] = [];
  const failed: string[] = [];
  const part = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      limit.throwIfAborted();
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      failed.push(`${what}: ${limit.aborted ? `not done within ${within / 1000} s` : describeError(error)}`);
      return undefined;
    }
  };
  const keep = async (data: Uint8Array, extension: Exclude<MediaExtension, 'mp4'>): Promise<MediaFile> => {
    const name = ofEventName(event, extension);
    const file = path.join(folder, `made.${extension}`);
    await writeFile(file, data, { flush: true, mode: 0o600 });
    made.push({ key: eventFolder + FINDINGS_FOLDER + name, file });
    return { name, bytes: data.byteLength, sha256: createHash('sha256').update(data).digest('hex') };
  };
  const thumbnail = small && await part('no thumbnail', () => keep(small, 'thumb.jpg'));
  const clip = event.preview === undefined && !isContinuous(event) ? fileOf('clip') : undefined;
  const preview = clip && await part('no preview', async () => {
    const data = await previewOfClip(clip, limit);
    return data && keep(data, 'preview.mp4');
  });
  const picture = event.faces.length === 0 ? fileOf('picture') : undefined;
  const faces = picture && looker
    && await part('no faces were looked for', () => facesIn(picture, event, looker, limit));
  return {
    made,
    findings: {
      ...(thumbnail && { thumbnail }), ...(preview && { preview }),
      ...(faces && { faces }), ...(failed.length > 0 && { failed: failed.join('; ') }),
    },
  };
}

/** Undefined of a clip of less than two keyframes: they show nothing that its picture does not. */
async function previewOfClip(file: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
  let pictures: KeyPictures | undefined;
  for await (const part of walkClip(file)) {
    signal.throwIfAborted();
    if (part.type === 'init') pictures = new KeyPictures(part.init);
    if (part.type === 'fragment') pictures?.take(part.fragment);
  }
  const clip = pictures?.clip(millis(0), millis(Number.MAX_SAFE_INTEGER));
  // A worker waits for it: at a low priority a busy machine would have it wait for nothing but this.
  return clip && previewOf(clip, { signal, isSecret: false, lowPriority: false });
}

async function facesIn(
  file: string, event: TytoEvent, looker: FaceLooker, signal: AbortSignal,
): Promise<readonly EventFace[]> {
  const faces = await looker.look(await readFile(file), signal);
  return faces.map((face) => ({ ...face, time: event.frame_time }));
}
