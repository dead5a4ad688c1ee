/** How the live picture keeps up with what happens: pure, so that it can be tried without a browser. */

/** Seconds of video that are there, in order: `[start, end]`. */
export type Buffered = readonly (readonly [start: number, end: number])[];

export type PaceStep =
  | { readonly type: 'seek'; readonly to: number }
  | { readonly type: 'rate'; readonly rate: number }
  /** Drop what was seen, from the beginning to here. */
  | { readonly type: 'forget'; readonly before: number };

/** Behind by more than this, the picture runs faster until it is not. */
const LATE = 1;
const CAUGHT_UP = 0.6;
/** Behind by more than this, it jumps. */
const LOST = 3;
/** Where a jump lands, before the newest. */
const MARGIN = 0.4;
const FASTER = 1.15;
/** What was seen is kept for this long, and dropped in one go when twice as long. */
const KEEP = 10;

/** What to do, all in seconds of the video's own time. `rate` is how fast it plays now. */
export function pace(now: number, buffered: Buffered, rate: number): readonly PaceStep[] {
  const [first, last] = [buffered[0], buffered.at(-1)];
  if (first === undefined || last === undefined) return [];
  const [start, end] = last;
  const behind = end - now;
  const steps: PaceStep[] = [];
  const isLost = now < start || behind < 0 || behind > LOST;
  if (isLost) steps.push({ type: 'seek', to: Math.max(start, end - MARGIN) });
  const wanted = isLost || behind < CAUGHT_UP ? 1 : behind > LATE ? FASTER : rate;
  if (wanted !== rate) steps.push({ type: 'rate', rate: wanted });
  if (now - first[0] > 2 * KEEP) steps.push({ type: 'forget', before: now - KEEP });
  return steps;
}
