/**
 * The time of day in a picture: a row of squares along its upper edge, white for 1, whose Gray code counts hundredths
 * of a second. From one to the next count one square changes, so a picture made in between is wrong by one at most.
 */

/** Of squares: the count begins anew after 655 s. */
export const BITS = 16;
/** Pixels of a side of a square. */
export const SQUARE = 64;

/** An ffmpeg filter that draws the time at which it sees each picture. */
export const timeCodeFilter = (): string => {
  const count = (shift: number): string => (shift === BITS ? '0' : `floor(time(0)*100/${2 ** shift})`);
  const square = (bit: number): string =>
    `drawbox=x=${bit * SQUARE}:y=0:w=${SQUARE}:h=${SQUARE}:color=white:t=fill:`
      + `enable='mod(${count(bit)}+${count(bit + 1)},2)'`;
  return [
    `drawbox=x=0:y=0:w=${BITS * SQUARE}:h=${SQUARE}:color=black:t=fill`,
    ...Array.from({ length: BITS }, (_, bit) => square(bit)),
  ].join(',');
};

/**
 * Milliseconds that have passed since the picture was made, for one whose squares are as bright as
 * `lit` (lowest bit first) at `now`.
 */
export function ageOf(lit: readonly boolean[], now: number): number {
  let count = 0;
  let before = false;
  for (const on of lit.toReversed()) {
    before = on !== before;
    count = count * 2 + (before ? 1 : 0);
  }
  const turn = 2 ** BITS;
  const age = (Math.floor(now / 10) - count) % turn;
  return (age < 0 ? age + turn : age) * 10;
}
