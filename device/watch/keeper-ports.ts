/** What carries an event through its life asks of those around it. */
import type { ClipFile, EventMessage, MediaFile, TytoEvent } from '../contract/event.ts';
import type { CountedKind } from '../contract/topics.ts';
import type { Size } from '../core/geometry.ts';
import type { Log } from '../core/log.ts';
import type { Millis } from '../core/units.ts';
import type { EventLimits } from './event-machine.ts';

export interface ClipStart {
  /** Without pre-roll: it follows the clip before without a gap. */
  readonly continues: boolean;
  /** A person wants it recorded, whatever else is. */
  readonly onDemand: boolean;
}

/** What the keeper asks of the recorder. All times are stream time. */
export interface EventRecorder {
  /** Begins the event's clip, unless it has one. What goes wrong shows at `endClip`. */
  startClip(id: string, at: Millis, how: ClipStart): void;
  /** Resolves when the clip is durable; null when nothing could be recorded, or nothing is recorded in this mode. */
  endClip(id: string, until: Millis): Promise<ClipFile | null>;
  /**
   * A JPEG of the moment `at`; undefined when there is none or a later wish overtook this one. `file` is
   * null when it could not be stored.
   */
  takePicture(
    id: string, at: Millis,
  ): Promise<{ readonly file: MediaFile | null; readonly jpeg: Uint8Array } | undefined>;
  /**
   * What stands for the event in lists and messages, of what was seen from `from` to
   * `until`; in a few seconds, or not at all.
   */
  sumUp(id: string, from: Millis, until: Millis): Promise<EventSummary>;
  /** All is told of the event. */
  forget(id: string): void;
}

export type EventSummary = Pick<TytoEvent, 'thumbnail' | 'preview'>;

/** Told whenever something may have changed; says only what has. */
export interface Announcer {
  motion(on: boolean): void;
  /** Whether something is recorded because a person asked for it. */
  recording(on: boolean): void;
  /** The zones that something which makes an event is in. */
  zones(names: readonly string[]): void;
  /** How many of each the event under way has shown. */
  counts(counts: Readonly<Record<CountedKind, number>>): void;
  picture(jpeg: Uint8Array): void;
}

export interface KeeperParts {
  readonly device: string;
  readonly camera: string;
  /** As they are now. */
  readonly limits: () => EventLimits;
  readonly recorder: EventRecorder;
  /**
   * Takes the event, in the place of what it knew of it, at once; once it has ended, its media are durable. Never
   * throws.
   */
  readonly catalogue: { save(event: TytoEvent): void };
  readonly announcer: Announcer;
  /** Told of each event what is new, in order, when the catalogue was given it. */
  readonly tell: (message: EventMessage) => void;
  readonly log: Log;
  readonly random: () => number;
  /** Size of the recorded picture, once known. */
  readonly pictureSize: () => Size | undefined;
  readonly clockSynced: () => boolean;
  /** The wall clock's time of a moment of the present stream. */
  readonly wallTime: (streamTime: Millis) => Millis;
  /** Resolves once all that was asked of recognition is answered, or was waited for long enough. */
  readonly answers: () => Promise<void>;
}
