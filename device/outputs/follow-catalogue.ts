/** Events that ended while nobody listened: read from the catalogue, which misses none. */
import type { TytoEvent } from '../contract/event.ts';
import { describeError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Millis } from '../core/units.ts';
import type { Intake } from './intake.ts';
import type { Outbox } from './outbox.ts';

/** What is asked of the catalogue. */
export interface Catalogue {
  /** Ended events in order, above the given number, which holds within one `generation`. */
  endedAfter(seq: number, limit: number): readonly { readonly seq: number; readonly event: TytoEvent }[];
  generation(): string;
  get(id: string): TytoEvent | undefined;
}

const BATCH = 200;

export class CatalogueFollower {
  readonly #catalogue: Catalogue;
  readonly #outbox: Outbox;
  readonly #intake: Intake;
  readonly #log: Log;
  #fault: string | undefined;
  constructor({ catalogue, outbox, intake, log }: {
    readonly catalogue: Catalogue; readonly outbox: Outbox; readonly intake: Intake; readonly log: Log;
  }) {
    this.#catalogue = catalogue;
    this.#outbox = outbox;
    this.#intake = intake;
    this.#log = log;
  }

  /**
   * Reads on, a batch at a time.
   * @returns The outputs that have something to do now; undefined when there is nothing more to read.
   */
  readOn(now: Millis): ReadonlySet<string> | undefined {
    const found = this.#found();
    if (found === undefined || found.rows.length === 0) return undefined;
    const { rows, generation } = found;
    return this.#outbox.together(() => {
      const names = rows.flatMap(({ event }) => this.#intake.found(event, now));
      this.#outbox.setCursor({ generation, seq: rows.at(-1)?.seq ?? 0 });
      return new Set(names);
    });
  }

  #found(): { readonly rows: ReturnType<Catalogue['endedAfter']>; readonly generation: string } | undefined {
    try {
      const generation = this.#catalogue.generation();
      const cursor = this.#outbox.cursor;
      const rows = generation === '' ? []
        : this.#catalogue.endedAfter(generation === cursor.generation ? cursor.seq : 0, BATCH);
      this.#fault = undefined;
      return { rows, generation };
    } catch (error) {
      const fault = describeError(error);
      if (fault !== this.#fault)
        this.#log.warn(
          'the catalogue of events cannot be read; what was missed is told once it can', { reason: fault },
        );
      this.#fault = fault;
      return undefined;
    }
  }
}
