/** Takes into the queue what the catalogue has. */
import { isContinuous, type TytoEvent } from '../contract/event.ts';
import { describeError } from '../core/errors.ts';
import type { CatalogueRow } from './ended-events.ts';
import type { Followed } from './queue.ts';
import type { UploadProblem } from './status.ts';
import type { UploaderParts } from './uploader-parts.ts';

export interface IntakeParts extends Pick<UploaderParts, 'events' | 'queue' | 'policy' | 'log'> {
  /** Called when there is more in the queue, or a problem. */
  readonly onChange: () => void;
}

const BATCH = 200;

export class CatalogueIntake {
  readonly #parts: IntakeParts;
  #problem: UploadProblem | null = null;
  constructor(parts: IntakeParts) { this.#parts = parts; }

  /** Why the catalogue cannot be read; null while it can. */
  get problem(): UploadProblem | null { return this.#problem; }

  /**
   * Takes in what is new.
   * @throws {DeviceError} `queue.failed`
   * @throws {unknown} `signal.reason` when `signal` aborts meanwhile.
   */
  async take(signal: AbortSignal): Promise<void> {
    await this.#follow('events', signal);
    if (this.#parts.policy.sendsContinuous) await this.#follow('pieces', signal);
  }

  /** Why an event that was to go is no longer here; undefined while it is, and while that cannot be said. */
  whyGone(event: TytoEvent): string | undefined {
    const { events } = this.#parts;
    try {
      const isGonePiece = isContinuous(event) && events.find(event.id) === undefined;
      return isGonePiece ? 'the piece of continuous recording is no longer here' : events.whyGone(event.id);
    } catch {
      return undefined; // a catalogue that cannot be read is told of when it is asked for events
    }
  }

  async #follow(what: Followed, signal: AbortSignal): Promise<void> {
    const { queue, onChange } = this.#parts;
    for (;;) {
      const found = this.#found(what);
      if (found === undefined || found.rows.length === 0) return;
      queue.add(what, found.rows, found.generation);
      onChange();
      if (found.rows.length < BATCH) return;
      await new Promise((resolve) => { setImmediate(resolve); });
      signal.throwIfAborted();
    }
  }

  /** A catalogue that cannot be read now does not keep the queue from being worked off. */
  #found(what: Followed): { readonly rows: readonly CatalogueRow[]; readonly generation: string } | undefined {
    const { events, queue, log, onChange } = this.#parts;
    const cursor = queue.cursor(what);
    try {
      const generation = events.generation();
      const after = generation === cursor.generation ? cursor.seq : 0;
      const rows = generation === '' ? []
        : what === 'events' ? events.endedAfter(after, BATCH) : events.piecesAfter(after, BATCH);
      this.#problem = null;
      return { rows, generation };
    } catch (error) {
      const message = describeError(error);
      if (this.#problem === null)
        log.warn('the catalogue of events cannot be read; it is tried again', { reason: message });
      this.#problem = { code: 'catalogue.unreadable', message };
      onChange();
      return undefined;
    }
  }
}
