import { seconds } from '../core/units.ts';
import type { Clock } from './clock.ts';
import type { Demand, RestWord } from './demand.ts';
import { haveChanged, type RestTerms } from './rest-terms.ts';

/** How soon a change is noticed. */
const LOOK_EVERY = seconds(1);

/** For a child that says itself until when it is not needed; for good, where it does not say. */
export class RestUntil implements Demand {
  readonly #clock: Clock;
  #terms: RestTerms | undefined;
  constructor(clock: Clock) { this.#clock = clock; }

  prepare(): Promise<void> {
    this.#terms = undefined;
    return Promise.resolve();
  }

  took(): void {}
  lost(): void {}

  release({ terms }: RestWord): boolean {
    this.#terms = terms;
    return true;
  }

  async needed(signal: AbortSignal): Promise<void> {
    const terms = this.#terms;
    if (terms === undefined)
      return await new Promise((resolve) => { signal.addEventListener('abort', () => resolve(), { once: true }); });
    const began = this.#clock.monotonic();
    while (this.#clock.monotonic() - began < terms.longest && !await haveChanged(terms.watched))
      await this.#clock.wait(LOOK_EVERY, signal);
  }
}
