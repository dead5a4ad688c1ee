/** When something that failed is tried again, and when it is put aside. Pure. */
import { backoffDelay, type Backoff } from '../core/backoff.ts';
import { millis, minutes, seconds, type Millis } from '../core/units.ts';
import type { Failure } from './failure.ts';

export interface RetryLimits {
  /** After a failure that may pass by itself. */
  readonly passing: Backoff;
  /** After a refusal: somebody must act first, or a file must come back. */
  readonly refusal: Backoff;
  /** Before a store that failed an upload is given another; see also `lookAgain`. */
  readonly store: Backoff;
  /** Refusals that are the event's own until it is put aside. */
  readonly strikes: number;
}
export const RETRY: RetryLimits = {
  passing: { first: seconds(5), most: minutes(15) },
  refusal: { first: minutes(1), most: minutes(60) },
  store: { first: seconds(5), most: minutes(2) },
  strikes: 6,
};

/**
 * A store that is away is asked for a list, which costs nothing, and its return is noticed; half of the pause is
 * jitter, or all devices would come at once.
 */
const LONGEST_LOOK = seconds(30);

/** Between looks at a store that could not be reached for a list either. */
export const lookAgain = ({ store: { first, most } }: Pick<RetryLimits, 'store'>): Backoff =>
  ({ first, most: millis(Math.min(most, LONGEST_LOOK)) });

/** The longest that any item waits: a later time is that of a clock which has been set back since. */
export const longestWait = ({ passing, refusal }: RetryLimits): Millis => millis(Math.max(passing.most, refusal.most));

export interface Attempt {
  /** Failures in a row, this one included. */
  readonly attempts: number;
  readonly now: Millis;
  /** In `[0, 1)`. */
  readonly random: number;
}

/** When an item that failed so is tried again. */
export const retryAt = (kind: Failure['kind'], { attempts, now, random }: Attempt, limits: RetryLimits): Millis =>
  millis(now + backoffDelay(kind === 'unreachable' ? limits.passing : limits.refusal, attempts, random));
