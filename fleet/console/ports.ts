/** What the console asks of index, library and ingest. */
import type { Readable } from 'node:stream';
import type { ClipDamage } from '../../device/contract/clip-damage.ts';
import type { EventKind, TytoEvent } from '../../device/contract/event.ts';
import type { FleetFindings } from '../../device/contract/fleet-findings.ts';
import type { AskedFootage, FootageRequests } from '../../device/contract/footage-request.ts';
import type { HeldFile } from '../../device/contract/manifest.ts';
import type { ValidationView } from '../../device/contract/storage-api.ts';
import type { Millis } from '../../device/core/units.ts';

export interface ListedEvent {
  readonly event: TytoEvent;
  /** Of its media in the library, with a slash at its end. */
  readonly folder: string;
  readonly ingestedAt: Millis;
  readonly damage: ClipDamage | null;
  readonly sealed: boolean;
  /** What the device still has of it. */
  readonly held: readonly HeldFile[];
  /** What the fleet made and found of it by itself. */
  readonly findings?: FleetFindings;
}

export interface ListedRejection {
  readonly key: string;
  readonly device: string;
  readonly code: string;
  readonly message: string;
  readonly rejectedAt: Millis;
  readonly folder: string;
  readonly objects: readonly { readonly key: string; readonly bytes: number; readonly kept: boolean }[];
}

interface Page<T> { readonly rows: readonly T[]; readonly next: string | undefined }

/** See `index/port.ts`. */
export interface ConsoleIndex {
  events(query: {
    readonly account?: string; readonly device?: string; readonly from?: Millis;
    readonly to?: Millis; readonly kind?: EventKind;
    readonly person?: string; readonly withClip?: boolean; readonly continuous?: boolean;
    readonly before?: string; readonly limit: number;
  }): Promise<Page<ListedEvent>>;
  event(device: string, id: string): Promise<ListedEvent | undefined>;
  devices(): Promise<readonly {
    readonly device: string;
    readonly firstSeen: Millis;
    readonly lastSeen: Millis;
    readonly events: number;
    readonly lastEventAt: Millis;
  }[]>;
  people(limit: number): Promise<readonly string[]>;
  rejected(query: { readonly before?: string; readonly limit: number }): Promise<Page<ListedRejection>>;
  readonly revision: number;
}

/** See `storage/port.ts`. */
export interface ConsoleLibrary {
  open(
    key: string,
  ): Promise<
    | ({
        readonly bytes: number;
        read(offset: number, count: number): Promise<Uint8Array>;
        stream(range?: { readonly start: number; readonly end: number }): Readable;
      } & AsyncDisposable)
    | undefined
  >;
  signedLink(key: string, lasts: Millis): Promise<{ readonly href: string; readonly expiresAt: Millis }>;
}

/** Says whether a link to an object of the library that came back to us still holds. */
export interface LinkChecker {
  check(key: string, claim: { readonly expires: string; readonly signature: string }): 'good' | 'expired' | 'forged';
}

export interface ConsoleStatus {
  readonly landingTrouble: string | undefined;
  readonly unreadable: readonly string[];
  readonly queued: number;
  readonly heldBack: number;
}

/** See `requests/requests.ts`. */
export interface ConsoleRequests extends FootageRequests {
  get(id: string): Promise<
    | {
      readonly row: AskedFootage;
      readonly trail: readonly {
        readonly at: Millis;
        readonly who: string;
        readonly what: string;
        readonly detail: string;
      }[];
    }
    | undefined
  >;
  readonly revision: number;
}

/** See `open-library.ts`. */
export interface ConsoleStorage {
  /** For people: where the library is. */
  readonly place: string;
  /** For people: what the library lacks; undefined where it lacks nothing. */
  readonly trouble: string | undefined;
  /** What answers links to media, where that is not the console. */
  readonly linkOrigins: readonly string[];
  readonly replicas: {
    status(): readonly {
      readonly name: string; readonly place: string;
      readonly waiting: number; readonly waitingSince: Millis | undefined; readonly isNew: boolean;
      readonly takesAll: boolean; readonly stuck: number; readonly copied: number; readonly removed: number;
      readonly bytes: number; readonly lastAt: Millis | undefined; readonly trouble: string | undefined;
    }[];
    stuck(
      name: string,
    ): readonly { readonly key: string; readonly attempts: number; readonly code: string; readonly reason: string }[];
    forward(name: string, row: ListedEvent): boolean;
    hurry(name: string): number | undefined;
  };
  validate(): Promise<ValidationView['stores']>;
}

/** See `events/teller.ts`. */
export interface ConsoleSubscribers {
  views(): readonly {
    readonly plan: { readonly name: string; readonly type: string };
    readonly counts: {
      readonly waiting: number; readonly told: number; readonly dead: number;
      readonly forgotten: number; readonly waitingSince: Millis | undefined;
    };
    readonly dead: readonly {
      readonly id: string;
      readonly device: string;
      readonly at: Millis;
      readonly attempts: number;
      readonly result: string;
    }[];
    readonly problem: { readonly message: string; readonly since: Millis; readonly retryAt: Millis } | undefined;
  }[];
  redrive(name: string): number | undefined;
}
