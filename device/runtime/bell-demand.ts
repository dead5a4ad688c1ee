/** Asks for a child process at the sound of a bell, and at the time that it named itself. */
import { millis, seconds, type Millis } from '../core/units.ts';
import { Bell } from './bell.ts';
import type { Clock } from './clock.ts';
import type { Demand, RestWord } from './demand.ts';

/** What rang so shortly before the child offered to rest may be news to it. */
const NEWS = seconds(10);
/** Should a bell not have been heard: it looks for itself at least so often. */
const AT_LEAST = millis(30 * 60_000);

export class BellDemand implements Demand {
  readonly #clock: Clock;
  readonly #bell = new Bell();
  #rungAt: Millis | undefined;
  constructor(clock: Clock) { this.#clock = clock; }

  /** There is something to do. */
  ring(): void {
    this.#rungAt = this.#clock.monotonic();
    this.#bell.ring();
  }

  prepare(): Promise<void> { return Promise.resolve(); }
  begin(): void {}
  serve(): void {}
  took(): void {}
  lost(): void {}

  release(): boolean {
    if (this.#rungAt !== undefined && this.#clock.monotonic() - this.#rungAt < NEWS) return false;
    this.#bell.forget(); // it has seen what that was about
    return true;
  }

  needed({ again }: RestWord, signal: AbortSignal): Promise<void> {
    return this.#bell.wait(millis(Math.min(again ?? AT_LEAST, AT_LEAST)), this.#clock, signal);
  }
}
