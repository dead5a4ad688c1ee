/** One store, and whether it works. */
import { devicePrefix } from '../contract/names.ts';
import { millis, type Millis } from '../core/units.ts';
import type { Clock } from '../runtime/clock.ts';
import { judge, type Failure } from './failure.ts';
import type { Store } from './open-target.ts';
import type { Place } from './queue-item.ts';
import { lookAgain, type RetryLimits } from './retry.ts';
import {
  afterListed, afterListFailed, afterListRefused, afterUploadFailed, healthy, unproven, type StoreHealth,
} from './store-health.ts';

/** Which store took or refused an object, and of what size; 0 where it was only asked for a list. */
export interface Attempted { readonly place: Place; readonly bytes: number }

export interface LaneParts {
  readonly store: Store;
  readonly place: Place;
  /** Name of this device: the prefix that its credentials are bound to. */
  readonly device: string;
  readonly retry: RetryLimits;
  readonly clock: Clock;
  readonly random: () => number;
  /** An outage is over: what failed meanwhile was not to blame. */
  readonly onBack: (place: Place) => void;
  /** Called when what stands in the way of its uploads begins, changes or ends. */
  readonly onProblem: (failure: Failure | undefined, at: Attempted) => void;
}

export class Lane {
  readonly store: Store;
  readonly place: Place;
  readonly #parts: LaneParts;
  #health: StoreHealth = unproven;
  #failingSince: Millis | undefined;
  constructor(parts: LaneParts) {
    this.#parts = parts;
    this.store = parts.store;
    this.place = parts.place;
  }

  /** Failures since the last success. */
  get failures(): number { return this.#health.failures; }

  /** For how long nothing has gone into it. */
  get failingFor(): Millis {
    return this.#failingSince === undefined ? millis(0) : millis(this.#parts.clock.monotonic() - this.#failingSince);
  }

  /** `asks`: it is in doubt, and to be asked now; a time: it is to be left alone for so long. */
  get readiness(): 'ready' | 'asks' | Millis {
    const { askAt } = this.#health;
    if (askAt === undefined) return 'ready';
    const wait = askAt - this.#parts.clock.monotonic();
    return wait <= 0 ? 'asks' : millis(wait);
  }

  /**
   * Lists a place below our prefix where nothing ever is: costs nothing, and tells whether the store is there and knows
   * us.
   */
  async ask(signal: AbortSignal): Promise<void> {
    const { device, retry, onBack, onProblem } = this.#parts;
    try {
      await this.store.landing.list(`${devicePrefix(device)}probe/`, undefined, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      const failure = judge(error);
      this.#health = failure.kind === 'refused' ? afterListRefused(this.#health)
        : afterListFailed(this.#health, this.#moment(), lookAgain(retry));
      this.#fails();
      return onProblem(failure, { place: this.place, bytes: 0 });
    }
    if (this.#health.outage) onBack(this.place);
    this.#health = afterListed(this.#health);
    if (this.#health.failures > 0) return;
    this.#failingSince = undefined;
    onProblem(undefined, { place: this.place, bytes: 0 });
  }

  /** @param bytes - Of the object that it did not take. */
  failed(failure: Failure, bytes: number): void {
    this.#health = afterUploadFailed(this.#health, this.#moment(), this.#parts.retry.store);
    this.#fails();
    this.#parts.onProblem(failure, { place: this.place, bytes });
  }

  /** It took something of `bytes`. */
  works(bytes: number): void {
    if (this.#health.outage) this.#parts.onBack(this.place);
    this.#health = healthy;
    this.#failingSince = undefined;
    this.#parts.onProblem(undefined, { place: this.place, bytes });
  }

  #fails(): void { this.#failingSince ??= this.#parts.clock.monotonic(); }

  #moment(): { readonly now: Millis; readonly random: number } {
    return { now: this.#parts.clock.monotonic(), random: this.#parts.random() };
  }
}
