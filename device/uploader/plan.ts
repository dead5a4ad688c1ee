/** What of an event is still to be sent, in which order events go, and when one is tried again. Pure. */
import type { MediaFile, TytoEvent } from '../contract/event.ts';
import { FILE_ROLES, type FileRole } from '../contract/manifest.ts';
import { backoffDelay, type Backoff } from '../core/backoff.ts';
import { millis, minutes, seconds, type Millis } from '../core/units.ts';
import type { Failure } from './failure.ts';

export type ItemState = 'pending' | 'uploaded' | 'refused';

/** How far one event has come. */
export interface Progress {
  /** Files that the landing has. */
  readonly stored: readonly FileRole[];
  /** Files that the manifest in the landing names; undefined while there is none. */
  readonly told: readonly FileRole[] | undefined;
}

export interface EventFile { readonly role: FileRole; readonly file: MediaFile }

/** The files of `event` that the landing does not have yet, in the order in which they go. */
export const filesToSend = (event: TytoEvent, { stored }: Progress): readonly EventFile[] =>
  FILE_ROLES.flatMap((role) => {
    const file = event[role];
    return file === null || file === undefined || stored.includes(role) ? [] : [{ role, file }];
  });

/** Whether the landing's manifest is missing, or names other files than the landing has. It always goes last. */
export const manifestIsDue = ({ stored, told }: Progress): boolean =>
  told === undefined || FILE_ROLES.some((role) => stored.includes(role) !== told.includes(role));

/** The event as its manifest tells it: with only those files that are really there. */
export const eventWith = ({ thumbnail, preview, ...event }: TytoEvent, stored: readonly FileRole[]): TytoEvent => ({
  ...event,
  ...(thumbnail !== undefined && stored.includes('thumbnail') ? { thumbnail } : {}),
  ...(preview !== undefined && stored.includes('preview') ? { preview } : {}),
  ...(stored.includes('snapshot') ? {} : { snapshot: null, has_snapshot: false }),
  ...(stored.includes('clip') ? {} : { clip: null, has_clip: false }),
});

/**
 * What is to be uploaded of an event that changed while it waited. A file that the catalogue has lost meanwhile stays on the
 * list: that it cannot go any more shall be seen.
 */
export function changedEvent(before: TytoEvent, now: TytoEvent): TytoEvent {
  const [snapshot, clip] = [now.snapshot ?? before.snapshot, now.clip ?? before.clip];
  return { ...now, ...smallFiles(before), ...smallFiles(now), snapshot, has_snapshot: snapshot !== null, clip, has_clip: clip !== null };
}

const smallFiles = ({ thumbnail, preview }: TytoEvent): Pick<TytoEvent, 'thumbnail' | 'preview'> =>
  ({ ...(thumbnail === undefined ? {} : { thumbnail }), ...(preview === undefined ? {} : { preview }) });

/** The files that need not go once more, of an event that changed while it waited. */
export const stillStored = (before: TytoEvent, now: TytoEvent, stored: readonly FileRole[]): readonly FileRole[] =>
  stored.filter((role) => before[role]?.name === now[role]?.name && before[role]?.sha256 === now[role]?.sha256);

/**
 * Whether an event that was uploaded and changed is worth another upload: when a file was found that was not there. What a
 * device lost after the upload must not take it from the fleet.
 */
export const hasMore = (now: TytoEvent, stored: readonly FileRole[]): boolean =>
  stored.every((role) => has(now, role)) && FILE_ROLES.some((role) => has(now, role) && !stored.includes(role));

const has = (event: TytoEvent, role: FileRole): boolean => event[role] !== null && event[role] !== undefined;

/** Far below any unix time: what was refused goes after all that was not. */
const REFUSED_PENALTY = 1e11;
/** The higher, the sooner: the newest event is what somebody waits for. */
export const valueOf = (event: Pick<TytoEvent, 'start_time'>, state: ItemState): number =>
  event.start_time - (state === 'refused' ? REFUSED_PENALTY : 0);

export interface RetryLimits {
  /** After a failure that may pass by itself. */
  readonly passing: Backoff;
  /** After a refusal: somebody must act first, or a file must come back. */
  readonly refusal: Backoff;
  /** Between looks at a store that failed. */
  readonly store: Backoff;
}
export const RETRY: RetryLimits = {
  passing: { first: seconds(5), most: minutes(15) },
  refusal: { first: minutes(1), most: minutes(60) },
  store: { first: seconds(5), most: minutes(2) },
};

/** The longest that any item waits: a later time is that of a clock which has been set back since. */
export const longestWait = ({ passing, refusal }: RetryLimits): Millis => millis(Math.max(passing.most, refusal.most));

export interface Attempt {
  /** Failures in a row, this one included. */
  readonly attempts: number;
  readonly now: Millis;
  /** In `[0, 1)`. */
  readonly random: number;
}

/** When an item that failed so is tried again. It always is. */
export const retryAt = (kind: Failure['kind'], { attempts, now, random }: Attempt, limits: RetryLimits): Millis =>
  millis(now + backoffDelay(kind === 'unreachable' ? limits.passing : limits.refusal, attempts, random));
