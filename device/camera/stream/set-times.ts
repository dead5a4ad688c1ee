/** Times that ffmpeg sets anew where those that a camera sends do not do. Text is an option of its `setts` filter. */
import type { Feed } from './feed.ts';

/** Stands before an output that copies pictures; nothing where their times are good. */
export function setTimes({ arrivalRate, reorders = 0 }: Feed): readonly string[] {
  const set = [
    ...(arrivalRate === undefined ? [] : [evenTimes(arrivalRate)]), ...(reorders === 0 ? [] : [firstTimes(reorders)]),
  ];
  return set.length === 0 ? [] : ['-bsf:v', set.join(',')];
}

/**
 * A picture follows the one before at least as late as the rate says, for as long as that leaves it less than half a
 * second behind its arrival: a rate that was not met must not run away from the clock.
 */
function evenTimes(rate: number): string {
  const [even, soon] = [`PREV_OUTPTS+1/(${rate}*TB)`, `PREV_OUTPTS+0.1/(${rate}*TB)`];
  return `setts=ts='if(N,max(${soon},min(max(${even},TS),TS+0.5/TB)),TS)'`;
}

/** A picture comes at most this many places before it is shown, but in rare streams. */
const BETWEEN = 8;
/** The same, where a decoder waits for two pictures or fewer: so it is with all cameras that are known. */
const BETWEEN_FEW = 4;
/** Where pictures are that close, nobody sees the first one standing. */
const UNSEEN_SECONDS = 0.32;

/**
 * RTP tells when a picture is shown, not when it is decoded. ffmpeg finds that out from the order of the first
 * pictures, guesses until then, loses the time of the very first, and moves pictures to where its guess allows them:
 * the first five of a connection would be shown at wrong times. So the first is shown earlier than all that may be
 * shown next, and longer, by some pictures at most; and until ffmpeg knows, pictures are decoded in the instants
 * before that.
 *
 * @param reorders - How many pictures a decoder waits for until it knows which is shown next.
 */
function firstTimes(reorders: number): string {
  const least = reorders > 2 ? BETWEEN : BETWEEN_FEW;
  const early = `if(DURATION,min(${BETWEEN}*DURATION,max(${least}*DURATION,${UNSEEN_SECONDS}/TB)),0.3/TB)`;
  const first = `if(eq(PTS,NOPTS)*not(eq(NEXT_PTS,NOPTS)),NEXT_PTS-${early},PTS)`;
  const before = `min(DTS,ld(0)-${reorders + 1}+N)`;
  return `setts=pts='if(N,PTS,${first})'`
    + `:dts='if(N,if(lte(N,${reorders}),max(PREV_OUTDTS+1,${before}),DTS),st(0,${first});${before})'`;
}
