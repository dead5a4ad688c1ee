/** What a device's HTTP API says, as the server writes it and the page reads it. */
import type { ArmingView } from './arming.ts';
import type { EventMessage, TytoEvent } from './event.ts';
import type { Seeing } from './places.ts';
import type { StorageState } from './storage.ts';
import type { CameraState } from './topics.ts';

/** `GET /api/state`, and `state` messages of `GET /api/updates`. */
export interface StateView {
  readonly device: string;
  /** Null until the camera's process has spoken. */
  readonly camera: CameraState | null;
  /** The switch; null until known. */
  readonly armed: boolean | null;
  /** Whether everything allows it that the camera is armed, and why; null until known. */
  readonly arming: ArmingView | null;
  /** How the disk stands; null until known. */
  readonly storage: StorageState | null;
  /** What is recorded because somebody asked for it; null while nothing is. */
  readonly manual: ManualRecording | null;
  readonly version: string;
  /** Unix seconds, as the device's clock tells. */
  readonly time: number;
}

/** Unix seconds; null for what this server has not heard, for it began earlier than that. */
export interface ManualRecording {
  readonly since: number | null;
  /** It ends then, unless it is stopped or prolonged. */
  readonly until: number | null;
}

/** The answer of `POST /api/record`, `DELETE /api/record` and `POST /api/trigger`. */
export interface CommandView {
  /** The event that it is part of; null when there was nothing to stop. */
  readonly event: string | null;
  /** Unix seconds until when it lasts; null when it was stopped. */
  readonly until: number | null;
}

/** An event as the device keeps it. */
export type KeptEvent = TytoEvent & {
  /** It is never deleted to make room. */
  readonly starred: boolean;
};

/** `GET /api/events`: newest first. */
export interface EventsView {
  readonly events: readonly KeptEvent[];
  /**
   * Ask again with `before` set to this for older ones; null when these are the oldest. Where what is asked for is
   * rare, a page may hold fewer than its limit, even none, and not be the last.
   */
  readonly next: string | null;
}

/**
 * What became of a second. `watched`: the camera was looked at, and nothing was to be recorded. `uploaded`: recorded,
 * and gone elsewhere wholly. `deleted`: recorded, and kept no longer. `lost`: what happened then is not on record
 * although it should be. `off`: nobody wanted it recorded. `unknown`: before Tyto kept account.
 */
export type LedgerState = 'watched' | 'recorded' | 'uploaded' | 'deleted' | 'lost' | 'off' | 'unknown';

/** Times in Unix seconds. */
export interface LedgerEntry {
  readonly from: number;
  readonly to: number;
  readonly state: LedgerState;
  readonly reason: string;
}

/** `GET /api/ledger`: every second from `from` to `to`, once, oldest first. */
export interface LedgerView {
  readonly from: number;
  readonly to: number;
  /** Ask again with `from` set to this for the rest; null when all is told. */
  readonly next: number | null;
  /** How many of each, in `entries`. */
  readonly seconds: Readonly<Record<LedgerState, number>>;
  readonly entries: readonly LedgerEntry[];
}

/** A piece of continuous recording: `GET /api/recordings/:name`. Times in Unix seconds. */
export interface SegmentView {
  readonly name: string;
  readonly from: number;
  /** Null while it is being written. */
  readonly to: number | null;
  /** Null while it is being written. */
  readonly bytes: number | null;
}

/** `GET /api/recordings`: what there is of any time from `from` to `to`, oldest first. */
export interface RecordingsView {
  readonly recordings: readonly SegmentView[];
  /** Ask again with `from` set to this for the rest; null when these are all. */
  readonly next: number | null;
}

/** `PUT /api/events/:id/star` and its answer. */
export interface StarView { readonly starred: boolean }

/** `PUT /api/armed` and its answer. */
export interface ArmedView { readonly armed: boolean }

/** `GET /api/places`, and the answer of `PUT /api/places`, which takes any of the three lists and the sensitivity. */
export interface PlacesView extends Seeing {
  /** What the environment sets (a fleet, a service file): it cannot be changed here. */
  readonly managed: readonly (keyof Seeing)[];
  /** Whether the camera's process watches by these already. */
  readonly in_force: boolean;
}

/** Somebody who was named. */
export interface PersonView {
  readonly id: string;
  readonly name: string;
  /** Unix seconds. */
  readonly created: number;
  /** The pictures that the person is known by: `GET /api/people/:id/samples/:sample`. */
  readonly samples: readonly PersonSample[];
}

export interface PersonSample {
  readonly id: string;
  /** Unix seconds. */
  readonly taken: number;
  /** Whether it is compared with. */
  readonly usable: boolean;
  /** Whether it is like none of the person's other pictures: it may show somebody else. */
  readonly unlike: boolean;
  /** The event that it was taken from, kept or not; null for a file. */
  readonly event: string | null;
}

/** `GET /api/people`: by name. */
export interface PeopleView { readonly people: readonly PersonView[] }

/** A key with which a program may look: at pictures as they are now, and at the metrics. */
export interface TokenView {
  readonly id: string;
  /** What it is for. */
  readonly name: string;
  /** Unix seconds. */
  readonly created: number;
}

/** `GET /api/tokens` */
export interface TokensView { readonly tokens: readonly TokenView[] }

/** The answer of `POST /api/tokens`: the only time that the key itself is told. */
export interface NewTokenView extends TokenView { readonly token: string }

/** Messages of `GET /api/updates`, by the name of the server-sent event. */
export interface Updates {
  readonly state: StateView;
  readonly event: EventMessage;
  /** Said every `UPDATES_BEAT_MS`: who hears nothing for longer has lost the connection. */
  readonly beat: { readonly time: number };
}

export const UPDATES_BEAT_MS = 4000;

/** Text messages of `/api/live`; binary ones are video. */
export type LiveMessage =
  /** A stream begins: the next binary message is its init segment, those after it are fragments, a keyframe first. */
  | { readonly type: 'init'; readonly mime: string }
  /** There is no stream now; wait. */
  | { readonly type: 'waiting' };

/** Codes that `/api/live` is closed with. */
export const LIVE_CLOSE = {
  /** As many watch already as the device serves; try again later. */
  tooMany: 1013,
  /** The session has ended. */
  signedOut: 4401,
} as const;
