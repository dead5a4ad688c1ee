/** Brings events into the catalogue, in time: what it refuses now (a full disk, a lock) is offered again until it takes it. */
import type { TytoEvent } from '../contract/event.ts';
import { describeError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';

export interface EventCatalogue {
  /** Adds the event, or puts it in the place of the one with its id; once it has ended, its media are durable. @throws When it cannot. */
  save(event: TytoEvent): void;
}

/** Beyond this the oldest are left to the next start, which finds their files. */
const MOST_WAITING = 1000;

export class CatalogueWriter {
  readonly #catalogue: EventCatalogue;
  readonly #log: Log;
  /** The latest of each event that the catalogue has not taken, in the order in which they came. */
  readonly #waiting = new Map<string, TytoEvent>();
  constructor(catalogue: EventCatalogue, log: Log) { this.#catalogue = catalogue; this.#log = log; }

  get waiting(): number { return this.#waiting.size; }

  /** Never throws: a catalogue that refuses must not stop the watching. */
  save(event: TytoEvent): void {
    this.#waiting.delete(event.id);
    this.#waiting.set(event.id, event);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > MOST_WAITING && oldest !== undefined) this.#waiting.delete(oldest);
    this.#offer(this.#waiting.size > 1);
  }

  /** To be called now and then. */
  retry(): void {
    if (this.#waiting.size > 0) this.#offer(true);
  }

  /** @param told - Whether it is known already that the catalogue refuses. */
  #offer(told: boolean): void {
    const behind = this.#waiting.size;
    for (const [id, event] of this.#waiting) {
      try {
        this.#catalogue.save(event);
      } catch (error) {
        if (!told) this.#log.error('the catalogue refuses events; they are offered again until it takes them', { reason: describeError(error) });
        return;
      }
      this.#waiting.delete(id);
    }
    if (told && behind > 0) this.#log.info('the catalogue has taken the events that waited', { events: behind });
  }
}
