/** Of a stream's moments a few, evenly spread however long it lasts: what an event's preview shows. */
import type { Bytes, Millis } from '../core/units.ts';
import { mebibytes, seconds } from '../core/units.ts';

/** Pictures that a preview shows, and for how long each. */
const SHOWN = 12;
export const SHOWN_FOR = seconds(0.4);
/** Twice as many are held, so that enough are left after every second one went. */
const MOST = 2 * SHOWN;
export const MOST_BYTES = mebibytes(8);

export class ShownMoments<T extends { readonly at: Millis }> {
  readonly #bytesOf: (moment: T) => number;
  readonly #mostBytes: Bytes;
  #held: readonly T[] = [];
  /** What comes sooner after the one before is passed over. */
  #spacing = 0;

  constructor(bytesOf: (moment: T) => number, mostBytes: Bytes = MOST_BYTES) {
    this.#bytesOf = bytesOf;
    this.#mostBytes = mostBytes;
  }

  /** Whether one of `at`, later than all before, would be held. */
  wants(at: Millis): boolean {
    const last = this.#held.at(-1);
    return last === undefined || at - last.at >= this.#spacing;
  }

  /** Holds what was wanted. */
  take(moment: T): void {
    this.#held = [...this.#held, moment];
    while (this.#held.length > 1 && (this.#held.length > MOST || this.#bytes > this.#mostBytes)) this.#thin();
  }

  /** Those from `from` to `until`, as many as are shown, or, where these are less than two, of all; none or several. */
  within(from: Millis, until: Millis): readonly T[] {
    const within = this.#held.filter(({ at }) => at >= from && at <= until);
    const moments = spread(within.length < 2 ? this.#held : within);
    return moments.length < 2 ? [] : moments;
  }

  get #bytes(): number { return this.#held.reduce((sum, moment) => sum + this.#bytesOf(moment), 0); }

  #thin(): void {
    this.#held = this.#held.filter((_, index) => index % 2 === 0);
    const [first, second] = this.#held;
    if (first !== undefined && second !== undefined) this.#spacing = second.at - first.at;
  }
}

/** As many as are shown, the first and the last among them. */
function spread<T>(all: readonly T[]): readonly T[] {
  if (all.length <= SHOWN) return all;
  return Array.from({ length: SHOWN }, (_, index) => all[Math.round(index * (all.length - 1) / (SHOWN - 1))])
    .filter((one) => one !== undefined);
}
