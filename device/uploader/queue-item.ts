/** An event on its way, as its row in the queue tells of it. */
import type { TytoEvent } from '../contract/event.ts';
import { FILE_ROLES, type FileRole } from '../contract/manifest.ts';
import type { Millis } from '../core/units.ts';
import type { SqliteRow } from '../durable/sqlite.ts';
import { CLASSES, type OpenState, type Outlook, type Progress, type UploadClass } from './plan.ts';

/** Which store has what has gone of an event: 0 the first, 1 the one that takes its place while it fails. */
export type Place = 0 | 1;

export interface QueueItem extends Outlook {
  readonly state: OpenState;
  readonly class: UploadClass;
  /** Failures in a row. */
  readonly attempts: number;
  /** Refusals that were its own. */
  readonly strikes: number;
  /** Why it waits, where that is its own reason. */
  readonly code: string | null;
  /** Undefined while no store has anything of it: an event lies whole in one. */
  readonly place: Place | undefined;
}

export interface QueueFailure {
  readonly state: OpenState | 'dead';
  readonly attempts: number;
  readonly strikes: number;
  readonly now: Millis;
  readonly nextAt: Millis;
  /** Whose fault it may be: `store` is forgiven when an outage is over. */
  readonly blame: 'event' | 'store';
  /** Of a refusal; null leaves what was noted before. */
  readonly code: string | null;
  readonly reason: string | null;
}

/** What one try has brought. */
export interface Advance extends Progress {
  readonly faulty: readonly FileRole[];
  readonly place: Place;
  /** SHA-256 of the manifest that was put last; undefined where no answer to it is to come. */
  readonly manifest: string | undefined;
}

/** The higher, the sooner, within a class: the newest event is what somebody waits for. */
export const valueOf = ({ start_time: start }: Pick<TytoEvent, 'start_time'>): number => start;

export const itemOf = (row: SqliteRow): QueueItem => ({
  event: JSON.parse(String(row['event'])) as TytoEvent,
  state: row['state'] as OpenState,
  class: CLASSES[Number(row['class'])] ?? 'media',
  attempts: Number(row['attempts']),
  strikes: Number(row['strikes']),
  code: row['code'] === null ? null : String(row['code']),
  isAsked: row['asked'] === 1,
  stored: rolesOf(String(row['stored'])),
  told: row['told'] === null ? undefined : rolesOf(String(row['told'])),
  faulty: rolesOf(String(row['faulty'])),
  place: row['place'] === null ? undefined : Number(row['place']) as Place,
});

export const rolesOf = (text: string): readonly FileRole[] =>
  FILE_ROLES.filter((role) => text.split(',').includes(role));
export const classNumber = (name: UploadClass): number => CLASSES.indexOf(name);
