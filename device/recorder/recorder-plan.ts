/** What a recorder is told: what to keep of a camera, how, and where. */
import type { Log } from '../core/log.ts';
import { mebibytes, minutes, type Bytes, type Millis } from '../core/units.ts';
import type { DeviceKey } from '../evidence/device-key.ts';
import type { Encryption } from '../vault/encryption.ts';
import type { RecordingListener } from './recording-listener.ts';
import type { TimelapsePlan } from './timelapse-track.ts';

export type RecordingMode = 'event' | 'continuous' | 'both' | 'off';

export interface RecorderPlan {
  readonly mode: RecordingMode;
  /** What a clip shows from before its event. */
  readonly preRoll: Millis;
  /**
   * How long after its start an event may be told: its motion had to last, and to be seen. The ring reaches back this
   * much further than the pre-roll. Default 10 s.
   */
  readonly knownLateBy?: Millis;
  /**
   * What moves may show only at the next keyframe: an event may be told later by the time between two, but
   * not by more than this. Default 0.
   */
  readonly keyframesApart?: Millis;
  /** A film of single pictures, in every mode; undefined for none. */
  readonly timelapse?: TimelapsePlan | undefined;
  /** Longest event. A clip is ended soon after that even when nobody ends its event. */
  readonly maxLength: Millis;
  /** Free space below which no clip is begun. */
  readonly minimumFree: Bytes;
  /** Makes room by the rules of retention, before the free space is looked at. Default: nothing is deleted. */
  readonly makeRoom?: () => Promise<void>;
  readonly mediaFolder: string;
  readonly device: string;
  readonly camera: string;
  /** Seals every clip. */
  readonly key: DeviceKey;
  /** Encrypts every clip and picture; without it they lie in the clear. */
  readonly encryption?: Encryption | undefined;
  /** What nobody may see just now, from `maskPicture`: black in every picture. */
  readonly pictureMask?: () => string | undefined;
  /** The device cannot keep up just now: nothing is made that can be done without. Default: it can. */
  readonly isBusy?: () => boolean;
  readonly listener: RecordingListener;
  readonly log: Log;
  /** For tests and unusual hardware; each has a default. */
  readonly limits?: Partial<RecorderLimits>;
}

export interface RecorderLimits {
  /** Memory for the ring. Default 48 MiB. */
  readonly ring: Bytes;
  /** Memory for what waits for the disk, per clip. Default 64 MiB: a full ring always fits. */
  readonly queue: Bytes;
  /** Length of a segment of continuous recording. Default 1 min. */
  readonly segment: Millis;
}

/** Where nothing else is said. */
export const defaultLimits: RecorderLimits = { ring: mebibytes(48), queue: mebibytes(64), segment: minutes(1) };
