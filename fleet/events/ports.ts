/** What telling others asks of index and library. */
import type { ClipDamage } from '../../device/contract/clip-damage.ts';
import type { TytoEvent } from '../../device/contract/event.ts';
import type { FleetFindings } from '../../device/contract/fleet-findings.ts';
import type { Millis } from '../../device/core/units.ts';

export interface AcceptedRow {
  readonly event: TytoEvent;
  /** Of its media in the library, with a slash at its end. */
  readonly folder: string;
  readonly damage: ClipDamage | null;
  readonly sealed: boolean;
  /** Whose device it is. */
  readonly account: string;
  /** What the fleet made and found of it by itself. */
  readonly findings?: FleetFindings;
}

/** See `index/port.ts`. */
export type HeardNews = { readonly at: Millis } & (
  | { readonly what: 'accepted' | 'updated'; readonly row: AcceptedRow; readonly isFirst: boolean }
  | {
    readonly what: 'rejected';
    readonly rejection: {
      readonly key: string;
      readonly device: string;
      readonly code: string;
      readonly message: string;
      readonly delivery: string;
    };
  }
);

export interface HeardPage { readonly news: readonly HeardNews[]; readonly cursor: string; readonly more: boolean }

export interface News {
  since(cursor: string, limit: number): Promise<HeardPage>;
  latest(): Promise<string>;
}

/** See `storage/port.ts`. */
export interface LinkMaker {
  signedLink(key: string, lasts: Millis): Promise<{ readonly href: string; readonly expiresAt: Millis }>;
}
