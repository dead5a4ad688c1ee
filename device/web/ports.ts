/** What the page's server needs of the rest of the device. */
import type { ArmingView } from '../contract/arming.ts';
import type { CommandAnswer, RecordCommand, TriggerCommand } from '../contract/commands.ts';
import type {
  EventsView, KeptEvent, LedgerView, ManualRecording, PersonView, SegmentView,
} from '../contract/device-api.ts';
import type { EventKind, EventMessage, TytoEvent } from '../contract/event.ts';
import type { SegmentKind } from '../contract/media-path.ts';
import type { OutputTest, OutputsView, Redrive } from '../contract/outputs-view.ts';
import type { Seeing } from '../contract/places.ts';
import type { StorageState } from '../contract/storage.ts';
import type { CameraState } from '../contract/topics.ts';
import type { DeadUpload, UploadStatus } from '../contract/uploads-view.ts';
import type { Box } from '../core/geometry.ts';
import type { Millis } from '../core/units.ts';
import type { MediaOnDisk } from '../http/send-media.ts';

/** What is asked for together must all be true of an event. */
export interface EventQuery {
  /** Only events older than the one with this id. */
  readonly before?: string;
  /** From 1 to 100. */
  readonly limit: number;
  /** Only events that began at or after this, wall clock. */
  readonly from?: Millis;
  /** Only events that began before this, wall clock. */
  readonly to?: Millis;
  readonly camera?: string;
  readonly kind?: EventKind;
  readonly zone?: string;
  readonly starred?: true;
  readonly clip?: true;
}

/** Why something that was asked for was not done; `status` is HTTP's. */
export interface NotDone { readonly status: number; readonly code: string; readonly message: string }

/** Where a recorded file lies, and what opens it. */
export type MediaPlace = Omit<MediaOnDisk, 'type'>;

/** What of an event there may be a file of. */
export type EventMedia = 'clip' | 'snapshot' | 'thumbnail' | 'preview';

/** The catalogue of events, those that still run included. */
export interface EventArchive {
  page(query: EventQuery): EventsView | Promise<EventsView>;
  get(id: string): KeptEvent | undefined | Promise<KeptEvent | undefined>;
  /** Resolves when it is durable. @throws {DeviceError} When nobody answers who could do it. */
  star(id: string, starred: boolean): Promise<NotDone | undefined>;
  /** Resolves when nothing is left of the event. @throws {DeviceError} As `star`. */
  remove(id: string): Promise<NotDone | undefined>;
  ledger(span: { readonly from: Millis; readonly to: Millis }): LedgerView | Promise<LedgerView>;
  /**
   * What is recorded besides events that began in this time, or up to `reach` before it and ends in it, oldest first.
   */
  segments(
    span: {
      readonly kind: SegmentKind;
      readonly from: Millis;
      readonly to: Millis;
      readonly reach: Millis;
      readonly limit: number;
    },
  ): readonly SegmentView[] | Promise<readonly SegmentView[]>;
  /** Where such a piece lies; undefined when the catalogue has none of this name. */
  segment(name: string): MediaPlace | undefined | Promise<MediaPlace | undefined>;
  /**
   * Where an event's clip or picture lies, by a name that the catalogue holds; a running event's clip as far as it is
   * written, without a hash. Undefined when there is none.
   */
  media(event: TytoEvent, kind: EventMedia): MediaPlace | undefined | Promise<MediaPlace | undefined>;
}

export type DeviceChange =
  /** `camera`, `armed`, `manual` or `places` may tell something new. */
  | { readonly type: 'state' }
  | { readonly type: 'event'; readonly message: EventMessage }
  /** What came of a command, whoever gave it. */
  | { readonly type: 'answer'; readonly answer: CommandAnswer };

/** What may be asked of the camera's process; `request` comes back in the answer. */
export type CameraCommand =
  | { readonly type: 'record'; readonly command: RecordCommand }
  | { readonly type: 'trigger'; readonly command: TriggerCommand };

/** What the device says of itself, and what it can be told. */
export interface DeviceBus {
  readonly connected: boolean;
  /** The latest; undefined until the camera's process has spoken. */
  camera(): CameraState | undefined;
  armed(): boolean | undefined;
  /** Whether everything allows it that is armed, and why; undefined until it has spoken. */
  arming(): ArmingView | undefined;
  /** How the disk stands; undefined until it was told. */
  storage(): StorageState | undefined;
  /** How many events have ended since this process listens, by each of their kinds. */
  endedEvents(): ReadonlyMap<EventKind, number>;
  /** What the uploader says of itself; undefined until it has. */
  uploads(): UploadStatus | undefined;
  /** For how long the camera's process has said nothing; undefined when it has not spoken while this process runs. */
  cameraSilence(): Millis | undefined;
  /** Resolves when it was said; `armed` tells when it is so. */
  arm(on: boolean): Promise<void>;
  /** What is recorded because somebody asked for it. */
  manual(): ManualRecording | undefined;
  /** Resolves when it was said; an `answer` tells what came of it. */
  command(command: CameraCommand): Promise<void>;
  /** By which the camera's process watches; undefined until it has said so. */
  places(): Seeing | undefined;
  /** Has the camera's process read them anew. Resolves when it was told; `places` tells when it is so. */
  reloadPlaces(): Promise<void>;
  /** @returns What ends the subscription. */
  subscribe(listener: (change: DeviceChange) => void): () => void;
}

/** Zones, lines and masks in the settings. */
export interface PlacesKeeper {
  readonly current: Seeing;
  /** What the environment sets. */
  readonly managed: readonly (keyof Seeing)[];
  /** Resolves when it is durable. @throws {ConfigError} When the settings' file cannot be changed. */
  change(change: Partial<Seeing>): Promise<void>;
}

/** What of the uploader's queue was put aside. */
export interface UploadsKeeper {
  /** Newest first. @throws {DeviceError} When the queue cannot be read. */
  dead(limit: number): readonly DeadUpload[];
  /** Tries again one event, or all. @returns How many. @throws {DeviceError} When the queue cannot be written. */
  redrive(event: string | undefined): number;
}

/** Whom the device tells of events. */
export interface OutputsKeeper {
  /** @throws {DeviceError} When nobody answers who serves them. */
  view(): Promise<OutputsView>;
  /** Tells one something that did not happen. @throws {DeviceError} As `view`. */
  test(name: string): Promise<OutputTest | NotDone>;
  /** Tries again what one refused. @throws {DeviceError} As `view`. */
  redrive(name: string): Promise<Redrive | NotDone>;
}

export interface FacePicture { readonly jpeg: Uint8Array; readonly box: Box }

/**
 * The people who were named. What is refused (nobody of that id, no face in the picture) is a ConfigError with a code.
 */
export interface PeopleKeeper {
  list(): Promise<readonly PersonView[]>;
  /**
   * Makes the face of an event (number in its `faces`) known as `name`; an event that has ended says so.
   * @param take - A JPEG, and where in it the face is, as fractions. Not asked where the person is known by this very
   *   face already; asked one after the other.
   */
  enrol(
    name: string, face: { readonly event: string; readonly face: number }, take: () => Promise<FacePicture>,
  ): Promise<PersonView>;
  /** Events follow. @returns `later` when that is once the camera's process runs. */
  rename(id: string, name: string): Promise<'done' | 'later'>;
  /** Nothing is left of the person but what recordings show. @returns As `rename`. */
  forget(id: string): Promise<'done' | 'later'>;
  /**
   * The event that it came from names nobody there any more. The last picture is refused.
   * @throws {DeviceError} When the event cannot be told now; nothing is removed.
   */
  removePicture(id: string, sample: string): Promise<void>;
  /** A JPEG. */
  picture(id: string, sample: string): Promise<Uint8Array>;
}
