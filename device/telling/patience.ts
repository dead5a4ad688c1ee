/** How it goes with one receiver: what fails is tried again after pauses that grow, and is said once. */
import { backoffDelay, type Backoff } from '../core/backoff.ts';
import { describeError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { redactAddresses } from '../core/redact-addresses.ts';
import { millis, minutes, seconds, type Millis } from '../core/units.ts';
import { Bell } from '../runtime/bell.ts';
import type { Clock } from '../runtime/clock.ts';
import type { FaultFacts } from './fault.ts';

/** What keeps a receiver from being told. */
export interface Problem {
  readonly message: string;
  /** Wall clock, both. */
  readonly since: Millis;
  readonly retryAt: Millis;
}

export interface PatienceParts {
  readonly clock: Clock;
  /** Wall clock. */
  readonly now: () => Millis;
  /** In `[0, 1)`, as `Math.random`. */
  readonly random: () => number;
  readonly log: Log;
  /** What the log says when it begins to fail, and when it works again. */
  readonly words: { readonly fails: string; readonly works: string };
}

const RETRY: Backoff = { first: seconds(1), most: minutes(2) };
/** A receiver that asks for more is asked again then all the same. */
const LONGEST_PAUSE = minutes(15);
const MOST_REASON = 300;

export class Patience {
  readonly #parts: PatienceParts;
  readonly #bell = new Bell();
  #failures = 0;
  #problem: Problem | undefined;
  constructor(parts: PatienceParts) { this.#parts = parts; }

  /** Undefined while it works. */
  get problem(): Problem | undefined { return this.#problem; }

  /** It has taken something, or shown that it can. */
  works(): void {
    if (this.#problem !== undefined) this.#parts.log.info(this.#parts.words.works);
    this.#problem = undefined;
    this.#failures = 0;
  }

  /**
   * It has failed: resolves when it may be tried again.
   * @throws {unknown} `signal.reason` as soon as `signal` aborts.
   */
  async pause(reason: string, { after = millis(0) }: Pick<FaultFacts, 'after'>, signal: AbortSignal): Promise<void> {
    const { clock, now, random, log, words } = this.#parts;
    this.#failures += 1;
    const pause = millis(Math.max(backoffDelay(RETRY, this.#failures, random()), Math.min(after, LONGEST_PAUSE)));
    const time = now();
    // Said once when it begins or changes: it may last for days.
    if (reason !== this.#problem?.message) log.warn(words.fails, { reason });
    this.#problem = { message: reason, since: this.#problem?.since ?? time, retryAt: millis(time + pause) };
    await this.#bell.wait(pause, clock, signal);
  }

  /** Ends the pause: somebody wants to see whether it works. */
  hurry(): void { this.#bell.ring(); }
}

/** Of what was thrown or said: one line, and no address beyond its host, for a password may stand there. */
export const plainReason = (said: unknown): string => redactAddresses(describeError(said))
  .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim().slice(0, MOST_REASON);
