/**
 * Whether a camera's own clock runs at all: ffmpeg makes times that run backwards stand still,
 * everything then happens in one moment.
 */
import { seconds, type Millis } from '../../core/units.ts';

/** One that runs slower than this share of ours, for so long, is none. */
const LEAST_PACE = 0.25;
const WINDOW = seconds(5);
/** After a longer silence what was held up comes, its oldest first: that tells nothing of a clock. */
const SILENCE = seconds(2);

export class StreamPace {
  #began: { readonly now: Millis; readonly newest: Millis } | undefined;
  #last: Millis | undefined;

  /**
   * To be told of each arrival.
   * @param now - By our monotonic clock.
   * @param newest - Stream time of what came.
   * @returns False once it stands still.
   */
  goesOn(now: Millis, newest: Millis): boolean {
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
