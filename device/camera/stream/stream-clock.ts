/**
 * When was a picture taken? Cameras do not tell reliably, so the time is estimated from arrivals: nothing
 * arrives before it was taken, and what arrives soonest tells best. Pure; times are the monotonic
 * clock's, which no time server moves.
 */
import { millis, seconds, type Millis } from '../../core/units.ts';

export interface StreamAnchor {
  /** When stream time 0 was, by the monotonic clock. */
  readonly origin: Millis;
  /** Until then every earlier arrival corrects: a stream begins with pictures that waited for the connection. */
  readonly settledAt: Millis;
  /** The soonest arrival since `windowFrom`, as an origin. */
  readonly soonest: Millis;
  readonly windowFrom: Millis;
}

const SETTLING = seconds(10);
const WINDOW = seconds(10);
/** The estimate follows the camera's own clock only in steps of this; a delay of the network is no reason to. */
const DRIFT = seconds(2);

/** The first estimate: stream time `newest` arrived at `now`. */
export const anchorAt = (now: Millis, newest: Millis): StreamAnchor => {
  const origin = millis(now - newest);
  return { origin, settledAt: millis(now + SETTLING), soonest: origin, windowFrom: now };
};

/** The estimate after stream time `newest` arrived at `now`. */
export function observeArrival(anchor: StreamAnchor, now: Millis, newest: Millis): StreamAnchor {
  const origin = millis(now - newest);
  const early = now < anchor.settledAt ? origin < anchor.origin : origin < anchor.origin - DRIFT;
  if (early) return { ...anchor, origin, soonest: origin, windowFrom: now };
  const soonest = millis(Math.min(anchor.soonest, origin));
  if (now - anchor.windowFrom < WINDOW) return { ...anchor, soonest };
  const late = soonest > anchor.origin + DRIFT;
  return { ...anchor, origin: late ? soonest : anchor.origin, soonest: origin, windowFrom: now };
}

/** How far ahead of what is possible `newest` lies: more than seconds means that the camera's timeline jumped. */
export const aheadOfTime = (anchor: StreamAnchor, now: Millis, newest: Millis): Millis =>
  millis(Math.max(0, anchor.origin + newest - now));
