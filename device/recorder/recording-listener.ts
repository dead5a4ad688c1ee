/** What is told of recordings, and to whom. */
import type { ClipFile } from '../contract/event.ts';
import type { SegmentKind } from '../contract/media-path.ts';
import type { DeviceError } from '../core/errors.ts';
import type { Millis } from '../core/units.ts';
import type { Loss } from './fragment-queue.ts';

export interface OpenedRecording {
  readonly name: string;
  readonly class: 'event' | SegmentKind;
  readonly camera: string;
  /** Null for what belongs to no event. */
  readonly eventId: string | null;
  /** Wall clock of the first picture. */
  readonly startedAt: Millis;
}

export interface ClosedRecording extends OpenedRecording {
  /** What is durable; null when nothing is, and then no file is left. */
  readonly clip: ClipFile | null;
  /** Why it ended early; null when all is well. */
  readonly fault: DeviceError | null;
  readonly lost: Loss;
  /** Wall clock at which another one goes on from it without a hole; null where none does. */
  readonly until: Millis | null;
}

/**
 * Who keeps the catalogue: takes each call at once and never throws. What never gets there in spite of that the
 * next boot scan finds by its files.
 */
export interface RecordingListener {
  /** The file is there and its head is durable. */
  opened(recording: OpenedRecording): void;
  /** All of it is durable. Told of every recording that was opened. */
  closed(recording: ClosedRecording): void;
}
