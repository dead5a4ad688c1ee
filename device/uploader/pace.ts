/** Holds uploads to so many bytes a second. The rate may change at any time, and is felt within a second. */
import { millis, seconds, type Millis } from '../core/units.ts';
import type { Clock } from '../runtime/clock.ts';

const LONGEST_WAIT = seconds(1);

export class Pace {
  readonly #clock: Clock;
  readonly #rate: () => number;
  /** Bytes that were let go and have not had their time yet. */
  #debt = 0;
  #at: Millis;
  /** @param rate - Bytes a second; 0 for no limit. */
  constructor(clock: Clock, rate: () => number) {
    this.#clock = clock;
    this.#rate = rate;
    this.#at = clock.monotonic();
  }

  /** Resolves when `bytes` may be sent. @throws {unknown} `signal.reason` when `signal` aborts. */
  async take(bytes: number, signal: AbortSignal): Promise<void> {
    for (this.#settle(); this.#debt > 0; this.#settle()) {
      await this.#clock.wait(millis(Math.min(LONGEST_WAIT, Math.max(1, (this.#debt / this.#rate()) * 1000))), signal);
    }
    if (this.#rate() > 0) this.#debt += bytes;
  }

  #settle(): void {
    const now = this.#clock.monotonic();
    const rate = this.#rate();
    this.#debt = rate === 0 ? 0 : Math.max(0, this.#debt - ((now - this.#at) / 1000) * rate);
    this.#at = now;
  }
}
