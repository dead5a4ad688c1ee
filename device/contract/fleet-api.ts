/** What the fleet's HTTP API says, as the console writes it and its page reads it. Times are unix seconds. */
import type { ClipDamage } from './clip-damage.ts';
import type { TytoEvent } from './event.ts';

/** Links of media work without signing in, and for this long only. */
export const LINK_LASTS_S = 100;

export interface FleetEventView {
  readonly event: TytoEvent;
  /** Of the clip's pictures; null when all of them decode. */
  readonly damage: ClipDamage | null;
  /** Something of it is encrypted, and ingest held no key to look into it: it is what the device sent, and that is all that is known. */
  readonly sealed: boolean;
  /** Relative to the page; null where the event has none. */
  readonly links: { readonly clip: string | null; readonly picture: string | null; readonly thumbnail: string | null; readonly preview: string | null };
  /** From this moment on the links are worth nothing: ask for the event again. */
  readonly expires_at: number;
  /** When ingest took it in. */
  readonly ingested_at: number;
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
  readonly landing: {
    readonly place: string;
    /** Why it cannot be read just now, for people. */
    readonly trouble: string | null;
    /** Folders in it that may not be read, twenty at most: uploads there wait, all others are taken in. */
    readonly unreadable: readonly string[];
  };
  /** Uploads that are next, and those that wait for files or for a store. */
  readonly queued: number;
  readonly held_back: number;
}
