import { hours, mebibytes, minutes, seconds, type Bytes, type Millis } from '../../device/core/units.ts';

/** What ingest allows an upload. */
export interface IngestLimits {
  readonly maxPicture: Bytes;
  readonly maxClip: Bytes;
  /** How long files that a manifest names may be missing. */
  readonly wait: Millis;
  /** How long a file may lie without a manifest: an upload of a large clip over a slow line takes hours. */
  readonly orphansAfter: Millis;
  /**
   * How long answers to devices lie in the landing, where each look lists them: a device that was off for longer sends
   * its manifest again, and is answered again.
   */
  readonly mailKept: Millis;
  /** How far ahead of ours a device's clock may be. */
  readonly clockAhead: Millis;
  /** Longest time that a processor may need for decoding a picture. */
  readonly decodePicture: Millis;
  /** The same for a clip, for each second that it lasts; in all at least a minute, at most half an hour. */
  readonly decodePerSecond: Millis;
}

export const DEFAULT_LIMITS: IngestLimits = {
  maxPicture: mebibytes(8),
  maxClip: mebibytes(2048),
  wait: minutes(10),
  orphansAfter: hours(24),
  mailKept: hours(3 * 24),
  clockAhead: hours(24),
  decodePicture: seconds(30),
  decodePerSecond: seconds(4),
};
