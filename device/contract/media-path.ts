/** Where recorded files lie below a media folder, and the names of those that belong to no event. */
import type { Millis } from '../core/units.ts';
import { compactTime, parseRecordedName } from './names.ts';

/**
 * The folder below a media folder for what cannot be played. `fsck` has one of the same name at the root of a file
 * system, which a media folder may be: what lies there may be of others.
 */
export const LOST_AND_FOUND = 'lost+found';

/** What is recorded besides events: everything, minute by minute, and a picture every so often. */
export const SEGMENT_KINDS = ['continuous', 'timelapse'] as const;
export type SegmentKind = (typeof SEGMENT_KINDS)[number];

export interface SegmentName {
  readonly kind: SegmentKind;
  /** Wall clock of the first picture. */
  readonly at: Millis;
  readonly device: string;
  readonly camera: string;
}

/** `20261121T101530.123Z_<device>_<camera>_continuous.mp4`: no event id, so that it cannot pass for an event's clip. */
export const segmentFileName = ({ kind, at, device, camera }: SegmentName): string =>
  `${compactTime(at)}_${device}_${camera}_${kind}.mp4`;

/** What a segment's name says; undefined when it is none. */
export function parseSegmentFileName(file: string): SegmentName | undefined {
  const found = parseRecordedName(file);
  const kind = SEGMENT_KINDS.find((known) => found?.rest === `${known}.mp4`);
  return found === undefined || kind === undefined ? undefined
    : { kind, at: found.at, device: found.device, camera: found.camera };
}

/**
 * The folder below the media folder that a file of this name lies in: `2026-11-21`;
 * undefined when the name tells no day.
 */
export function dayOfMediaFile(name: string): string | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})T/.exec(name);
  return match === null ? undefined : `${match[1]}-${match[2]}-${match[3]}`;
}
