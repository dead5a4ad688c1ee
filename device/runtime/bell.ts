import type { Millis } from '../core/units.ts';
import type { Clock } from './clock.ts';

/** Wakes one who waits, or the next who does. */
export class Bell {
  #rung = false;
  #wake: () => void = () => {};

  ring(): void {
    this.#rung = true;
    this.#wake();
  }

  /** As if it had not been rung. */
  forget(): void { this.#rung = false; }

  /**
   * Resolves when it was rung since the last time, or `longest` has passed.
   * @throws {unknown} `signal.reason` as soon as `signal` aborts.
   */
  async wait(longest: Millis, clock: Clock, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (!this.#rung) {
      const over = new AbortController();
      const end = (): void => over.abort();
      signal.addEventListener('abort', end, { once: true });
      this.#wake = end;
      await clock.wait(longest, over.signal).catch(() => {});
      this.#wake = () => {};
      signal.removeEventListener('abort', end);
      signal.throwIfAborted();
    }
    this.#rung = false;
  }
}
