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
  /** The soonest arrival of this connection, as an origin; it rises as fast as a camera's clock may be slow. */
  readonly earliest: Millis;
  /** The device was late itself, and what waits is not read yet. */
  readonly catchesUp: boolean;
}

const SETTLING = seconds(10);
const WINDOW = seconds(10);
/**
 * Where the device itself may be what is late, lateness says nothing of the camera for as long as this: what waits is
 * soon read, and then comes as soon as ever.
 */
const WINDOW_HELD_UP = seconds(90);
/** The estimate follows the camera's own clock only in steps of this; a delay of the network is no reason to. */
const DRIFT = seconds(2);
/** So much of the time, at most, a camera's clock loses. */
const LOSS = 0.0005;

/** The first estimate: stream time `newest` arrived at `now`. */
export const anchorAt = (now: Millis, newest: Millis): StreamAnchor => {
  const origin = millis(now - newest);
  const settledAt = millis(now + SETTLING);
  return { origin, settledAt, soonest: origin, windowFrom: now, earliest: origin, catchesUp: false };
};

/**
 * The estimate after stream time `newest` arrived at `now`.
 * @param isHeldUp - The device may be too slow to read in time what is there.
 */
export function observeArrival(anchor: StreamAnchor, now: Millis, newest: Millis, isHeldUp = false): StreamAnchor {
  const origin = millis(now - newest);
  const catchesUp = origin > anchor.origin + DRIFT && (isHeldUp || anchor.catchesUp);
  const early = now < anchor.settledAt ? origin < anchor.origin : origin < anchor.origin - DRIFT;
  if (early) {
    const earliest = millis(Math.min(anchor.earliest, origin));
    return { ...anchor, origin, soonest: origin, windowFrom: now, earliest, catchesUp };
  }
  const soonest = millis(Math.min(anchor.soonest, origin));
  const window = isHeldUp || catchesUp ? WINDOW_HELD_UP : WINDOW;
  if (now - anchor.windowFrom < window) return { ...anchor, soonest, catchesUp };
  const late = soonest > anchor.origin + DRIFT;
  const earliest = millis(Math.min(anchor.earliest + (now - anchor.windowFrom) * LOSS, soonest));
  return { ...anchor, origin: late ? soonest : anchor.origin, soonest: origin, windowFrom: now, earliest, catchesUp };
}

/** The latest picture so far, by its stream time, and when it came. */
export interface Arrival { readonly now: Millis; readonly newest: Millis }

/** A step of stream time that is longer than this is a hole, or a leap. */
const LEAP = seconds(2);

/**
 * How far the camera's timeline has leapt ahead of `last`: time that nobody lived through, though pictures went on
 * coming. 0 where it has not: after a hole in what the network brings, stream time is not ahead of what is possible,
 * also where the network was late for so long that the estimate has followed it.
 */
export function leapAhead(anchor: StreamAnchor, last: Arrival, { now, newest }: Arrival): Millis {
  const leap = millis(newest - last.newest - (now - last.now));
  const isPossible = leap <= LEAP || anchor.earliest + newest - now <= LEAP;
  // At first nobody knows yet what is possible: a camera may begin with an old keyframe, and go on with what is now.
  return isPossible || now < anchor.settledAt ? millis(0) : leap;
}

/** How far ahead of what is possible `newest` lies: more than seconds means that the camera's timeline jumped. */
export const aheadOfTime = (anchor: StreamAnchor, now: Millis, newest: Millis): Millis =>
  millis(Math.max(0, anchor.origin + newest - now));
