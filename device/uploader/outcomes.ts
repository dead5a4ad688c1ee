/**
 * What became of an attempt to upload, noted in the queue: the event goes on, is done, is tried again, or is put aside.
 */
import type { Delivered } from './deliver-step.ts';
import { isInTheWay, type Failure } from './failure.ts';
import type { Lane } from './lane.ts';
import { nextStep } from './plan.ts';
import type { QueueItem } from './queue-item.ts';
import { retryAt, type Attempt } from './retry.ts';
import type { UploaderParts } from './uploader-parts.ts';

export interface Tried {
  readonly attempt: Attempt;
  readonly lane: Lane;
  /** Whether it is the event's own fault. */
  readonly isOwn: boolean;
  /** Of the object under way. */
  readonly bytes: number;
}

export class Outcomes {
  readonly #parts: Pick<UploaderParts, 'queue' | 'policy' | 'retry' | 'clock' | 'log'>;
  constructor(parts: Pick<UploaderParts, 'queue' | 'policy' | 'retry' | 'clock' | 'log'>) { this.#parts = parts; }

  /** A step was tried. @param fault - Of a file of the event that could not go. */
  tried(item: QueueItem, delivered: Delivered, fault: Failure | undefined, tried: Tried): void {
    const { queue, policy, log } = this.#parts;
    const now = { ...item, ...delivered };
    const wants = policy.wants(item.event, item.isAsked);
    const next = nextStep(now, wants);
    const isLeft = next !== undefined && !next.files.every(({ role }) => delivered.faulty.includes(role));
    if (fault !== undefined && isLeft) {
      // The rest of the event first; the fault is noted when nothing else is left.
      queue.goOn(item, next.class);
      const { code, reason } = fault;
      log.warn('a file of an event cannot be uploaded; the rest goes first', { event: item.event.id, code, reason });
    } else if (fault !== undefined) {
      this.failed(item, fault, tried);
    } else if (next === undefined) {
      this.stored(item);
    } else {
      queue.goOn(item, next.class);
    }
  }

  /** Nothing of it is left to go. */
  stored(item: QueueItem): void {
    this.#parts.queue.stored(item, this.#parts.clock.now());
    this.#parts.log.info('event uploaded', { event: item.event.id });
  }

  /** What was deleted on purpose is not tried for ever; that it never went is said, and counted. */
  gone(item: QueueItem, why: string): void {
    this.#parts.queue.gone(item.event.id);
    this.#parts.log.warn('an event was deleted before it was uploaded', { event: item.event.id, why });
  }

  failed(item: QueueItem, failure: Failure, { attempt, lane, isOwn, bytes }: Tried): void {
    const { queue, retry, log } = this.#parts;
    const { kind, code, reason } = failure;
    const nextAt = retryAt(kind, attempt, retry);
    const blame = isOwn || isInTheWay(failure) ? 'event' : 'store';
    // A store that was well until now, and is again for others by then, means this one.
    const strikes = item.strikes + (kind !== 'unreachable' && (isOwn || lane.failures === 0) ? 1 : 0);
    const noted = { attempts: attempt.attempts, strikes, now: attempt.now, nextAt, blame } as const;
    const event = item.event.id;
    if (isInTheWay(failure)) {
      queue.failed(item, { ...noted, state: item.state, code, reason });
      if (item.code !== code) log.info('an event waits for what lies in its place', { event, code, reason });
    } else if (kind === 'unreachable') {
      queue.failed(item, { ...noted, state: item.state, code: null, reason: null });
    } else if (strikes >= retry.strikes) {
      queue.failed(item, { ...noted, state: 'dead', code, reason });
      log.error(
        'an event is put aside: it cannot be uploaded whole; it stays here until it is tried again by hand',
        { event, code, reason },
      );
    } else {
      queue.failed(item, { ...noted, state: 'refused', code, reason });
      // What the store wants of no event is said of the store.
      const isNew = item.state !== 'refused' && isOwn;
      if (isNew)
        log.warn('an event cannot be uploaded whole; it stays here and is tried again', { event, code, reason });
    }
    if (blame === 'store') lane.failed(failure, bytes);
  }
}
