/** Works one replica's queue off: one task at a time, and nothing that fails holds up what does not. */
import { createWriteStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { manifestKey } from '../../device/contract/names.ts';
import { backoffDelay, type Backoff } from '../../device/core/backoff.ts';
import { BugError, describeError, DeviceError, systemCode, TytoError } from '../../device/core/errors.ts';
import type { Log } from '../../device/core/log.ts';
import { hours, millis, minutes, seconds, type Millis } from '../../device/core/units.ts';
import { makeFolder } from '../../device/durable/make-folder.ts';
import type { Bell } from '../../device/runtime/bell.ts';
import type { Clock } from '../../device/runtime/clock.ts';
import { goesByItself } from './forward-rule.ts';
import type { InFlight } from './in-flight.ts';
import type { LibraryStore } from './port.ts';
import type { ReplicaQueue, ReplicaTask } from './replica-queue.ts';
import {
  asFound, filesOf, isRevised, type FiledEvent, type FiledNews, type ReplicaSpec, type ReplicaStatus,
} from './replica.ts';

export interface ReplicaWorkerParts {
  readonly spec: ReplicaSpec;
  readonly queue: ReplicaQueue;
  readonly primary: LibraryStore;
  readonly news: FiledNews;
  readonly inFlight: InFlight;
  readonly bell: Bell;
  readonly work: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly poll?: Millis;
}

/** Of one task that is refused for its own sake. */
const TASK_AGAIN: Backoff = { first: seconds(30), most: hours(6) };
/** Of a store that is away, or lets nobody in. */
const STORE_AGAIN: Backoff = { first: seconds(5), most: minutes(5) };
const NEWS_AT_ONCE = 200;
const POLL = seconds(2);

export class ReplicaWorker {
  readonly #parts: ReplicaWorkerParts;
  readonly #folder: string;
  #trouble: string | undefined;
  #failures = 0;
  constructor(parts: ReplicaWorkerParts) {
    this.#parts = parts;
    this.#folder = path.join(parts.work, parts.spec.name);
  }

  get name(): string { return this.#parts.spec.name; }
  wake(): void { this.#parts.bell.ring(); }

  status(): ReplicaStatus {
    const { spec: { name, place, forward }, queue } = this.#parts;
    return {
      name, place, trouble: this.#trouble, isNew: queue.listing(name) !== undefined, takesAll: forward === 'all',
      ...queue.counts(name),
    };
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, bell, poll = POLL } = this.#parts;
    await rm(this.#folder, { recursive: true, force: true });
    await makeFolder(this.#folder, 0o700);
    while (!signal.aborted) {
      const isBusy = await this.#turn(signal);
      signal.throwIfAborted();
      if (this.#failures > 0) await bell.wait(backoffDelay(STORE_AGAIN, this.#failures, Math.random()), clock, signal);
      else if (!isBusy) await bell.wait(poll, clock, signal);
    }
  }

  /** Takes in what is new, then does one task. @returns Whether there may be more to do at once. */
  async #turn(signal: AbortSignal): Promise<boolean> {
    const { spec: { name }, queue, clock } = this.#parts;
    try {
      const hasMore = await this.#takeIn();
      const task = queue.next(name, clock.now());
      if (task !== undefined) await this.#do(task, signal);
      return hasMore || task !== undefined;
    } catch (error) {
      if (!signal.aborted) this.#failed(error, 'what the library has cannot be looked through for a replica');
      return false;
    }
  }

  /**
   * Notes what was filed since, and, for a replica that is new, a page of what was there before.
   * @returns Whether there is more.
   */
  async #takeIn(): Promise<boolean> {
    const { spec: { name, forward }, queue, news, primary, clock } = this.#parts;
    const page = await news.since(queue.cursor(name), NEWS_AT_ONCE);
    queue.together(() => {
      for (const one of page.news) {
        if (!('row' in one)) continue;
        const [key, isByName] = [manifestKey(one.row.event), isRevised(one.row)];
        if (isByName ? queue.has(name, key) : !goesByItself(forward, asFound(one.row))) continue;
        queue.add(name, key, { what: 'copy', files: isByName ? undefined : filesOf(one.row) }, clock.now());
      }
      queue.moveCursor(name, page.cursor, clock.now());
    });
    const listing = queue.listing(name);
    if (listing === undefined) return page.more;
    const listed = forward === 'on-request' ? { entries: [], next: undefined }
      : await primary.list('', listing === '' ? undefined : listing);
    queue.together(() => {
      for (const { key } of listed.entries)
        if (key.endsWith('.json') && !queue.has(name, key))
          queue.add(name, key, { what: 'copy', files: undefined }, clock.now());
      queue.moveListing(name, listed.next);
    });
    return true;
  }

  async #do(task: ReplicaTask, signal: AbortSignal): Promise<void> {
    const { spec: { name, store }, queue, clock } = this.#parts;
    try {
      if (task.what === 'copy') {
        const bytes = await this.#copyEvent(task, signal);
        if (bytes === undefined) queue.drop(name, task);
        else queue.done(name, task, bytes, clock.now());
      } else if (await this.#isGone(task.key)) {
        await store.remove(task.key);
        queue.done(name, task, 0, clock.now());
      } else {
        queue.drop(name, task); // it was never removed after all, or has come again
      }
      if (this.#failures > 0) this.#parts.log.info('a replica can be reached again', { replica: name });
      [this.#failures, this.#trouble] = [0, undefined];
    } catch (error) {
      if (signal.aborted) return;
      this.#holdBack(task, error);
    }
  }

  async #isGone(key: string): Promise<boolean> {
    await this.#parts.inFlight.over(key);
    await using object = await this.#parts.primary.open(key);
    return object === undefined;
  }

  /** @returns Bytes that went; undefined when the event is gone from the library, or is not for this replica. */
  async #copyEvent(task: ReplicaTask, signal: AbortSignal): Promise<number | undefined> {
    const files = task.files ?? await this.#filesOfListed(task.key);
    if (files === undefined) return undefined;
    if (!await this.#isFiled(task.key)) return undefined;
    const folder = task.key.slice(0, task.key.lastIndexOf('/') + 1);
    let bytes = 0;
    // The manifest goes last, as everywhere: where it is, the event is whole.
    for (const key of [...files.map((name) => folder + name), task.key])
      bytes += await this.#copy(key, task.files === undefined, signal) ?? 0;
    return bytes;
  }

  /**
   * Whether the library still has the event with this manifest.
   * @throws {DeviceError} When it has not although nobody deleted it: its disk is away, and there is nothing to
   * conclude.
   */
  async #isFiled(key: string): Promise<boolean> {
    if (!await this.#isGone(key)) return true;
    if (await this.#filed(key) === undefined) return false;
    throw new DeviceError(
      'replicas.library-lacks',
      `the library does not hold ${key}, which was filed there; mount the disk or share that it is on`,
    );
  }

  #filed(key: string): Promise<FiledEvent | undefined> {
    return this.#parts.news.event(key.slice(0, key.indexOf('/')), path.basename(key, '.json'));
  }

  /**
   * Of an event that was found by its manifest in the library; undefined when it does not go by itself, or was not
   * filed: then news of it will come. One that names somebody otherwise by now is this replica's if it has it.
   */
  async #filesOfListed(key: string): Promise<readonly string[] | undefined> {
    const filed = await this.#filed(key);
    if (filed === undefined) return undefined;
    const isIts = goesByItself(this.#parts.spec.forward, asFound(filed))
      || (isRevised(filed) && await this.#has(key));
    return isIts ? filesOf(filed) : undefined;
  }

  /**
   * @param mayBeThere - Whether the replica may have it from before: then one of the same size is not copied again, nor
   * a manifest that says the same.
   * @returns Its bytes; undefined when it was not copied, or the library has it no more.
   */
  async #copy(key: string, mayBeThere: boolean, signal: AbortSignal): Promise<number | undefined> {
    await using object = await this.#parts.primary.open(key);
    if (object === undefined || (mayBeThere && await this.#has(key, object.bytes))) return undefined;
    const file = path.join(this.#folder, 'copy');
    await rm(file, { force: true });
    await pipeline(object.stream(), createWriteStream(file, { flush: true, mode: 0o600 }), { signal });
    if (mayBeThere && key.endsWith('.json') && (await readFile(file)).equals(await this.#contentOf(key)))
      return undefined;
    await this.#parts.spec.store.put(key, file);
    return object.bytes;
  }

  /** @param bytes - Only of this size, and no manifest, which may say something else in as many. */
  async #has(key: string, bytes?: number): Promise<boolean> {
    await using there = await this.#parts.spec.store.open(key);
    return there !== undefined && (bytes === undefined || (there.bytes === bytes && !key.endsWith('.json')));
  }

  /** Of a manifest; nothing where there is none. */
  async #contentOf(key: string): Promise<Buffer> {
    await using there = await this.#parts.spec.store.open(key);
    return there === undefined ? Buffer.alloc(0) : await buffer(there.stream());
  }

  #holdBack(task: ReplicaTask, error: unknown): void {
    const { spec: { name }, queue, clock, log } = this.#parts;
    const blame = isOfTheStore(error) ? 'store' : 'task';
    const code = error instanceof TytoError ? error.code : 'replicas.unexpected';
    const tries = task.blame === blame ? task.attempts + 1 : 1;
    const wait = backoffDelay(blame === 'store' ? STORE_AGAIN : TASK_AGAIN, tries, Math.random());
    queue.failed(name, task, { blame, code, reason: describeError(error), nextAt: millis(clock.now() + wait) });
    if (blame === 'store')
      this.#failed(
        error, 'nothing can be copied to a replica just now; the library and the others work on, and it catches up',
      );
    else log.warn('an event could not be copied to a replica; it is tried again, and others go', {
      replica: name, key: task.key, code, reason: describeError(error),
    });
  }

  #failed(error: unknown, message: string): void {
    this.#failures++;
    this.#trouble = describeError(error);
    if (this.#failures === 1) this.#parts.log.warn(message, { replica: this.name, reason: this.#trouble });
  }
}

/** What one object alone is refused for, and what only a mistake of ours explains, say nothing of the store. */
const isOfTheStore = (error: unknown): boolean =>
  error instanceof TytoError
    ? error.code !== 'landing.object-refused' && !(error instanceof BugError)
    : systemCode(error) !== undefined;
