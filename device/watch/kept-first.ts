/** Whoever hears of an event asks for it and its pictures at once: it is told when the catalogue has it. */
import type { EventMessage } from '../contract/event.ts';
import { seconds } from '../core/units.ts';
import type { Clock } from '../runtime/clock.ts';

export interface KeptFirstParts {
  /** Resolves when all that the catalogue was given is written, or when `over` aborts. Never rejects. */
  readonly written: (over: AbortSignal) => Promise<void>;
  readonly tell: (message: EventMessage) => void;
  readonly clock: Clock;
}

/** An alarm waits no longer: the disk may stand still. */
const PATIENCE = seconds(1);

export class KeptFirst {
  readonly #parts: KeptFirstParts;
  #told = Promise.resolve();
  constructor(parts: KeptFirstParts) { this.#parts = parts; }

  /** Returns at once; what is given to it is told in order. */
  tell(message: EventMessage): void {
    const kept = this.#kept();
    this.#told = this.#told.then(() => kept).then(() => this.#parts.tell(message));
  }

  /** Resolves when all is told. */
  settled(): Promise<void> { return this.#told; }

  async #kept(): Promise<void> {
    const over = new AbortController();
    await Promise.race([
      this.#parts.written(over.signal), this.#parts.clock.wait(PATIENCE, over.signal).catch(() => {}),
    ]);
    over.abort();
  }
}
