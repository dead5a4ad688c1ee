/** How much later than it happened vision may tell of something: so long, beyond the pre-roll, video is to be held. */
import { millis, seconds, type Millis } from '../core/units.ts';

export interface Lateness {
  readonly knownLateBy: Millis;
  /** As in `RecorderPlan`: more by the time between two keyframes of what is recorded, up to this. */
  readonly keyframesApart: Millis;
}

export interface Watching {
  /** How long something must move before it is told. */
  readonly minimumDuration: Millis;
  readonly decode: 'auto' | 'full';
  /** Another stream is watched than is recorded. */
  readonly hasSubStream: boolean;
}

/**
 * It may be some seconds behind: a decoder gives up catching up after eight; and where packets can be relied on, what
 * none of them told shows up to eight and a half late.
 */
const BEHIND = seconds(10);
/** Keyframes are never further apart where only they are decoded, and a change shows at the next one. */
const KEYFRAMES_APART = { auto: seconds(20), full: seconds(0) } as const;

/** What is recorded tells nothing of a sub-stream's keyframes: they are taken to be as far apart as they may be. */
export function latenessOf({ minimumDuration, decode, hasSubStream }: Watching): Lateness {
  const knownLateBy = millis(minimumDuration + BEHIND);
  const keyframesApart = KEYFRAMES_APART[decode];
  if (!hasSubStream) return { knownLateBy, keyframesApart };
  return { knownLateBy: millis(knownLateBy + keyframesApart), keyframesApart: millis(0) };
}
