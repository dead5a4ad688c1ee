/** What the vault asks of index, library, landing and of whoever looks into clips. */
import type { Readable } from 'node:stream';
import type { ClipDamage } from '../../device/contract/clip-damage.ts';
import type { EventKind, TytoEvent } from '../../device/contract/event.ts';
import type { FleetFindings } from '../../device/contract/fleet-findings.ts';
import type { Millis } from '../../device/core/units.ts';
import type { LandingReader, LandingWriter } from '../../device/landing/port.ts';

export type VaultLanding = LandingReader & LandingWriter;

export interface FiledEvent {
  readonly account: string;
  readonly event: TytoEvent;
  /** Of its media in the library, with a slash at its end. */
  readonly folder: string;
  readonly ingestedAt: Millis;
  readonly damage: ClipDamage | null;
  readonly sealed: boolean;
  /** What the fleet made and found of it by itself. */
  readonly findings?: FleetFindings;
}

export interface VaultQuery {
  readonly account: string;
  readonly device?: string;
  /** Only what began at or after `from`, and before `to`. */
  readonly from?: Millis;
  readonly to?: Millis;
  readonly kind?: EventKind;
  readonly continuous?: boolean;
  readonly before?: string;
  readonly limit: number;
}

/** See `index/port.ts`. */
export interface VaultIndex {
  /** Newest first. */
  events(query: VaultQuery): Promise<{ readonly rows: readonly FiledEvent[]; readonly next: string | undefined }>;
  event(device: string, id: string): Promise<FiledEvent | undefined>;
  /** Whose the latest of a device is; undefined when there is nothing of it. */
  accountOf(device: string): Promise<string | undefined>;
  usage(account: string): Promise<{ readonly events: number; readonly bytes: number }>;
  /** For good: its files, then its row. @returns False when there was none. */
  remove(device: string, id: string): Promise<boolean>;
}

/** See `storage/port.ts`. */
export interface VaultLibrary {
  open(key: string): Promise<({
    readonly bytes: number;
    read(offset: number, count: number): Promise<Uint8Array>;
    stream(range?: { readonly start: number; readonly end: number }): Readable;
  } & AsyncDisposable) | undefined>;
  signedLink(key: string, lasts: Millis): Promise<{ readonly href: string; readonly expiresAt: Millis }>;
}

/** Who files elsewhere is told by it whose what comes is; see `index/owner-book.ts`. */
export interface VaultOwners {
  give(device: string, account: string): Promise<void>;
  bring(event: { readonly device: string; readonly id: string }, account: string): Promise<void>;
}

/** A landing that lets devices put by themselves; see `storage/port.ts`. */
export interface GrantSigner {
  signPut(
    key: string,
    upload: { readonly bytes: number; readonly sha256: string; readonly contentType: string },
    lasts: Millis,
  ): Promise<{
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly expiresAt: Millis;
  }>;
}

export interface ClipFacts {
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  /** Seconds. */
  readonly duration: number;
}

/** What `file` tells of itself, measured as ingest measures it; undefined when it is no clip. */
export type ProbeClip = (file: string, signal: AbortSignal) => Promise<ClipFacts | undefined>;
