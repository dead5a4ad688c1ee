/** How watching goes, in the ledger's words. Pure. */

import { seconds } from '../../core/units.ts';

/** What is known of it at one moment. */
export interface Watching {
  readonly armed: boolean;
  /** What is recorded: `recording.mode`. */
  readonly mode: 'event' | 'continuous' | 'both' | 'off';
  /** Why no pictures come, for people; null while they do. */
  readonly offline: string | null;
  /** Why nothing can be recorded although it should be: the code of the recorder's fault; null while it can. */
  readonly refusal: string | null;
  /** Whether the wall clock can be believed. */
  readonly clockSynced: boolean;
  /** Why pictures are not analysed, for people; null while they are. */
  readonly blind: string | null;
  /** Unix milliseconds at which the newest video came; undefined while none has. */
  readonly seenAt?: number | undefined;
  /** Unix milliseconds that this newest video shows last: earlier than it came, by how late it was. */
  readonly shownUntil?: number | undefined;
  /** Whether the device is too slow just now for what it has to do. */
  readonly isOverworked?: boolean;
}

export interface WatchWord {
  /** `off`: nobody wanted anything recorded. `lost`: what happened could not have been recorded. */
  readonly state: 'watched' | 'off' | 'lost';
  readonly reason: string;
}

export function wordFor({ armed, mode, offline, refusal, blind }: Watching): WatchWord {
  const isContinuous = mode === 'continuous' || mode === 'both';
  if (mode === 'off') return { state: 'off', reason: 'recording is switched off' };
  if (!armed && !isContinuous) return { state: 'off', reason: 'disarmed' };
  if (offline !== null)
    return { state: 'lost', reason: `no pictures: ${offline === '' ? 'the camera is being connected' : offline}` };
  if (refusal !== null) return { state: 'lost', reason: REFUSALS[refusal] ?? 'the disk takes no recordings' };
  if (blind !== null && !isContinuous) return { state: 'lost', reason: `pictures were not analysed: ${blind}` };
  return { state: 'watched', reason: '' };
}

/** Why what happens now is not recorded although it should be, for people; null while it is. */
export function lossOf(watching: Watching): string | null {
  const { state, reason } = wordFor(watching);
  return state === 'lost' ? reason : null;
}

/** Why nothing is there of what happened just before an end: it had not come yet. Undefined while it comes in time. */
export function latenessOf({ seenAt, shownUntil, isOverworked = false }: Watching): string | undefined {
  if (seenAt === undefined || shownUntil === undefined || seenAt - shownUntil <= LATE) return undefined;
  return isOverworked ? 'the device was too slow: it had not come to this when it was stopped'
    : 'the video came late: this was still to come when Tyto stopped';
}

/** Video comes by the half second, and some cameras hold it back for a second or two. */
const LATE = seconds(3);

/** Short and always the same, so that one stretch of it is one entry. */
const REFUSALS: Readonly<Record<string, string>> = {
  'recorder.space-low': 'the disk is full',
  'recorder.disk-full': 'the disk is full', 'recorder.read-only': 'the disk is read-only',
  'recorder.disk-error': 'the disk reports errors', 'recorder.disk-gone': 'the disk is gone',
};
