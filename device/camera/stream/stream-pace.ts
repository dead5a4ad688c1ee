/**
 * Whether a camera's own clock runs at all: ffmpeg makes times that run backwards stand still,
 * everything then happens in one moment.
 */
import { millis, seconds, type Millis } from '../../core/units.ts';

/** One that runs slower than this share of ours, for so long, is none. */
const LEAST_PACE = 0.25;
const WINDOW = seconds(5);
/** After a longer silence what was held up comes, its oldest first: that tells nothing of a clock. */
const SILENCE = seconds(2);
/** Pictures are further apart than this. So many of one moment, over so long, are no burst. */
const APART = millis(0.1);
const MANY = 10;
const LONG = seconds(2);

export class StreamPace {
  #began: { readonly now: Millis; readonly newest: Millis } | undefined;
  #last: Millis | undefined;
  #moment: { readonly since: Millis; readonly newest: Millis; readonly pictures: number } | undefined;

  /**
   * To be told of each arrival: of packets, or of fragments, which come as seldom as keyframes where time stands still.
   * @param now - By our monotonic clock.
   * @param newest - Stream time of what came.
   * @param pictures - How many they are.
   * @returns False once it stands still.
   */
  goesOn(now: Millis, newest: Millis, pictures: number): boolean {
    return this.#movesOn(now, newest, pictures) && this.#keepsPace(now, newest);
  }

  /** Whether pictures come with times of their own; a silence, however long, tells nothing of that. */
  #movesOn(now: Millis, newest: Millis, pictures: number): boolean {
    const before = this.#moment;
    if (before === undefined || newest - before.newest > APART * pictures) {
      this.#moment = { since: now, newest, pictures: 0 };
      return true;
    }
    const { since } = before;
    const moment = { since, newest: millis(Math.max(newest, before.newest)), pictures: before.pictures + pictures };
    this.#moment = moment;
    return moment.pictures < MANY || now - since < LONG;
  }

  #keepsPace(now: Millis, newest: Millis): boolean {
    const silence = now - (this.#last ?? now);
    this.#last = now;
    if (this.#began === undefined || silence > SILENCE) {
      this.#began = { now, newest };
      return true;
    }
    const [passed, shown] = [now - this.#began.now, newest - this.#began.newest];
    if (passed < WINDOW) return true;
    this.#began = { now, newest };
    return shown >= passed * LEAST_PACE;
  }
}
