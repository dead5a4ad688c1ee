import { millis, type Millis } from '../core/units.ts';
import type { Clock } from './clock.ts';

interface Sleeper { readonly until: Millis; readonly wake: () => void }

/** A clock that stands still until told to advance: waiting costs a test no time. */
export class VirtualClock implements Clock {
  #elapsed = millis(0);
  #epoch: Millis;
  #sleepers: Sleeper[] = [];
  constructor(startsAt: Millis) { this.#epoch = startsAt; }

  now(): Millis { return millis(this.#epoch + this.#elapsed); }
  monotonic(): Millis { return this.#elapsed; }
  /** Moves only the wall clock, as a time server does. */
  setWall(to: Millis): void { this.#epoch = millis(to - this.#elapsed); }

  wait(duration: Millis, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return void reject(signal.reason as Error);
      const stop = (): void => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal.reason as Error);
      };
      const wake = (): void => { signal.removeEventListener('abort', stop); resolve(); };
      const sleeper = { until: millis(this.#elapsed + duration), wake };
      this.#sleepers.push(sleeper);
      signal.addEventListener('abort', stop, { once: true });
    });
  }

  /** Advances by `duration`, waking sleepers in the order of their times and letting their continuations run. */
  async advance(duration: Millis): Promise<void> {
    const target = millis(this.#elapsed + duration);
    for (;;) {
      await settle();
      const [next] = this.#sleepers.filter(({ until }) => until <= target).sort((a, b) => a.until - b.until);
      if (next === undefined) break;
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      this.#elapsed = next.until;
      next.wake();
    }
    this.#elapsed = target;
  }
}

/** Lets everything that is ready to run, run. */
const settle = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });
