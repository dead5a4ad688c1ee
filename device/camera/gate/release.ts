/**
 * How many packets a decoder wants after a keyframe before it lets go of that picture: as many as pictures may be out of
 * order, as far as was seen. Where that is too few, it is learnt. Pure.
 */

/** After so many keyframes that came out by themselves one packet less is tried; after twice as many when that was too few. */
const FRUGAL_AFTER = 4;
const MOST_FRUGAL_AFTER = 256;

export class Release {
  #learnt: number | undefined;
  #unhelped = 0;
  #frugalAfter = FRUGAL_AFTER;

  /** @param depth - How many pictures were seen to come before one that is shown before them. */
  packets(depth: number): number { return Math.max(depth, this.#learnt ?? 0); }

  /** A keyframe's picture came after `packets` more; `late` when only the last of them, given after a while, brought it. */
  came(packets: number, late: boolean, depth: number): void {
    if (late) {
      this.#learnt = packets;
      this.#frugalAfter = Math.min(this.#frugalAfter * 2, MOST_FRUGAL_AFTER);
      this.#unhelped = 0;
    } else if (++this.#unhelped >= this.#frugalAfter) {
      this.#learnt = Math.max(depth, this.packets(depth) - 1);
      this.#unhelped = 0;
    }
  }
}
