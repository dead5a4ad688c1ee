/** Names of events, files and objects: they sort by time and say whose they are. */
import type { Millis } from '../core/units.ts';
import { EVENT_ID_PATTERN, type TytoEvent } from './event.ts';
import { NAME_PATTERN } from './name-pattern.ts';

/**
 * An event id in Frigate's form.
 *
 * @param at - Wall clock, from the epoch.
 * @param random - In `[0, 1)`, for the six characters that tell devices apart.
 */
export function eventId(at: Millis, random: number): string {
  const seconds = Math.floor(at / 1000);
  const micros = Math.floor((at - seconds * 1000) * 1000);
  const tail = Math.floor(random * 36 ** 6).toString(36).padStart(6, '0');
  return `${String(seconds).padStart(10, '0')}.${String(micros).padStart(6, '0')}-${tail}`;
}

/**
 * The id under which a piece of continuous recording goes up: the same however often it is
 * made, so that the piece is there once.
 *
 * @param file - Name of the piece, of which its tail is made (FNV-1a).
 */
export function pieceEventId(at: Millis, file: string): string {
  let hash = 0x811c9dc5;
  for (const character of file) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return eventId(at, hash / 2 ** 32);
}

/** `20261121T101530.123Z`: sorts, and needs no escaping anywhere. */
export const compactTime = (at: Millis): string => new Date(at).toISOString().replaceAll(/[-:]/g, '');

/**
 * By what a file of an event ends: its clip, its picture, the picture in small, and a few seconds that show all of it.
 */
export const MEDIA_EXTENSIONS = ['mp4', 'jpg', 'thumb.jpg', 'preview.mp4'] as const;
export type MediaExtension = (typeof MEDIA_EXTENSIONS)[number];

export interface MediaName {
  /** Wall clock of the first picture. */
  readonly at: Millis;
  readonly device: string;
  readonly camera: string;
  readonly eventId: string;
  readonly extension: MediaExtension;
}

/**
 * The name of what follows from an event and is there once: it bears the time of the event's id, so that
 * what is made anew takes its place.
 */
export function ofEventName(
  { id, device, camera }: Pick<TytoEvent, 'id' | 'device' | 'camera'>, extension: Exclude<MediaExtension, 'mp4'>,
): string {
  return mediaFileName({
    at: Math.floor(Number.parseFloat(id) * 1000) as Millis, device, camera, eventId: id, extension,
  });
}

/** `20261121T101530.123Z_<device>_<camera>_<event id>.mp4`: names hold no `_`, so the fields split again. */
export const mediaFileName = ({ at, device, camera, eventId: id, extension }: MediaName): string =>
  `${compactTime(at)}_${device}_${camera}_${id}.${extension}`;

/** What a media file's name says; undefined when it is none of ours. */
export function parseMediaFileName(file: string): MediaName | undefined {
  const found = parseRecordedName(file);
  const [, id, ending] = /^(\d+\.\d+-[a-z0-9]+)\.(.+)$/.exec(found?.rest ?? '') ?? [];
  const extension = MEDIA_EXTENSIONS.find((known) => known === ending);
  if (found === undefined || id === undefined || extension === undefined || !EVENT_ID_PATTERN.test(id))
    return undefined;
  const { at, device, camera } = found;
  return { at, device, camera, eventId: id, extension };
}

export interface RecordedName {
  /** Wall clock of the first picture. */
  readonly at: Millis;
  readonly device: string;
  readonly camera: string;
  /** What of the event it is, or that it is of none. */
  readonly rest: string;
}

/** What the names of all recorded files begin with: `20261121T101530.123Z_<device>_<camera>_<rest>`. */
export function parseRecordedName(file: string): RecordedName | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2}\.\d{3})Z_([^_]+)_([^_]+)_([^_]+)$/.exec(file);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, device = '', camera = '', rest = ''] = match;
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(at) || !NAME_PATTERN.test(device) || !NAME_PATTERN.test(camera)) return undefined;
  return { at: at as Millis, device, camera, rest };
}

/** All that a device may write to or list: the prefix its credentials are bound to. */
export const devicePrefix = (device: string): string => `${device}/`;

/** Where an event's objects lie in a store: `<device>/2026/11/21/`. */
export const eventFolder = (event: Pick<TytoEvent, 'device' | 'start_time'>): string =>
  `${devicePrefix(event.device)}${new Date(event.start_time * 1000).toISOString().slice(0, 10).replaceAll('-', '/')}/`;

/** The key of an event's manifest: what makes its objects one whole. */
export const manifestKey = (event: Pick<TytoEvent, 'device' | 'start_time' | 'id'>): string =>
  `${eventFolder(event)}${event.id}.json`;
