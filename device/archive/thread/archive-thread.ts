/**
 * The catalogue, kept by a thread of its own: a disk that stands still for seconds holds up neither the camera's video
 * nor anything else. What is told here is written in order; until then it waits in memory, and what a crash takes from
 * there the next start finds by its files.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { TytoEvent } from '../../contract/event.ts';
import type { StorageState } from '../../contract/storage.ts';
import { BugError, ConfigError, DeviceError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { seconds } from '../../core/units.ts';
import { systemClock } from '../../runtime/clock.ts';
import { StopRequest } from '../../runtime/shutdown.ts';
import type { FinishedRecording, NewRecording } from '../archive.ts';
import type { TwoClocks } from '../ledger/watch-ledger.ts';
import type { Watching } from '../ledger/watching.ts';
import type { Refusal, ThreadCall, ThreadMessage, ThreadRequest, ThreadSettings } from './messages.ts';
import { WriteQueue } from './write-queue.ts';

/** A recording waits no longer for room to be made: whether there is some, it sees by itself. */
const ROOM_PATIENCE = seconds(5);
/** A stop waits no longer: the disk may stand still. */
const CLOSE_PATIENCE = seconds(2);
/** Words that a disk which stands still may leave unheard: some twenty minutes of them. */
const MOST_UNANSWERED = 600;
const sourceExtension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

export class ArchiveThread implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #writes: WriteQueue;
  readonly #log: Log;
  readonly #ready = Promise.withResolvers<readonly TytoEvent[]>();
  readonly #died = Promise.withResolvers<never>();
  readonly #answers = new Map<number, (refusal: Refusal | undefined) => void>();
  #calls = 0;
  #stopping = false;
  /** Why it ends tells whether anybody wants that. */
  #stop: AbortSignal | undefined;
  #storage: StorageState | undefined;
  #tellStorage: (state: StorageState) => void = () => {};
  #endedEvents: readonly TytoEvent[] = [];

  /**
   * Opens the catalogue and brings it in step with the disk.
   * @param stop - What ends this process, where it may do so before `run` is called.
   * @throws {ConfigError | DeviceError} As `openArchive`.
   * @throws {BugError} `archive.thread` when the thread dies.
   */
  static async start(settings: ThreadSettings, log: Log, stop?: AbortSignal): Promise<ArchiveThread> {
    const entry = new URL(`../main.${sourceExtension}`, import.meta.url);
    const thread = new ArchiveThread(new Worker(entry, { workerData: settings, name: 'archive' }), log);
    thread.#stop = stop;
    try {
      thread.#endedEvents = await thread.#ready.promise;
      return thread;
    } catch (error) {
      thread.#stopping = true;
      await thread.#worker.terminate();
      throw error;
    }
  }

  private constructor(worker: Worker, log: Log) {
    this.#worker = worker;
    this.#log = log;
    this.#writes = new WriteQueue({ write: (batch) => this.#call({ type: 'write', batch }), clock: systemClock, log });
    this.#died.promise.catch(() => {});
    worker.on('message', (message: ThreadMessage) => this.#take(message));
    worker.on('error', (cause) => this.#fail(cause));
    worker.on('exit', (code) => this.#fail(new Error(`the thread ended with ${code}`)));
  }

  /** Events that a crash had left open, ended by the start, as they are in the catalogue. */
  get endedEvents(): readonly TytoEvent[] { return this.#endedEvents; }

  /** From now on `listener` is told how the disk stands: at once, if it is known, and at every change. */
  onStorage(listener: (state: StorageState) => void): void {
    this.#tellStorage = listener;
    if (this.#storage !== undefined) listener(this.#storage);
  }

  /**
   * The event is put into the catalogue, or in the place of the one with its id; once it has
   * ended, its media must be durable.
   */
  putEvent(event: TytoEvent): void { this.#writes.put({ type: 'event', event }); }

  /** Resolves when all that was put is in the catalogue, where others find it, or when `over` aborts. */
  written(over: AbortSignal): Promise<void> { return this.#writes.written(over); }

  /** A recording's file is there and its head is durable. */
  openRecording({ name, class: kind, camera, eventId, startedAt }: NewRecording): void {
    this.#writes.put({ type: 'opened', recording: { name, class: kind, camera, eventId, startedAt } });
  }

  /** A recording is durable to its end. */
  closeRecording({ name, class: kind, camera, eventId, startedAt, until, clip, fault, lost }: FinishedRecording): void {
    this.#writes.put({ type: 'closed', recording: {
      name, class: kind, camera, eventId, startedAt, until: until ?? null, clip,
      fault: fault && { message: fault.message }, lost: { duration: lost.duration },
    } });
  }

  /** Resolves when what may be deleted has made room for a recording, or after some seconds: then the disk is slow. */
  async makeRoom(): Promise<void> {
    const over = new AbortController();
    await Promise.race([
      this.#call({ type: 'room' }), wait(ROOM_PATIENCE, undefined, { signal: over.signal }).catch(() => {}),
    ]);
    over.abort();
  }

  /** To be told at every change and every few seconds: what is not heard of counts as not watched. */
  watching(watching: Watching): void {
    if (this.#answers.size < MOST_UNANSWERED) void this.#call({ type: 'watching', watching, at: twoClocks() });
  }

  /** Resolves when `signal` aborts. @throws {BugError} `archive.thread` when the thread dies. */
  async run(signal: AbortSignal): Promise<void> {
    this.#stop = signal;
    const stopped = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([stopped, this.#died.promise]);
  }

  /** Writes what still waits, as far as the disk lets it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    const over = new AbortController();
    const done = this.#writes.stop()
      .then(() => this.#call({ type: 'close', at: twoClocks(), isWanted: this.#isWanted }));
    await Promise.race([done, wait(CLOSE_PATIENCE, undefined, { signal: over.signal }).catch(() => {})]);
    over.abort();
    await this.#worker.terminate();
  }

  /** What failed is not stopped; neither is what ends because it was left alone. */
  get #isWanted(): boolean {
    const why: unknown = this.#stop?.reason;
    return why instanceof StopRequest && why.isWanted;
  }

  #call(call: ThreadCall): Promise<Refusal | undefined> {
    const id = this.#calls++;
    return new Promise((resolve) => {
      this.#answers.set(id, resolve);
      this.#worker.postMessage({ id, call } satisfies ThreadRequest, []);
    });
  }

  #take(message: ThreadMessage): void {
    switch (message.type) {
      case 'ready': return this.#ready.resolve(message.endedEvents);
      case 'refused': return this.#ready.reject(
        message.mustAct === 'user'
          ? new ConfigError(message.code, message.message)
          : new DeviceError(message.code, message.message));
      case 'answer':
        this.#answers.get(message.id)?.(message.refusal);
        this.#answers.delete(message.id);
        return;
      case 'storage':
        this.#storage = message.state;
        return this.#tellStorage(message.state);
      case 'log': return this.#log[message.level](message.message, message.fields);
    }
  }

  #fail(cause: unknown): void {
    const error = new BugError('archive.thread', 'the thread that keeps the catalogue has died', { cause });
    this.#ready.reject(error);
    if (!this.#stopping) this.#died.reject(error);
    for (const answer of this.#answers.values()) answer({ code: error.code, message: error.message });
    this.#answers.clear();
  }
}

/** As every thread reads them. */
const twoClocks = (): TwoClocks => ({ wall: Date.now(), steady: Number(process.hrtime.bigint() / 1_000_000n) });
