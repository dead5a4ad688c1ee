/** A thread of this room that is asked one thing at a time and answers it; one that is stuck is left behind. */
import { setTimeout as wait } from 'node:timers/promises';
import { Worker, type Transferable } from 'node:worker_threads';
import { BugError } from '../core/errors.ts';
import type { Log, LogFields, LogLevel } from '../core/log.ts';
import { inSeconds, seconds, type Millis } from '../core/units.ts';
import { Watchdog } from '../runtime/watchdog.ts';

export interface ThreadPatience {
  /** How long the thread may take until it can be asked. */
  readonly start: Millis;
  /** How long one look may take. */
  readonly look: Millis;
}

export interface ThreadPlan {
  readonly name: string;
  /** The module that it runs: one that calls `answerQuestions`. */
  readonly entry: URL;
  /** What it is told when it starts: plain data. */
  readonly settings: object;
  readonly patience: ThreadPatience;
  /** It runs networks: TensorFlow.js is made ready for it. */
  readonly networks: boolean;
}

export interface Answered<A> {
  readonly answer: A;
  /** Time that answering took in the thread. */
  readonly tookMs: number;
}


/** What the thread says. */
export type ThreadMessage<A> =
  | { readonly type: 'ready' }
  | { readonly type: 'log'; readonly level: LogLevel; readonly message: string; readonly fields: LogFields }
  | ({ readonly type: 'answer' } & Answered<A>);

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const SMALL_TENSORFLOW = new URL(`./small-tensorflow-entry.${extension}`, import.meta.url).href;
/** A thread that is stuck in native code cannot be ended; it is left behind then. */
const END_DEADLINE = seconds(2);

/** @typeParam Q - What it is asked: data that can be sent to a thread. */
export class AskedThread<Q extends object, A> implements AsyncDisposable {
  readonly #plan: ThreadPlan;
  readonly #worker: Worker;
  readonly #ready = Promise.withResolvers<void>();
  readonly #onFailure: (failure: BugError) => void;
  #reply: PromiseWithResolvers<Answered<A>> | undefined;
  #failure: BugError | undefined;
  #stopping = false;

  private constructor(plan: ThreadPlan, log: Log, onFailure: (failure: BugError) => void) {
    this.#plan = plan;
    this.#onFailure = onFailure;
    this.#worker = new Worker(plan.entry, {
      workerData: plan.settings, name: plan.name, execArgv: plan.networks ? ['--import', SMALL_TENSORFLOW] : [],
    });
    this.#worker.on('message', (message: ThreadMessage<A>) => this.#take(message, log));
    this.#worker.on('error', (cause) => this.#fail(cause));
    this.#worker.on('exit', (code) => this.#fail(new Error(`the thread ended with ${code}`)));
  }

  /**
   * Starts the thread and waits until it can be asked.
   * @param onFailure - Told once, also of a thread that dies while nobody asks; not told of its disposal.
   * @throws {BugError} `vision.worker` when it does not start, or not in time.
   */
  static async start<Q extends object, A>(
    plan: ThreadPlan, log: Log, onFailure: (failure: BugError) => void = () => {},
  ): Promise<AskedThread<Q, A>> {
    const thread = new AskedThread<Q, A>(plan, log, onFailure);
    try {
      await thread.#within(plan.patience.start, 'has not become ready within', thread.#ready.promise);
      return thread;
    } catch (error) {
      await thread[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * @param transfer - Memory of the question that is moved, not copied.
   * @throws {BugError} `vision.worker` when the thread dies or looks for too long; start another one then.
   */
  async ask(question: Q, transfer: readonly Transferable[]): Promise<Answered<A>> {
    if (this.#failure !== undefined) throw this.#failure;
    this.#reply = Promise.withResolvers();
    this.#worker.postMessage(question, transfer);
    return this.#within(this.#plan.patience.look, 'has looked at one frame for more than', this.#reply.promise);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    const deadline = new AbortController();
    const enough = wait(END_DEADLINE, undefined, { signal: deadline.signal, ref: false });
    await Promise.race([this.#worker.terminate(), enough]);
    deadline.abort();
  }

  /** Fails the thread, and so `answer`, when that takes longer than `limit`. */
  async #within<T>(limit: Millis, complaint: string, answer: Promise<T>): Promise<T> {
    const watchdog = new Watchdog({ first: limit, between: limit }, () =>
      this.#fail(new Error(`it ${complaint} ${inSeconds(limit)} s`)));
    try {
      return await answer;
    } finally {
      watchdog[Symbol.dispose]();
    }
  }

  #take(message: ThreadMessage<A>, log: Log): void {
    switch (message.type) {
      case 'ready': return this.#ready.resolve();
      case 'log': return log[message.level](message.message, message.fields);
      case 'answer': return this.#reply?.resolve(message);
      default:
        throw new BugError('vision.message', `the ${this.#plan.name} thread said ${String(message satisfies never)}`);
    }
  }

  #fail(cause: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = new BugError('vision.worker', `the ${this.#plan.name} thread failed`, { cause });
    this.#ready.promise.catch(() => {}); // who started it has its answer already
    this.#ready.reject(this.#failure);
    this.#reply?.reject(this.#failure);
    if (!this.#stopping) this.#onFailure(this.#failure);
  }
}

/** The same bytes in memory of their own: what is transferred takes all of its memory along (a pool, a ring). */
export function ownMemory(pixels: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = pixels;
  const alone = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
  return alone ? new Uint8Array(buffer) : new Uint8Array(pixels);
}
