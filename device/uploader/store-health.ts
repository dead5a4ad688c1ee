/**
 * Whether the store is worth a body, told apart from whether one event is: a store in doubt is first asked for a list,
 * which costs nothing; an event that fails alone does not hold up the others. Pure.
 */
import { backoffDelay, type Backoff } from '../core/backoff.ts';
import { millis, type Millis } from '../core/units.ts';

export interface StoreHealth {
  /** Failures since the last success, of whatever it was asked. */
  readonly failures: number;
  /**
   * Ask for a list before the next upload; not before this point of the monotonic clock. Undefined while in no doubt.
   */
  readonly askAt: Millis | undefined;
  /** It failed to list as well: the fault was never that of the events which met it. */
  readonly outage: boolean;
}

/** At start: the first thing is to see whether the settings work, event or no event. */
export const unproven: StoreHealth = { failures: 0, askAt: millis(0), outage: false };
export const healthy: StoreHealth = { failures: 0, askAt: undefined, outage: false };

export interface Moment {
  /** Monotonic. */
  readonly now: Millis;
  /** In `[0, 1)`. */
  readonly random: number;
}

/** An upload failed in a way that may be the store's fault. */
export const afterUploadFailed = (health: StoreHealth, moment: Moment, limits: Backoff): StoreHealth =>
  doubted(health, moment, limits);

/** It listed: uploads go on, at the pace of their failures until one succeeds. */
export const afterListed = (health: StoreHealth): StoreHealth =>
  ({ failures: health.failures, askAt: undefined, outage: false });

/** It could not be reached for a list either: uploads wait. */
export const afterListFailed = (health: StoreHealth, moment: Moment, limits: Backoff): StoreHealth =>
  ({ ...doubted(health, moment, limits), outage: true });

/** It answered, but refused a list: an upload may work all the same, and is what shows it. */
export const afterListRefused = (health: StoreHealth): StoreHealth =>
  ({ failures: health.failures, askAt: undefined, outage: true });

function doubted(health: StoreHealth, { now, random }: Moment, limits: Backoff): StoreHealth {
  const failures = health.failures + 1;
  return { ...health, failures, askAt: millis(now + backoffDelay(limits, failures, random)) };
}
