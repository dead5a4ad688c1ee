/** Whether the next connection is made with sound: sound that ffmpeg stumbles over must not cost the video. Pure. */
import { seconds, type Millis } from '../../core/units.ts';

export interface EndedConnection {
  readonly withSound: boolean;
  /** Whether video came. */
  readonly delivered: boolean;
  readonly lasted: Millis;
}

/** So many connections in a row that are shorter than this, and one without sound is tried. */
const SHORT = seconds(30);
const MOST_SHORT = 3;

export class SoundTrust {
  #short = 0;
  #isLost = false;

  /** False for one connection, which may last. */
  get isLost(): boolean { return this.#isLost; }

  ended({ withSound, delivered, lasted }: EndedConnection): void {
    this.#short = withSound && lasted < SHORT ? this.#short + 1 : 0;
    this.#isLost = withSound && (!delivered || this.#short >= MOST_SHORT);
  }
}
