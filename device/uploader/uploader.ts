/** Works off the queue: takes in what the catalogue has, sends the most valuable event, one at a time, for ever. */
import { devicePrefix } from '../contract/names.ts';
import { describeError, isAbort } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { millis, seconds, type Millis } from '../core/units.ts';
import type { LandingWriter } from '../landing/port.ts';
import type { Clock } from '../runtime/clock.ts';
import { deliverEvent } from './deliver-event.ts';
import type { CatalogueRow, EndedEvents } from './ended-events.ts';
import { judge, type Failure } from './failure.ts';
import type { Store } from './open-target.ts';
import { longestWait, retryAt, type Attempt, type Progress, type RetryLimits } from './plan.ts';
import type { QueueItem, UploadQueue } from './queue.ts';
import type { UploaderStatus, UploadProblem } from './status.ts';
import {
  afterListed, afterListFailed, afterListRefused, afterUploadFailed, healthy, unproven, type StoreHealth,
} from './store-health.ts';

export interface UploaderParts {
  readonly target: UploaderStatus['target'];
  /** Undefined for the target `none`: the uploader says so once, then idles. */
  readonly store: Store | undefined;
  readonly queue: UploadQueue;
  readonly events: EndedEvents;
  /** Folder of the recordings; they lie in one folder a day below it. */
  readonly mediaFolder: string;
  /** Name of this device: the prefix that its credentials are bound to. */
  readonly device: string;
  readonly retry: RetryLimits;
  readonly clock: Clock;
  /** In `[0, 1)`, as `Math.random`. */
  readonly random: () => number;
  readonly log: Log;
  /** Called whenever the status is another than before, at first soon after `run`. */
  readonly onStatus: (status: UploaderStatus) => void;
}

/** How soon a new event is noticed. */
const LOOK_EVERY = seconds(1);
const BATCH = 200;
const SHOWN_REFUSALS = 10;

export class Uploader {
  readonly #parts: UploaderParts;
  #health: StoreHealth = unproven;
  #problem: UploadProblem | null = null;
  #catalogueProblem: UploadProblem | null = null;
  #published = '';
  #gone = 0;
  constructor(parts: UploaderParts) { this.#parts = parts; }

  /**
   * Uploads until `signal` aborts; what is under way then is broken off and goes on at the next run.
   * @throws {DeviceError} `queue.failed` when the queue's disk fails: without its memory nothing is sent.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { store, queue, clock, log } = this.#parts;
    if (store === undefined) log.info('uploading is off: events stay on this device');
    else queue.useStore(store.name);
    try {
      this.#publish();
      for (;;) {
        if (store === undefined) await clock.wait(millis(2 ** 31 - 1), signal);
        else await this.#turn(store.landing, signal);
      }
    } catch (error) {
      if (!isAbort(error, signal)) throw error;
    }
  }

  async #turn(landing: LandingWriter, signal: AbortSignal): Promise<void> {
    const { queue, clock, retry } = this.#parts;
    signal.throwIfAborted();
    await this.#takeIn(signal);
    const { askAt } = this.#health;
    if (askAt !== undefined && askAt > clock.monotonic()) return clock.wait(sooner(millis(askAt - clock.monotonic())), signal);
    if (askAt !== undefined) return this.#ask(landing, signal);
    const item = queue.next(clock.now(), longestWait(retry), this.#health.failures === 0 ? 'newest' : 'least-tried');
    if (item !== undefined) return this.#upload(item, landing, signal);
    await clock.wait(sooner(millis((queue.nextDueAt() ?? Infinity) - clock.now())), signal);
  }

  async #takeIn(signal: AbortSignal): Promise<void> {
    const { queue } = this.#parts;
    for (;;) {
      const found = this.#ended();
      if (found === undefined || found.rows.length === 0) return;
      queue.add(found.rows, found.generation);
      this.#publish();
      if (found.rows.length < BATCH) return;
      await new Promise((resolve) => { setImmediate(resolve); });
      signal.throwIfAborted();
    }
  }

  /** A catalogue that cannot be read now does not keep the queue from being worked off. */
  #ended(): { readonly rows: readonly CatalogueRow[]; readonly generation: string } | undefined {
    const { events, queue, log } = this.#parts;
    const cursor = queue.cursor;
    try {
      const generation = events.generation();
      const rows = generation === '' ? [] : events.endedAfter(generation === cursor.generation ? cursor.seq : 0, BATCH);
      this.#catalogueProblem = null;
      return { rows, generation };
    } catch (error) {
      const message = describeError(error);
      if (this.#catalogueProblem === null) log.warn('the catalogue of events cannot be read; it is tried again', { reason: message });
      this.#catalogueProblem = { code: 'catalogue.unreadable', message };
      this.#publish();
      return undefined;
    }
  }

  /** Lists a place below our prefix where nothing ever is: costs nothing, and tells whether the store is there and knows us. */
  async #ask(landing: LandingWriter, signal: AbortSignal): Promise<void> {
    const { queue, device, retry } = this.#parts;
    try {
      await landing.list(`${devicePrefix(device)}probe/`, undefined, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      const failure = judge(error);
      this.#health = failure.kind === 'refused'
        ? afterListRefused(this.#health)
        : afterListFailed(this.#health, this.#moment(), retry.store);
      return this.#tellProblem(failure);
    }
    if (this.#health.outage) queue.forgive();
    this.#health = afterListed(this.#health);
    if (this.#health.failures === 0) this.#tellProblem(null);
  }

  async #upload(item: QueueItem, landing: LandingWriter, signal: AbortSignal): Promise<void> {
    const { queue, mediaFolder, retry } = this.#parts;
    if (this.#forgetIfGone(item)) return this.#publish();
    const attempt = { attempts: item.attempts + 1, now: this.#parts.clock.now(), random: this.#parts.random() };
    queue.begin(item, retryAt('unreachable', attempt, retry));
    let arrived = false;
    const onProgress = (progress: Progress): void => {
      queue.progress(item, progress);
      arrived = true;
    };
    try {
      const fault = await deliverEvent(item.event, item, { landing, mediaFolder, onProgress }, signal);
      if (arrived) this.#storeWorks();
      if (fault === undefined) this.#uploaded(item);
      else this.#failed(item, attempt, fault);
    } catch (error) {
      if (signal.aborted) queue.release(item);
      if (signal.aborted || judge(error).code === 'queue.failed') throw error;
      this.#failed(item, attempt, judge(error));
    }
    this.#publish();
  }

  /** What was deleted on purpose is not tried for ever; that it never went is said, and counted. */
  #forgetIfGone(item: QueueItem): boolean {
    const { queue, log } = this.#parts;
    const why = this.#whyGone(item.event.id);
    if (why === undefined) return false;
    queue.forget(item);
    this.#gone++;
    log.warn('an event was deleted before it was uploaded', { event: item.event.id, why });
    return true;
  }

  #whyGone(id: string): string | undefined {
    try {
      return this.#parts.events.whyGone(id);
    } catch {
      return undefined; // a catalogue that cannot be read is told of when it is asked for events
    }
  }

  #uploaded(item: QueueItem): void {
    this.#parts.queue.uploaded(item);
    this.#parts.log.info('event uploaded', { event: item.event.id });
  }

  #failed(item: QueueItem, attempt: Attempt, failure: Failure): void {
    const { queue, retry, log } = this.#parts;
    const { kind, code, reason } = failure;
    const nextAt = retryAt(kind, attempt, retry);
    const blame = kind === 'unfit' ? 'event' : 'store';
    if (kind === 'unreachable') {
      queue.failed(item, { state: item.state, attempts: attempt.attempts, nextAt, blame, code: null, reason: null });
    } else {
      queue.failed(item, { state: 'refused', attempts: attempt.attempts, nextAt, blame, code, reason });
      if (item.state !== 'refused') {
        log.warn('an event cannot be uploaded whole; it stays here and is tried again', { event: item.event.id, code, reason });
      }
    }
    if (kind === 'unfit') return;
    this.#health = afterUploadFailed(this.#health, this.#moment(), retry.store);
    this.#tellProblem(failure);
  }

  #storeWorks(): void {
    if (this.#health.outage) this.#parts.queue.forgive();
    this.#health = healthy;
    this.#tellProblem(null);
  }

  #moment(): { readonly now: Millis; readonly random: number } {
    return { now: this.#parts.clock.monotonic(), random: this.#parts.random() };
  }

  /** Said once when it begins, changes or ends: it may last for days. */
  #tellProblem(failure: Failure | null): void {
    const { log } = this.#parts;
    if (failure === null) {
      if (this.#problem !== null) log.info('uploads work again');
    } else if (failure.code !== this.#problem?.code) {
      log.warn('uploads do not work; they are tried again', { code: failure.code, reason: failure.reason });
    }
    this.#problem = failure === null ? null : { code: failure.code, message: failure.reason };
    this.#publish();
  }

  #publish(): void {
    const { queue, target, onStatus } = this.#parts;
    const status: UploaderStatus = {
      target, ...queue.counts(), gone: this.#gone, problem: this.#problem ?? this.#catalogueProblem, refusals: queue.refusals(SHOWN_REFUSALS),
    };
    const text = JSON.stringify(status);
    if (text === this.#published) return;
    this.#published = text;
    onStatus(status);
  }
}

const sooner = (wait: Millis): Millis => millis(Math.min(LOOK_EVERY, Math.max(wait, 1)));
