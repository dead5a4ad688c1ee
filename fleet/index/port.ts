/** The fleet's index: what ingest accepted and rejected, and from which devices. */
import type { ClipDamage } from '../../device/contract/clip-damage.ts';
import type { TytoEvent } from '../../device/contract/event.ts';
import type { Millis } from '../../device/core/units.ts';

/** An event whose media lie in the library. */
export interface IndexedEvent {
  readonly event: TytoEvent;
  /** Folder of its media in the library, with a slash at its end. */
  readonly folder: string;
  readonly ingestedAt: Millis;
  /** Of the clip; null when all of it decodes. */
  readonly damage: ClipDamage | null;
  /** Something of it is encrypted, and was filed without being looked into: no key was held that opens it. */
  readonly sealed: boolean;
}

export interface DeviceRow {
  readonly device: string;
  readonly firstSeen: Millis;
  /** When ingest last accepted something of it. */
  readonly lastSeen: Millis;
  readonly events: number;
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
  /** Only of this device. */
  readonly device?: string;
  /** A cursor from `EventPage.next`. */
  readonly before?: string;
  readonly limit: number;
}

/** Newest first. `next` leads to the page after it; undefined when there is none. */
export interface Page<T> { readonly rows: readonly T[]; readonly next: string | undefined }

export interface FleetIndex {
  events(query: EventQuery): Promise<Page<IndexedEvent>>;
  event(device: string, id: string): Promise<IndexedEvent | undefined>;
  /** By name. */
  devices(): Promise<readonly DeviceRow[]>;
  rejected(query: { readonly before?: string; readonly limit: number }): Promise<Page<Rejection>>;
  /** Changes whenever something was added or removed by this process. Costs nothing to read. */
  readonly revision: number;

  /** The event as it was accepted; undefined when it was not. */
  accepted(device: string, id: string): Promise<TytoEvent | undefined>;
  /**
   * Adds an event, or puts it in the place of what was known of it. Repeating it changes nothing. What was rejected
   * under `keys` is forgotten. Of damage that is known, `null` takes nothing back: more of an event came without its clip;
   * nor does what is not sealed.
   */
  accept(row: IndexedEvent, keys: readonly string[]): Promise<void>;
  /** The rejection under `key` whose objects are perhaps still in the landing; undefined when none is so. */
  unfinishedRejection(key: string): Promise<Rejection | undefined>;
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
 * What was accepted and rejected, in the order in which that was written down: for whoever tells others of it and must miss
 * nothing. Remembered for a week at least. A rejection that was taken back meanwhile is left out.
 */
export interface NewsFeed {
  /** Up to `limit` of what came after `cursor`; of all that is remembered for `''`, or for a cursor of another index. */
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
