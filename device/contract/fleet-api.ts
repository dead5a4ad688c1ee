/** What the fleet's HTTP API says, as the console writes it and its page reads it. Times are unix seconds. */
import type { ClipDamage } from './clip-damage.ts';
import type { EventFace, TytoEvent } from './event.ts';
import type { HeldFile } from './manifest.ts';

/** Links of media work without signing in, and for this long only. */
export const LINK_LASTS_S = 100;

export interface FleetEventView {
  readonly event: TytoEvent;
  /** Of the clip's pictures; null when all of them decode. */
  readonly damage: ClipDamage | null;
  /**
   * Something of it is encrypted, and ingest held no key to look into it: it is what the device
   * sent, and that is all that is known.
   */
  readonly sealed: boolean;
  /** What of it the device still has and did not send: it may be asked for. */
  readonly held: readonly HeldFile[];
  /** Faces that the fleet found in the picture, where the device told of none; null where it did not look. */
  readonly found_faces: readonly EventFace[] | null;
  /**
   * Relative to the page; null where the event has none. Thumbnail and preview are the
   * fleet's own where the device sent none.
   */
  readonly links: {
    readonly clip: string | null;
    readonly picture: string | null;
    readonly thumbnail: string | null;
    readonly preview: string | null;
  };
  /** From this moment on the links are worth nothing: ask for the event again. */
  readonly expires_at: number;
  /** When ingest took it in. */
  readonly ingested_at: number;
}

/** `GET /api/events/:device/:id` */
export interface FleetEventDetailView extends FleetEventView {
  /** Its clip, or of one without clip its picture, is not in the library: the links lead to nothing. */
  readonly missing: boolean;
}

/** `GET /api/events`: newest first. */
export interface FleetEventsView {
  readonly events: readonly FleetEventView[];
  /** Ask again with `before` set to this for older ones; null when these are the oldest. */
  readonly next: string | null;
}

export interface FleetDeviceView {
  readonly device: string;
  readonly first_seen: number;
  /** When ingest last accepted something of it. */
  readonly last_seen: number;
  readonly events: number;
  /** Start of its latest event, by its own clock. */
  readonly last_event_at: number;
}

/** `GET /api/devices`: by name. */
export interface FleetDevicesView { readonly devices: readonly FleetDeviceView[] }

/** `GET /api/people`: who was recognised, by name. */
export interface FleetPeopleView { readonly people: readonly string[] }
/** `DELETE /api/people/:name`: how many events named the person. */
export interface FleetForgottenView { readonly events: number }

export interface RejectedView {
  /** In the landing: of a manifest, or of a file that no manifest speaks of. */
  readonly key: string;
  /** The prefix that it lay under. */
  readonly device: string;
  readonly reason: { readonly code: string; readonly message: string };
  readonly rejected_at: number;
  /** What belongs to it, and whether the quarantine holds it. */
  readonly objects: readonly { readonly key: string; readonly bytes: number; readonly kept: boolean }[];
  /** Folder in the quarantine. */
  readonly folder: string;
}

/** `GET /api/rejected`: newest first. */
export interface RejectedPageView { readonly rejected: readonly RejectedView[]; readonly next: string | null }

/** `GET /api/status` */
export interface FleetStatusView {
  readonly version: string;
  readonly time: number;
  /** Another text whenever something was accepted or rejected: ask for the lists again then. */
  readonly revision: string;
  /** Another text whenever something became of a request for footage. */
  readonly requests_revision: string;
  readonly landing: {
    readonly place: string;
    /** Why it cannot be read just now, for people. */
    readonly trouble: string | null;
    /** Folders in it that may not be read, twenty at most: uploads there wait, all others are taken in. */
    readonly unreadable: readonly string[];
  };
  readonly library: {
    readonly place: string;
    /** Which events it lacks that were filed into another one, for people; null where it lacks none. */
    readonly trouble: string | null;
  };
  /**
   * Replicas of the library where something is wrong: nothing goes there just now, or it refuses some of what it is
   * sent.
   */
  readonly replicas: readonly {
    readonly name: string;
    readonly waiting: number;
    readonly stuck: number;
    readonly trouble: string | null;
  }[];
  /**
   * Subscribers where something is wrong: they cannot be told just now, or some of what they were told is put aside.
   */
  readonly subscribers: readonly { readonly name: string; readonly dead: number; readonly trouble: string | null }[];
  /** Uploads that are next, and those that wait for files or for a store. */
  readonly queued: number;
  readonly held_back: number;
}

/** `asked` until the device has said something; the last four are final. */
export type RequestStateView = 'asked' | 'accepted' | 'sending' | 'done' | 'refused' | 'expired' | 'withdrawn';

/** Footage that somebody asked a device for: of an event, or of a time. */
export interface RequestView {
  readonly id: string;
  readonly device: string;
  /** `owner`, `account farm`, `rule front`. */
  readonly who: string;
  readonly asked_at: number;
  /** Of the event whose files are asked for; null where a time is. */
  readonly event: string | null;
  readonly from: number | null;
  readonly to: number | null;
  /** From then on nobody waits for it any more. */
  readonly until: number;
  readonly state: RequestStateView;
  /** Of all that is to come, and of that what was sent: 0 until the device knows. */
  readonly bytes: number;
  readonly sent_bytes: number;
  /** Events, pieces of continuous recording among them, in which the footage comes. */
  readonly events: readonly string[];
  /** Why it was refused, or why not all of it came; empty otherwise. */
  readonly reason: string;
  readonly changed_at: number;
}

/** `GET /api/requests`: newest first. */
export interface RequestsView { readonly requests: readonly RequestView[]; readonly next: string | null }

/** `GET /api/requests/:id`: with everything that ever happened to it, oldest first. */
export interface RequestTrailView {
  readonly request: RequestView;
  readonly trail: readonly {
    readonly at: number;
    readonly who: string;
    readonly what: string;
    readonly detail: string;
  }[];
}

/** Somebody whom the fleet tells of what it takes in: the setting `TYTO_FLEET_EVENTS`. */
export interface SubscriberView {
  readonly name: string;
  readonly type: string;
  readonly waiting: number;
  /** Since when the oldest of those waits; null when none does. */
  readonly waiting_since: number | null;
  readonly told: number;
  /** Put aside: refused for good, or not told in time. */
  readonly dead: number;
  /** Given up, for there were too many put aside. */
  readonly forgotten: number;
  readonly problem: { readonly message: string; readonly since: number; readonly retry_at: number } | null;
  /** The newest of those that were put aside. */
  readonly dead_letters: readonly {
    readonly id: string;
    readonly device: string;
    readonly at: number;
    readonly attempts: number;
    readonly reason: string;
  }[];
}

/** `GET /api/subscribers` */
export interface SubscribersView { readonly subscribers: readonly SubscriberView[] }
