/**
 * How the live picture keeps up with what happens: pure, so that it can be tried without a browser. Video comes in
 * pieces. What was left to be shown when the next piece came is the reserve: with much of it the picture is later than
 * it need be, with none it stands still for a moment.
 */

/** Seconds of video that are there, in order: `[start, end]`. */
export type Buffered = readonly (readonly [start: number, end: number])[];

export type PaceStep =
  | { readonly type: 'seek'; readonly to: number }
  | { readonly type: 'rate'; readonly rate: number }
  /** Drop what was seen, from the beginning to here. */
  | { readonly type: 'forget'; readonly before: number };

/** The reserves of late, newest last; empty when what is shown has just begun or jumped. */
export type Reserves = readonly number[];

/** With more than this in reserve at any time of late, the picture runs faster until it is `ENOUGH`. */
const PLENTY = 0.22;
const ENOUGH = 0.12;
const FASTER = 1.1;
/** Behind the newest by more than this, it jumps. */
const LOST = 3;
/** Where a jump lands, before the newest. */
const MARGIN = 0.3;
/** How many reserves tell how regular the network is. */
const REMEMBERED = 8;
/** What was seen is kept for this long, and dropped in one go when twice as long. */
const KEEP = 10;

/** Notes that `left` seconds were still to be shown when the next piece came. */
export const withReserve = (reserves: Reserves, left: number): Reserves =>
  [...reserves, Math.max(0, left)].slice(-REMEMBERED);

/** What to do, all in seconds of the video's own time. `rate` is how fast it plays now. */
export function pace(
  now: number, buffered: Buffered, { rate, reserves }: { readonly rate: number; readonly reserves: Reserves },
): readonly PaceStep[] {
  const [first, last] = [buffered[0], buffered.at(-1)];
  if (first === undefined || last === undefined) return [];
  const [start, end] = last;
  const behind = end - now;
  const isLost = now < start || behind < 0 || behind > LOST || (reserves.length === 0 && behind > 2 * MARGIN);
  const reserve = Math.min(...reserves);
  const wanted = isLost || reserves.length === 0 || reserve < ENOUGH ? 1 : reserve > PLENTY ? FASTER : rate;
  return [
    ...(isLost ? [{ type: 'seek', to: Math.max(start, end - MARGIN) } as const] : []),
    ...(wanted === rate ? [] : [{ type: 'rate', rate: wanted } as const]),
    ...(now - first[0] > 2 * KEEP ? [{ type: 'forget', before: now - KEEP } as const] : []),
  ];
}
