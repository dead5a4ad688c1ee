/** Slows down who guesses a password: after some wrong ones his address waits, longer each time. */
import { backoffDelay } from '../core/backoff.ts';
import { minutes, seconds, type Millis } from '../core/units.ts';

const FREE = 3;
const WAIT = { first: seconds(1), most: minutes(1) };
/** Beyond it the longest known is forgotten. */
const MOST_ADDRESSES = 1000;

export class GuessBrake {
  readonly #wrong = new Map<string, { readonly count: number; readonly until: number }>();

  /** Whether `address` may try at `now`, in monotonic milliseconds. */
  mayTry(address: string, now: Millis): boolean { return now >= (this.#wrong.get(address)?.until ?? -Infinity); }

  right(address: string): void { this.#wrong.delete(address); }

  wrong(address: string, now: Millis): void {
    const count = (this.#wrong.get(address)?.count ?? 0) + 1;
    this.#wrong.delete(address);
    this.#wrong.set(address, {
      count, until: count <= FREE ? now : now + backoffDelay(WAIT, count - FREE, Math.random()),
    });
    for (const oldest of this.#wrong.keys()) {
      if (this.#wrong.size <= MOST_ADDRESSES) break;
      this.#wrong.delete(oldest);
    }
  }
}
