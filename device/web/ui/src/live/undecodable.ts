/** Video that the browser cannot decode: how soon it is worth another try. */

/** So many errors in a row are no accident of the way: pictures are shown in the place of video. */
const SEVERAL = 3;
/** Video that has played for this long is well: a damaged keyframe would have come meanwhile. */
export const WELL_AFTER_SECONDS = 10;
const SOON_MS = 500;
const FIRST_MS = 15_000;
const MOST_MS = 300_000;

/** @param errors - How often in a row it could not be decoded. */
export const isHopeless = (errors: number): boolean => errors >= SEVERAL;

/** Until the next try, which costs what a stream begins with: at once at first, then ever more seldom. */
export const pauseAfterErrors = (errors: number): number =>
  (isHopeless(errors) ? Math.min(MOST_MS, FIRST_MS * 2 ** (errors - SEVERAL)) : SOON_MS);
