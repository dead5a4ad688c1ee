/** What goes next, into which store, and until when there is nothing. */
import { millis, type Millis } from '../core/units.ts';
import { classesOf } from './bandwidth.ts';
import type { Lane } from './lane.ts';
import { nextDueAt, nextItem, type Wish } from './next-item.ts';
import { CLASSES } from './plan.ts';
import { classNumber, type QueueItem } from './queue-item.ts';
import { longestWait } from './retry.ts';
import type { UploaderParts } from './uploader-parts.ts';

export interface ChoiceParts extends Pick<UploaderParts, 'queue' | 'clock' | 'retry' | 'bandwidth' | 'fallback'> {
  /** The first store, and the one that takes its place while that fails. */
  readonly lanes: readonly Lane[];
}

export interface Chosen { readonly item: QueueItem; readonly lane: Lane }

export class TurnChoice {
  readonly #parts: ChoiceParts;
  /** A time in which nothing is due, unless anything is no longer as `stamp` has it. */
  #quiet = { from: Infinity, until: -Infinity, stamp: '' };
  constructor(parts: ChoiceParts) { this.#parts = parts; }

  /**
   * The most valuable item that a store which works may have now.
   * @param most - Only what is worth more than this class.
   */
  next(most: number = CLASSES.length): Chosen | undefined {
    const { queue, clock, retry } = this.#parts;
    const longest = longestWait(retry);
    const found = this.#ready().flatMap((lane): readonly Chosen[] => {
      const first = lane.failures === 0 ? 'newest' : 'least-tried';
      const item = nextItem(queue.db, { ...this.#wish(lane, most), now: clock.now(), longest, first });
      return item === undefined ? [] : [{ item, lane }];
    });
    return found.reduce<Chosen | undefined>((best, one) =>
      (best === undefined || classNumber(one.item.class) < classNumber(best.item.class) ? one : best), undefined);
  }

  /**
   * Whether nothing was due when it was last looked for, and cannot be now: an idle device asks its disk next to
   * nothing.
   */
  isQuiet(): boolean {
    const { from, until, stamp } = this.#quiet;
    const now = this.#parts.clock.now();
    return now >= from && now < until && stamp === this.#stamp();
  }

  /** For how long it stays so, from now: negative when it does not. */
  quietFor(): Millis { return millis(this.#quiet.until - this.#parts.clock.now()); }

  /** Looks until when nothing is due, where that is not known. @returns For how long. */
  lookAhead(): Millis {
    const { queue, clock } = this.#parts;
    const now = clock.now();
    if (!this.isQuiet()) {
      const due = this.#ready().map((lane) => nextDueAt(queue.db, this.#wish(lane)) ?? Infinity);
      this.#quiet = { from: now, until: Math.min(...due, Infinity), stamp: this.#stamp() };
    }
    return millis(this.#quiet.until - now);
  }

  /** Whether new events go to the second store. */
  isOnFallback(): boolean {
    const { fallback, lanes: [first, second] } = this.#parts;
    return fallback !== undefined && second !== undefined && first !== undefined && first.failingFor > fallback.after;
  }

  #ready(): readonly Lane[] { return this.#parts.lanes.filter(({ readiness }) => readiness === 'ready'); }

  /** An event that has begun in a store ends there; new ones go to the first, or to the other while that fails. */
  #wish({ place }: Lane, most: number = CLASSES.length): Wish {
    const classes = classesOf(this.#parts.bandwidth()).filter((name) => classNumber(name) < most);
    return { classes, place, mayBegin: (place === 0) === !this.isOnFallback() };
  }

  #stamp(): string {
    const { queue, bandwidth, lanes } = this.#parts;
    const ready = lanes.map(({ readiness }) => readiness === 'ready');
    return [queue.stamp, bandwidth().heldBack, this.isOnFallback(), ...ready].join();
  }
}
