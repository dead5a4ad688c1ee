/** The fleet's index: what ingest accepted and rejected, and from which devices. */
import type { ClipDamage } from '../../device/contract/clip-damage.ts';
import type { EventKind, TytoEvent } from '../../device/contract/event.ts';
import type { FleetFindings } from '../../device/contract/fleet-findings.ts';
import type { HeldFile } from '../../device/contract/manifest.ts';
import { hours, type Millis } from '../../device/core/units.ts';

/** Whose devices are those of whom nobody said otherwise. */
export const DEFAULT_ACCOUNT = 'default';

/** An event as ingest files it. */
export interface Filing {
  readonly event: TytoEvent;
  /** Folder of its media in the library, with a slash at its end. */
  readonly folder: string;
  readonly ingestedAt: Millis;
  /** Of the clip; null when all of it decodes. */
  readonly damage: ClipDamage | null;
  /** Something of it is encrypted, and was filed without being looked into: no key was held that opens it. */
  readonly sealed: boolean;
  /** Whose it is; absent: `DEFAULT_ACCOUNT`. An event stays with the account that it came to first. */
  readonly account?: string;
  /** What of it the device still has and did not send; absent: nothing. */
  readonly held?: readonly HeldFile[];
  /** What the fleet made and found by itself; absent: nothing, or what was found before stays. */
  readonly findings?: FleetFindings;
}

/** An event whose media lie in the library. */
export interface IndexedEvent extends Filing {
  readonly account: string;
  readonly held: readonly HeldFile[];
}

/** For so long a deleted event is remembered: longer than a device may have been offline with it. */
export const TOMBSTONE_LASTS = hours(400 * 24);

/** What is known of an event at a moment. `version` goes up with each change. */
export type Known =
  | { readonly state: 'new' }
  | {
    readonly state: 'accepted'; readonly event: TytoEvent;
    readonly held: readonly HeldFile[]; readonly version: number;
    /** As `FleetFindings.forgotten`. */
    readonly forgotten: readonly number[];
  }
  /** It was here, and somebody deleted it: it is not to come back. */
  | { readonly state: 'deleted' };

/** A device in an account. One that went from one account to another is in both, with what it has in each. */
export interface DeviceRow {
  readonly account: string;
  readonly device: string;
  readonly firstSeen: Millis;
  /** When ingest last accepted something of it. */
  readonly lastSeen: Millis;
  /** How many there are, pieces of continuous recording among them; deleted ones do not count. */
  readonly events: number;
  /** Size of their media together. */
  readonly bytes: number;
  /** Start of its latest event, by the device's clock. */
  readonly lastEventAt: Millis;
}

export interface RejectedObject {
  /** Key in the landing. */
  readonly key: string;
  readonly bytes: number;
  /** Whether the quarantine holds it; too large ones are not kept. */
  readonly kept: boolean;
}

/** What ingest would not take. One row per landing key of a manifest, or of a file that no manifest speaks of. */
export interface Rejection {
  readonly key: string;
  /** The prefix that it lay under: who could put it there, whatever it says of itself. Empty for none. */
  readonly device: string;
  /** Stable, for programs: `file.wrong-hash`. */
  readonly code: string;
  /** A sentence for people. */
  readonly message: string;
  readonly rejectedAt: Millis;
  /** Folder in the quarantine, with a slash at its end. */
  readonly folder: string;
  readonly objects: readonly RejectedObject[];
  /** Tells this delivery from a later one under the same key. */
  readonly delivery: string;
}

export interface EventQuery {
  /** Only of this account, and only of this device. */
  readonly account?: string;
  readonly device?: string;
  /** Only what began at or after `from`, and before `to`: by the event's id, which says when it began. */
  readonly from?: Millis;
  readonly to?: Millis;
  /** Only what this is among the kinds of. `continuous` finds the pieces of continuous recording. */
  readonly kind?: EventKind;
  /** Only where this person's face was recognised, by the name the user gave. */
  readonly person?: string;
  readonly withClip?: boolean;
  /** With the pieces of continuous recording, which are left out otherwise. */
  readonly continuous?: boolean;
  /** A cursor from `Page.next`. */
  readonly before?: string;
  readonly limit: number;
}

/**
 * Newest first. `next` leads to the page after it; undefined when there is none. A page may hold fewer than asked for,
 * even none, and have a next one: where what is looked for is rare, the search stops after a while.
 */
export interface Page<T> { readonly rows: readonly T[]; readonly next: string | undefined }

export interface DeviceQuery {
  readonly account?: string;
  /** Only devices whose name comes after this one. */
  readonly after?: string;
  /** At most so many; all of them without. */
  readonly limit?: number;
}

/** @throws {ConfigError} `index.cursor` from lists, for a cursor that no page gave out. */
export interface FleetIndex {
  events(query: EventQuery): Promise<Page<IndexedEvent>>;
  event(device: string, id: string): Promise<IndexedEvent | undefined>;
  /**
   * Who was recognised, by name, `limit` at most; for whoever chooses whom to look for. Somebody may be among them of
   * whom no event is left, and of a very long name only the beginning.
   */
  people(limit: number): Promise<readonly string[]>;
  /** By name. */
  devices(query?: DeviceQuery): Promise<readonly DeviceRow[]>;
  /** What an account has of everything, its deleted events aside. */
  usage(account: string): Promise<{ readonly events: number; readonly bytes: number }>;
  rejected(query: { readonly before?: string; readonly limit: number }): Promise<Page<Rejection>>;
  /** Changes whenever something was added or removed by this process. Costs nothing to read. */
  readonly revision: number;

  known(device: string, id: string): Promise<Known>;
  /**
   * Adds an event, or puts it in the place of what was known of it. Repeating it changes nothing. What was rejected
   * under `keys` is forgotten. Of damage that is known, `null` takes nothing back: more of an event came without its
   * clip; nor does what is not sealed.
   *
   * @param version - That it takes the place of, as `known` told it; 0 for an event that was new.
   * @throws {RemoteError} `index.raced` when the event is no longer as `known` told: ask again, and decide anew.
   */
  accept(row: Filing, keys: readonly string[], version: number): Promise<void>;
  /**
   * Takes an event out for good: should it be delivered again within `TOMBSTONE_LASTS`, it is known as deleted. Whoever
   * deletes an event removes its media first, so that an interrupted deletion can be found and repeated.
   * @returns False when there is none.
   */
  remove(device: string, id: string, at: Millis): Promise<boolean>;
  /** The rejection under `key` whose objects are perhaps still in the landing; undefined when none is so. */
  unfinishedRejection(key: string): Promise<Rejection | undefined>;
  /** The latest under `key`, finished or not; undefined when what came there was taken since. */
  rejection(key: string): Promise<Rejection | undefined>;
  /** Adds a rejection, in place of an earlier one under the same key. It is unfinished until `finishRejection`. */
  reject(rejection: Rejection): Promise<void>;
  /** The landing holds none of its objects any more. */
  finishRejection(key: string): Promise<void>;
}

/** Something that the index took in, as it stands there now. */
export type News = {
  /** When it was written down. */
  readonly at: Millis;
} & (
  | {
    readonly what: 'accepted' | 'updated';
    readonly row: IndexedEvent;
    /** Nothing was ever accepted of its device before. */
    readonly isFirst: boolean;
  }
  | { readonly what: 'rejected'; readonly rejection: Rejection }
);

/**
 * What was accepted and rejected, in the order in which that was written down: for whoever tells others of it and must
 * miss nothing. Remembered for a week at least. A rejection that was taken back meanwhile is left out.
 */
export interface NewsFeed {
  /**
   * Up to `limit` of what came after `cursor`; of all that is remembered for `''`, or for a cursor of another index.
   */
  since(cursor: string, limit: number): Promise<NewsPage>;
  /** The cursor behind everything that there is now. */
  latest(): Promise<string>;
}

export interface NewsPage {
  readonly news: readonly News[];
  /** Leads to what comes after them. */
  readonly cursor: string;
  /** Whether more is there already. */
  readonly more: boolean;
}
