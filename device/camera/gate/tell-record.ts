/** Do packets tell when something moves? The record of the trials. Pure. */
import { seconds, type Millis } from '../../core/units.ts';

/** A packet's word this much before or after the first moving picture belongs to it. */
const NEAR = seconds(1);
/** What lies further back says little of the stream now. */
const FADE = 0.9;
const MOST_TELLS = 64;
const TELL_EVERY = seconds(0.2);

export class TellRecord {
  /** So long after something first moved it is known whether packets told. */
  static readonly late = NEAR;
  readonly #tells: Millis[] = [];
  #hits = 0;
  #misses = 0;

  /** A packet told at `at`. */
  told(at: Millis): void {
    const last = this.#tells.at(-1);
    if (last !== undefined && Math.abs(at - last) < TELL_EVERY) return;
    this.#tells.push(at);
    if (this.#tells.length > MOST_TELLS) this.#tells.shift();
  }

  /** After stillness something first moved at `at`. */
  moved(at: Millis): void {
    const told = this.#tells.some((tell) => Math.abs(tell - at) <= NEAR);
    this.#hits = this.#hits * FADE + (told ? 1 : 0);
    this.#misses = this.#misses * FADE + (told ? 0 : 1);
  }

  /** Too often, and more often than not, something moved and no packet told. */
  get silent(): boolean { return this.#misses > 2.5 && this.#misses > this.#hits; }

  /** Not once lately something moved and no packet told. */
  get isReliable(): boolean { return this.#misses < 0.5; }

  /** Clearly more often than not packets told. */
  get telling(): boolean { return this.#hits > this.#misses + 2; }
}
