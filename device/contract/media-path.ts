/** Where recorded files lie below a media folder, and the names of segments of continuous recording. */
import type { Millis } from '../core/units.ts';
import { NAME_PATTERN } from './event.ts';
import { compactTime } from './names.ts';

export interface SegmentName {
  /** Wall clock of the first picture. */
  readonly at: Millis;
  readonly device: string;
  readonly camera: string;
}

/** `20261121T101530.123Z_<device>_<camera>_continuous.mp4`: no event id, so that it cannot pass for an event's clip. */
export const segmentFileName = ({ at, device, camera }: SegmentName): string =>
  `${compactTime(at)}_${device}_${camera}_continuous.mp4`;

/** What a segment's name says; undefined when it is none. */
export function parseSegmentFileName(file: string): SegmentName | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2}\.\d{3})Z_([^_]+)_([^_]+)_continuous\.mp4$/.exec(file);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, device = '', camera = ''] = match;
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at) || !NAME_PATTERN.test(device) || !NAME_PATTERN.test(camera) ? undefined : { at: at as Millis, device, camera };
}

/** The folder below the media folder that a file of this name lies in: `2026-11-21`; undefined when the name tells no day. */
export function dayOfMediaFile(name: string): string | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})T/.exec(name);
  return match === null ? undefined : `${match[1]}-${match[2]}-${match[3]}`;
}
