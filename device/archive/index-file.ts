/** Brings one file on the disk into the catalogue. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isEncrypted } from '../contract/encrypted-box.ts';
import type { ClipFile, MediaFile } from '../contract/event.ts';
import { dayOfMediaFile, parseSegmentFileName } from '../contract/media-path.ts';
import { fourCharacters } from '../contract/mp4-boxes.ts';
import { parseMediaFileName, type MediaName } from '../contract/names.ts';
import type { Size } from '../core/geometry.ts';
import { inSeconds, millis, type Millis } from '../core/units.ts';
import type { Archive } from './archive.ts';
import { eventFromName, withClip, withPicture, type PictureExtension } from './recovered-event.ts';

/** What became of a clip's file: sound as it now is, or out of the way because nothing in it can be played. */
export type Recovered =
  | {
    readonly playable: true; readonly bytes: number; readonly sha256: string; readonly duration: Millis;
    readonly codec: string; readonly size: Size; readonly encrypted: boolean; readonly cutBytes: number;
    /** Where a copy of what was cut off is, when whole fragments may be in it. */
    readonly savedTail: string | undefined;
  }
  | { readonly playable: false; readonly reason: string; readonly movedTo: string };

/** Makes a clip's file sound. @throws {DeviceError} When the disk refuses; the file is then as it was. */
export type Recover = (file: string) => Promise<Recovered>;

export interface Shelf { readonly archive: Archive; readonly mediaFolder: string; readonly recover: Recover }

/**
 * Recovers the clip `name` and notes it as recovered, or as lost when nothing in it can be played. Its event, if it has
 * one, gets the clip; an event that is not known is made from the name, open until all of its files are indexed.
 *
 * @throws {DeviceError} When the disk refuses.
 */
export async function indexClip({ archive, mediaFolder, recover }: Shelf, name: string): Promise<Recovered> {
  const wasWriting = archive.view.recording(name)?.state === 'writing';
  const found = await recover(pathOf(mediaFolder, name));
  const segment = parseSegmentFileName(name);
  const ofEvent = parseMediaFileName(name);
  const whose = segment ?? ofEvent;
  if (whose === undefined) return found;
  const recording = {
    name, class: segment?.kind ?? 'event' as const, camera: whose.camera,
    eventId: ofEvent?.eventId ?? null, startedAt: whose.at,
  };
  archive.transaction(() => {
    if (!found.playable) {
      archive.openRecording(recording);
      return archive.markLost(name, `${found.reason}; moved to ${path.relative(mediaFolder, found.movedTo)}`);
    }
    const clip: ClipFile = {
      name, bytes: found.bytes, sha256: found.sha256,
      start_time: inSeconds(whose.at), duration: inSeconds(millis(Math.round(found.duration))),
      codec: found.codec, ...found.size,
      ...(found.encrypted ? { encrypted: true } : {}),
    };
    const why = wasWriting ? 'its writing was interrupted' : 'it was not in the catalogue';
    archive.putRecovered(recording, clip, `${why}${cutOf(found, mediaFolder)}`);
    if (ofEvent !== undefined) giveClip(archive, ofEvent, clip);
  });
  return found;
}

/**
 * Notes the picture or preview `name` with its event, as `indexClip`. @returns False when it
 * is none, in the clear or encrypted.
 */
export async function indexPicture({ archive, mediaFolder }: Shelf, name: string): Promise<boolean> {
  const whose = parseMediaFileName(name);
  const data = await readFile(pathOf(mediaFolder, name));
  const encrypted = isEncrypted(data);
  if (whose === undefined || whose.extension === 'mp4' || (!encrypted && !beginsAs(whose.extension, data)))
    return false;
  const picture: MediaFile = {
    name, bytes: data.byteLength, sha256: createHash('sha256').update(data).digest('hex'),
    ...(encrypted ? { encrypted: true } : {}),
  };
  const known = archive.view.get(whose.eventId) ?? eventFromName(whose);
  const after = withPicture(known, whose.extension, picture);
  if (after !== known) archive.putEvent(after); // or it has a later one under another name
  return true;
}

const beginsAs = (extension: PictureExtension, data: Uint8Array): boolean =>
  (extension === 'preview.mp4' ? fourCharacters(data, 4) === 'ftyp' : data[0] === 0xff && data[1] === 0xd8);

export const pathOf = (mediaFolder: string, name: string): string =>
  path.join(mediaFolder, dayOfMediaFile(name) ?? '', name);

function cutOf({ cutBytes, savedTail }: Recovered & { readonly playable: true }, mediaFolder: string): string {
  if (cutBytes === 0) return '';
  const kept = savedTail === undefined ? '' : `; a copy of them is ${path.relative(mediaFolder, savedTail)}`;
  return `; ${cutBytes} bytes of a torn end were cut off${kept}`;
}

function giveClip(archive: Archive, name: MediaName, clip: ClipFile): void {
  const event = archive.view.get(name.eventId) ?? eventFromName(name);
  if (event.clip === null || event.clip.name === clip.name) archive.putEvent(withClip(event, clip));
}
