/** What waits to be written into the catalogue: one batch at a time, in order, offered again until it is taken. */
import type { Log } from '../../core/log.ts';
import { seconds, type Millis } from '../../core/units.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Refusal, Write } from './messages.ts';

export interface WriteQueueParts {
  /** Writes all of `batch` or none of it. */
  readonly write: (batch: readonly Write[]) => Promise<Refusal | undefined>;
  readonly clock: Clock;
  readonly log: Log;
}

const RETRY_AFTER: Millis = seconds(2);
/** Beyond this the oldest are left to the next start, which finds their files. */
const MOST_WAITING = 1200;

/** Never throws for what a disk does: a catalogue that refuses must not stop the watching. */
export class WriteQueue {
  readonly #parts: WriteQueueParts;
  /** The latest of each subject, in the order in which they came. */
  readonly #waiting = new Map<string, Write>();
  /** To be called when all that waited as they came is written. */
  readonly #askers = new Set<() => void>();
  readonly #over = new AbortController();
  #working: Promise<void> | undefined;
  #refused = false;
  #left = 0;
  constructor(parts: WriteQueueParts) { this.#parts = parts; }

  get waiting(): number { return this.#waiting.size; }

  /** Returns at once. What is put while a batch is being written makes up the next one. */
  put(write: Write): void {
    const subject = subjectOf(write);
    this.#waiting.delete(subject);
    this.#waiting.set(subject, write);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > MOST_WAITING && oldest !== undefined) {
      this.#waiting.delete(oldest);
      this.#left++;
    }
    this.#working ??= this.#work();
  }

  /** Resolves when all that was put is written, or when `over` aborts. */
  async written(over: AbortSignal): Promise<void> {
    if (this.#waiting.size === 0 || over.aborted) return;
    await new Promise<void>((resolve) => {
      const tell = (): void => {
        this.#askers.delete(tell);
        resolve();
      };
      this.#askers.add(tell);
      over.addEventListener('abort', tell, { once: true });
    });
  }

  /**
   * Offers what waits once more; resolves when it is taken or was refused. What is refused then, the next start finds.
   */
  async stop(): Promise<void> {
    this.#over.abort();
    await this.#working;
    if (this.#waiting.size > 0) await this.#offer();
    if (this.#waiting.size === 0) return;
    this.#parts.log.error('what was recorded is kept but is not in the catalogue until the next start', {
      waiting: [...this.#waiting.keys()].slice(0, 20),
    });
  }

  async #work(): Promise<void> {
    try {
      while (this.#waiting.size > 0) {
        if (await this.#offer()) continue;
        if (this.#over.signal.aborted) return;
        await this.#parts.clock.wait(RETRY_AFTER, this.#over.signal).catch(() => {}); // a stop offers at once
      }
    } finally {
      this.#working = undefined; // in the same instant: what is put from here on finds nobody at work
    }
  }

  async #offer(): Promise<boolean> {
    const batch = [...this.#waiting.values()];
    const asked = [...this.#askers];
    const refusal = await this.#parts.write(batch);
    if (refusal === undefined) {
      for (const write of batch)
        if (this.#waiting.get(subjectOf(write)) === write) this.#waiting.delete(subjectOf(write));
      for (const tell of this.#waiting.size === 0 ? [...this.#askers] : asked) tell();
    }
    this.#tell(refusal, batch.length);
    return refusal === undefined;
  }

  #tell(refusal: Refusal | undefined, offered: number): void {
    if (refusal !== undefined && !this.#refused) {
      const { code, message: reason } = refusal;
      this.#parts.log.error(
        'the catalogue refuses events and recordings; what is recorded is kept, '
        + 'and they are offered again until it takes them',
        { code, reason },
      );
    } else if (refusal === undefined && this.#refused) {
      this.#parts.log.info('the catalogue has taken what waited', { taken: offered, leftToNextStart: this.#left });
      this.#left = 0;
    }
    this.#refused = refusal !== undefined;
  }
}

/** A recording is opened before it is closed: two subjects, so that their order stays. */
const subjectOf = (write: Write): string =>
  (write.type === 'event' ? `event ${write.event.id}` : `${write.type} ${write.recording.name}`);
