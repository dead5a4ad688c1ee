/**
 * What is kept of requests for footage: who asked for what, how far it has come, and
 * everything that ever happened to it.
 */
import type { HeldFile } from '../../device/contract/manifest.ts';
import type { TytoEvent } from '../../device/contract/event.ts';
import type { FleetFindings } from '../../device/contract/fleet-findings.ts';
import type { WantedFootage } from '../../device/contract/footage-request.ts';
import type { Millis } from '../../device/core/units.ts';

/** `asked` until the device has said something. The last four are final. */
const STATES = ['asked', 'accepted', 'sending', 'done', 'refused', 'expired', 'withdrawn'] as const;
export type RequestState = (typeof STATES)[number];

export const isOpen = (state: RequestState): boolean =>
  state === 'asked' || state === 'accepted' || state === 'sending';

/** Either all files of an event, or all footage that overlaps a time: unix seconds. */
export type Wanted = WantedFootage;

export interface RequestRow {
  /** As the contract's `REQUEST_ID_PATTERN` has it: sorts by time. */
  readonly id: string;
  readonly device: string;
  /** Who asked: `owner`, `account farm`, `rule front`. */
  readonly who: string;
  readonly askedAt: Millis;
  readonly wanted: Wanted;
  /** Wall clock: from then on nobody waits for it any more. */
  readonly until: Millis;
  readonly state: RequestState;
  /** Of all that is to come, and of that what has been sent: as far as the device has told. */
  readonly bytes: number;
  readonly sentBytes: number;
  /** Events, continuous pieces among them, in which the footage arrives. */
  readonly events: readonly string[];
  /** The device has said that it has sent everything. */
  readonly isSent: boolean;
  /** Why it was refused, or why not all of it came; empty otherwise. */
  readonly reason: string;
  readonly changedAt: Millis;
  /** Its object in the landing: to be put there, there, to be removed, removed. */
  readonly mail: 'to-put' | 'put' | 'to-remove' | 'removed';
}

/** One line of the trail that is never deleted. */
export interface TrailLine {
  readonly at: Millis;
  /** `owner`, `account farm`, `rule front`, `device`, `fleet`. */
  readonly who: string;
  readonly what: RequestState | 'put' | 'removed';
  /** For people; mostly empty. */
  readonly detail: string;
}

export interface RequestQuery {
  readonly device?: string;
  /** Only requests for this event. */
  readonly event?: string;
  /** Only those that are older than this one. */
  readonly before?: string;
  readonly limit: number;
}

/** Everything is durable when a call returns. */
export interface RequestRegister {
  get(id: string): Promise<RequestRow | undefined>;
  /** Newest first. */
  list(query: RequestQuery): Promise<readonly RequestRow[]>;
  /** Those that nobody has finished. */
  open(device?: string): Promise<readonly RequestRow[]>;
  /** Those whose object is to be put or removed, oldest first. */
  toPost(limit: number): Promise<readonly RequestRow[]>;
  trail(id: string): Promise<readonly TrailLine[]>;
  /** Adds a request, or puts it in the place of what was known of it, with what is to be said of that in its trail. */
  save(row: RequestRow, line: TrailLine | undefined): Promise<void>;
  /** How far the rules that ask by themselves have read the index's news; undefined at the beginning. */
  cursor(): Promise<string | undefined>;
  setCursor(cursor: string): Promise<void>;
}

/** What is asked of the index: see `index/port.ts`. */
export interface KnownEvents {
  event(
    device: string, id: string,
  ): Promise<{ readonly event: TytoEvent; readonly held: readonly HeldFile[] } | undefined>;
}

export interface NewsOfEvents {
  since(cursor: string, limit: number): Promise<{
    readonly news: readonly (
      | {
        readonly what: 'accepted' | 'updated';
        readonly row: {
          readonly event: TytoEvent;
          readonly held: readonly HeldFile[];
          readonly findings?: FleetFindings;
        };
      }
      | { readonly what: 'rejected' }
    )[];
    readonly cursor: string;
    readonly more: boolean;
  }>;
  latest(): Promise<string>;
}
