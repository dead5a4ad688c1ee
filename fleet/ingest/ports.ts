/** What ingest asks of the stores and the index. */
import type { ClipDamage } from '../../device/contract/clip-damage.ts';
import type { EventFace, TytoEvent } from '../../device/contract/event.ts';
import type { FleetFindings } from '../../device/contract/fleet-findings.ts';
import type { HeldFile } from '../../device/contract/manifest.ts';
import type { Report } from '../../device/contract/mail.ts';
import type { Millis } from '../../device/core/units.ts';
import type { LandingReader, LandingWriter } from '../../device/landing/port.ts';
import type { Clock } from '../../device/runtime/clock.ts';
import type { KeyOpener } from '../../device/vault/wrapped-key.ts';
import type { IngestLimits } from './limits.ts';
import type { Drawer, Shelf } from './shelf.ts';
import type { Signers } from './signers.ts';

export interface RejectionRecord {
  readonly key: string;
  readonly device: string;
  readonly code: string;
  readonly message: string;
  readonly rejectedAt: Millis;
  readonly folder: string;
  readonly objects: readonly { readonly key: string; readonly bytes: number; readonly kept: boolean }[];
  readonly delivery: string;
}

export type KnownEvent =
  | { readonly state: 'new' }
  | {
    readonly state: 'accepted'; readonly event: TytoEvent;
    readonly held: readonly HeldFile[]; readonly version: number;
    /** Faces that the fleet was told to forget. */
    readonly forgotten: readonly number[];
  }
  | { readonly state: 'deleted' };

/** What was decided so far; see `index/port.ts`. Everything is durable when a call returns. */
export interface Register {
  known(device: string, id: string): Promise<KnownEvent>;
  /**
   * What was rejected under `keys` is forgotten. Without `damage`, or unless `sealed`, what was known of that stays.
   * @param version - Of what it takes the place of, as `known` told it; 0 for nothing.
   * @throws {RemoteError} `index.raced` when that was changed since: it is to be tried again.
   */
  accept(
    row: {
      readonly event: TytoEvent;
      readonly folder: string;
      readonly ingestedAt: Millis;
      readonly damage: ClipDamage | null;
      readonly sealed: boolean;
      readonly held: readonly HeldFile[];
      readonly findings?: FleetFindings;
    },
    keys: readonly string[],
    version: number,
  ): Promise<void>;
  unfinishedRejection(key: string): Promise<RejectionRecord | undefined>;
  rejection(key: string): Promise<RejectionRecord | undefined>;
  reject(record: RejectionRecord): Promise<void>;
  finishRejection(key: string): Promise<void>;
}

/** Who keeps the requests for footage. */
export interface Reports {
  /**
   * A device's word on a request of this id; durable when it resolves. It may come twice, late,
   * or of a request that nobody made.
   * @param device - Whose prefix it lay under.
   */
  take(device: string, report: Report): Promise<void>;
}

/** Looks for faces in a picture, and says whose they are. */
export interface FaceLooker {
  /**
   * @param picture - A JPEG that was decoded before.
   * @returns The surest first.
   * @throws {TytoError} When it cannot be looked at now.
   */
  look(picture: Uint8Array, signal: AbortSignal): Promise<readonly Omit<EventFace, 'time'>[]>;
}

/** Everything that a piece of ingest's work needs. */
export interface IngestParts {
  /** Emptied here; answers to devices are put into it. */
  readonly landing: LandingReader & LandingWriter;
  readonly library: Shelf;
  readonly quarantine: Drawer;
  readonly register: Register;
  /** What is known of whose key seals the clips of which device. */
  readonly signers: Signers;
  readonly reports: Reports;
  /** Open encrypted uploads; what they do not open is filed without being looked into. */
  readonly keys: KeyOpener;
  /** What devices did not send is made, and with `faces` looked for; absent: neither. */
  readonly findOut?: { readonly faces: FaceLooker | undefined };
  readonly clock: Clock;
  readonly limits: IngestLimits;
  /** A folder on the disk of library and quarantine, for copies that are being judged. Nobody else writes there. */
  readonly work: string;
}

/** An object of the landing that is to be dealt with. */
export interface Landed {
  readonly key: string;
  /** By the store's clock: with the key, it tells one delivery from the next. */
  readonly modifiedAt: Millis;
  /** How long it has been there. */
  readonly age: Millis;
}
