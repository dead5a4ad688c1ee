/** Vision in a thread of its own, so that a slow look delays nothing else: frames in, observations out. */
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { BugError } from '../core/errors.ts';
import type { GrayFrame, Observation } from '../core/frame.ts';
import type { Log } from '../core/log.ts';
import { Mailbox } from '../core/mailbox.ts';
import { inSeconds, seconds, type Millis } from '../core/units.ts';
import { Watchdog } from '../runtime/watchdog.ts';
import type { WorkerMessage, WorkerSettings } from './worker-messages.ts';

export interface VisionStats {
  readonly analysed: number;
  /** Frames that were pushed out by newer ones because vision could not keep up. */
  readonly dropped: number;
  /** Time that looking at one frame takes, averaged over the last few seconds; undefined before the first. */
  readonly millisPerFrame: number | undefined;
}

export interface VisionPatience {
  /** How long the thread may take until it can look. */
  readonly start: Millis;
  /** How long one look may take. */
  readonly look: Millis;
}

/** What is far beyond the slowest board: a thread that takes longer is stuck. */
const PATIENCE: VisionPatience = { start: seconds(60), look: seconds(10) };
/** A thread that is stuck in native code cannot be ended; it is left behind then. */
const END_DEADLINE = seconds(2);
/** Frames that may wait while one is looked at. */
const waitingFrames = 2;
const averagedFrames = 20;
const sourceExtension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

export class VisionWorker implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #frames: Mailbox<GrayFrame>;
  readonly #ready = Promise.withResolvers<void>();
  readonly #patience: VisionPatience;
  #reply: PromiseWithResolvers<Observation> | undefined;
  #failure: BugError | undefined;
  #stopping = false;
  #analysed = 0;
  #dropped = 0;
  #millisPerFrame: number | undefined;

  private constructor(worker: Worker, log: Log, patience: VisionPatience) {
    this.#worker = worker;
    this.#patience = patience;
    this.#frames = new Mailbox(waitingFrames, () => { this.#dropped += 1; });
    worker.on('message', (message: WorkerMessage) => this.#take(message, log));
    worker.on('error', (cause) => this.#fail(cause));
    worker.on('exit', (code) => this.#fail(new Error(`the thread ended with ${code}`)));
  }

  /**
   * Starts the thread and waits until it can look at frames.
   * @throws {BugError} `vision.worker` when it does not start, or not in time.
   */
  static async start(settings: WorkerSettings, log: Log, patience: VisionPatience = PATIENCE): Promise<VisionWorker> {
    const entry = new URL(`./worker-entry.${sourceExtension}`, import.meta.url);
    const vision = new VisionWorker(new Worker(entry, { workerData: settings, name: 'vision' }), log, patience);
    try {
      await vision.#within(patience.start, 'has not become ready within', vision.#ready.promise);
      return vision;
    } catch (error) {
      await vision[Symbol.asyncDispose]();
      throw error;
    }
  }

  get stats(): VisionStats {
    return { analysed: this.#analysed, dropped: this.#dropped, millisPerFrame: this.#millisPerFrame };
  }

  /**
   * Hands a frame in; returns at once. The pixels are moved to the thread where their memory holds nothing else: the
   * caller keeps no use of them. With two frames waiting the older one is dropped and counted.
   */
  put(frame: GrayFrame): void { this.#frames.put(frame); }

  /**
   * What was seen, frame after frame. For one reader; ends when the worker is disposed.
   * @throws {BugError} `vision.worker` when the thread dies or looks at one frame for too long; start another one then.
   */
  async *observations(): AsyncGenerator<Observation, void> {
    for await (const frame of this.#frames) {
      if (this.#failure !== undefined || this.#stopping) break;
      const observation = await this.#ask(frame);
      if (observation !== undefined) yield observation;
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    this.#frames[Symbol.dispose]();
    const deadline = new AbortController();
    await Promise.race([this.#worker.terminate(), wait(END_DEADLINE, undefined, { signal: deadline.signal, ref: false })]);
    deadline.abort();
  }

  /** @returns undefined when the thread failed before it answered. */
  async #ask({ at, width, height, pixels }: GrayFrame): Promise<Observation | undefined> {
    const owned = ownMemory(pixels);
    this.#reply = Promise.withResolvers();
    this.#worker.postMessage({ at, width, height, pixels: owned } satisfies GrayFrame, [owned.buffer]);
    return this.#within(this.#patience.look, 'has looked at one frame for more than', this.#reply.promise).catch(() => undefined);
  }

  /** Fails the worker, and so `answer`, when that takes longer than `limit`. */
  async #within<T>(limit: Millis, complaint: string, answer: Promise<T>): Promise<T> {
    const watchdog = new Watchdog({ first: limit, between: limit }, () => this.#fail(new Error(`it ${complaint} ${inSeconds(limit)} s`)));
    try {
      return await answer;
    } finally {
      watchdog[Symbol.dispose]();
    }
  }

  #take(message: WorkerMessage, log: Log): void {
    switch (message.type) {
      case 'ready': return this.#ready.resolve();
      case 'log': return log[message.level](message.message, message.fields);
      case 'seen':
        this.#analysed += 1;
        this.#millisPerFrame ??= message.tookMs;
        this.#millisPerFrame += (message.tookMs - this.#millisPerFrame) / averagedFrames;
        return this.#reply?.resolve(message.observation);
      default: throw new BugError('vision.message', `the vision thread said ${String(message satisfies never)}`);
    }
  }

  #fail(cause: Error): void {
    if (this.#failure !== undefined) return;
    const failure = new BugError('vision.worker', 'the vision thread failed', { cause });
    if (!this.#stopping) this.#failure = failure;
    this.#ready.reject(failure);
    this.#reply?.reject(failure);
    this.#frames[Symbol.dispose]();
  }
}

/** The same bytes in memory of their own: what is transferred takes all of its memory along (a pool, a ring). */
function ownMemory(pixels: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = pixels;
  const alone = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
  return alone ? new Uint8Array(buffer) : new Uint8Array(pixels);
}
