/** Times that ffmpeg sets anew where those that a camera sends do not do. Text is an option of its `setts` filter. */
import type { Feed } from './feed.ts';

/**
 * Stands before an output that copies pictures; nothing where their times are good.
 *
 * @param isAlone - Whether nothing else is to keep step with these pictures: no sound, and no picture decoded by the
 *   same ffmpeg.
 */
export function setTimes({ arrivalRate, ownClock, reorders = 0 }: Feed, isAlone: boolean): readonly string[] {
  const set = [
    ...(arrivalRate === undefined ? [] : [evenTimes(arrivalRate)]),
    ...(reorders > 0 ? [firstTimes(reorders)] : ownClock === true && isAlone ? [steadyTimes()] : []),
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

/** So far ahead, or back, is no picture's distance from the one before: the camera's clock was set. */
const [AHEAD_SECONDS, BACK_SECONDS] = [2, 0.5];
/** Until then nobody knows when pictures come; after such a silence it is this device's clock that was set. */
const [KNOWN_AFTER_SECONDS, LONGEST_SILENCE_SECONDS] = [10, 60];
/** So much of the time, at most, a camera's clock loses. */
const LOSS = 0.0005;

/**
 * A camera whose clock is set by a time server goes on without a gap: what it leaps, ahead or back, is taken from all
 * times that follow. Ahead is a leap only where pictures go on coming, and the new time is one that nobody can have
 * lived through yet, by the picture that came soonest so far: what is held up on its way and then lost looks alike.
 * Where pictures come out of order, times leap by and by, and nothing is done here.
 *
 * Registers: 0 is what is added; 1 when the picture before came; 2 the soonest arrival, as the moment of time 0; 3 when
 * the first came; 4 now. Times of this device's clock, in seconds, which may be set, too: a leap of its own is none of
 * the pictures', for they alone tell how far they are apart.
 */
function steadyTimes(): string {
  const [step, usual] = ['(DTS-PREV_INDTS)*TB', 'if(DURATION,DURATION,0.04/TB)'];
  const [now, since, shown] = ['ld(4)', 'ld(4)-ld(1)', '(DTS+ld(0))*TB'];
  const ahead = `gt(${step},${AHEAD_SECONDS})*lt(${since},1)*gt(ld(2)+${shown}-${now},${AHEAD_SECONDS})`;
  const leapt = `not(eq(DTS,NOPTS))*not(eq(PREV_INDTS,NOPTS))*gt(${now}-ld(3),${KNOWN_AFTER_SECONDS})`
    + `*(lt(${step},-${BACK_SECONDS})+${ahead})`;
  const soonest = `${now}-${shown}`;
  const kept = `min(ld(2)+(${since})*${LOSS},${soonest})`;
  const begin = `st(1,${now});st(2,${soonest});st(3,${now})`;
  const follow = `if(${leapt},st(0,ld(0)-(DTS-PREV_INDTS)+${usual}));`
    + `st(2,if(gt(${since},${LONGEST_SILENCE_SECONDS}),${soonest},${kept}));st(1,${now})`;
  const times = (time: string): string => `'st(4,time(0));if(N,${follow},${begin});${time}+ld(0)'`;
  return `setts=pts=${times('PTS')}:dts=${times('DTS')}`;
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
