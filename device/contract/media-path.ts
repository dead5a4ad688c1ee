/** Where recorded files lie below a media folder, and the names of segments of continuous recording. */
import type { Millis } from '../core/units.ts';
import { compactTime, parseRecordedName } from './names.ts';

const CONTINUOUS = 'continuous.mp4';

export interface SegmentName {
  /** Wall clock of the first picture. */
  readonly at: Millis;
  readonly device: string;
  readonly camera: string;
}

/** `20261121T101530.123Z_<device>_<camera>_continuous.mp4`: no event id, so that it cannot pass for an event's clip. */
export const segmentFileName = ({ at, device, camera }: SegmentName): string =>
  `${compactTime(at)}_${device}_${camera}_${CONTINUOUS}`;

/** What a segment's name says; undefined when it is none. */
export function parseSegmentFileName(file: string): SegmentName | undefined {
  const found = parseRecordedName(file);
  return found?.rest === CONTINUOUS ? { at: found.at, device: found.device, camera: found.camera } : undefined;
}

/** The folder below the media folder that a file of this name lies in: `2026-11-21`; undefined when the name tells no day. */
export function dayOfMediaFile(name: string): string | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})T/.exec(name);
  return match === null ? undefined : `${match[1]}-${match[2]}-${match[3]}`;
}
