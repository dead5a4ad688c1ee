/** Brings one file on the disk into the catalogue. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isEncrypted } from '../contract/encrypted-box.ts';
import type { ClipFile, MediaFile } from '../contract/event.ts';
import { dayOfMediaFile, parseSegmentFileName } from '../contract/media-path.ts';
import { parseMediaFileName, type MediaName } from '../contract/names.ts';
import type { Size } from '../core/geometry.ts';
import { inSeconds, millis, type Millis } from '../core/units.ts';
import type { Archive } from './archive.ts';
import { eventFromName, withClip, withSnapshot } from './recovered-event.ts';

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
 * Recovers the clip `name` and notes it as recovered, or as lost when nothing in it can be played. Its event, if it has one,
 * gets the clip; an event that is not known is made from the name, open until all of its files are indexed.
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
    name, class: ofEvent === undefined ? 'continuous' as const : 'event' as const, camera: whose.camera,
    eventId: ofEvent?.eventId ?? null, startedAt: whose.at,
  };
  archive.transaction(() => {
    if (!found.playable) {
      archive.openRecording(recording);
      return archive.markLost(name, `${found.reason}; moved to ${path.relative(mediaFolder, found.movedTo)}`);
    }
    const clip: ClipFile = {
      name, bytes: found.bytes, sha256: found.sha256,
      start_time: inSeconds(whose.at), duration: inSeconds(millis(Math.round(found.duration))), codec: found.codec, ...found.size,
      ...(found.encrypted ? { encrypted: true } : {}),
    };
    const why = wasWriting ? 'its writing was interrupted' : 'it was not in the catalogue';
    archive.putRecovered(recording, clip, `${why}${cutOf(found, mediaFolder)}`);
    if (ofEvent !== undefined) giveClip(archive, ofEvent, clip);
  });
  return found;
}

/** Notes the picture `name` with its event, as `indexClip`. @returns False when it is no JPEG, in the clear or encrypted. */
export async function indexPicture({ archive, mediaFolder }: Shelf, name: string): Promise<boolean> {
  const whose = parseMediaFileName(name);
  const jpeg = await readFile(pathOf(mediaFolder, name));
  const encrypted = isEncrypted(jpeg);
  if (whose === undefined || (!encrypted && (jpeg[0] !== 0xff || jpeg[1] !== 0xd8))) return false;
  const picture: MediaFile = {
    name, bytes: jpeg.byteLength, sha256: createHash('sha256').update(jpeg).digest('hex'), ...(encrypted ? { encrypted: true } : {}),
  };
  const known = archive.view.get(whose.eventId);
  if (known?.snapshot != null) return true; // it has a later one under another name
  archive.putEvent(withSnapshot(known ?? eventFromName(whose), picture));
  return true;
}

export const pathOf = (mediaFolder: string, name: string): string => path.join(mediaFolder, dayOfMediaFile(name) ?? '', name);

function cutOf({ cutBytes, savedTail }: Recovered & { readonly playable: true }, mediaFolder: string): string {
  if (cutBytes === 0) return '';
  const kept = savedTail === undefined ? '' : `; a copy of them is ${path.relative(mediaFolder, savedTail)}`;
  return `; ${cutBytes} bytes of a torn end were cut off${kept}`;
}

function giveClip(archive: Archive, name: MediaName, clip: ClipFile): void {
  const event = archive.view.get(name.eventId) ?? eventFromName(name);
  if (event.clip === null || event.clip.name === clip.name) archive.putEvent(withClip(event, clip));
}
