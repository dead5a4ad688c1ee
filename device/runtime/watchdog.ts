import type { Millis } from '../core/units.ts';

export interface SilenceLimits {
  /** How long the first word may take. */
  readonly first: Millis;
  /** How long the pauses between words may be. */
  readonly between: Millis;
}

/** Barks once when what should speak now and then has fallen silent. Listens from its making to its disposal. */
export class Watchdog implements Disposable {
  readonly #between: Millis;
  readonly #bark: (silentFor: Millis) => void;
  #timer: NodeJS.Timeout | undefined;
  #words = 0;
  #isOver = false;

  constructor({ first, between }: SilenceLimits, bark: (silentFor: Millis) => void) {
    this.#between = between;
    this.#bark = bark;
    this.#waitFor(first);
  }

  heard(): void {
    this.#words += 1;
    this.#waitFor(this.#between);
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  /**
   * A word that came while this process itself stood still is read before silence is judged: timers run before what
   * arrived.
   */
  #waitFor(limit: Millis): void {
    clearTimeout(this.#timer);
    if (this.#isOver) return;
    const words = this.#words;
    this.#timer = setTimeout(() => setImmediate(() => {
      if (!this.#isOver && words === this.#words) this.#bark(limit);
    }), limit);
  }
}
