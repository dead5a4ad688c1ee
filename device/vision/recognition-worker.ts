/**
 * Recognition in a thread of its own: frames in, faces and things out. The thread is started by the first frame, or
 * before that by who expects one; it is replaced when it is stuck or dies, and ended when nobody has asked for a while,
 * which gives back all of its memory.
 */
import { describeError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { Mailbox } from '../core/mailbox.ts';
import { inSeconds, minutes, seconds, type Millis } from '../core/units.ts';
import { AskedThread, ownMemory, type ThreadPatience } from './asked-thread.ts';
import type { Look, Recognition, RecognitionWishes } from './recognition.ts';

export interface RecognitionSettings {
  /** The folder of the people who have been named; nobody is known without. */
  readonly people?: string;
}

type Expected = Pick<RecognitionWishes, 'faces' | 'objects'>;

/** What the thread is told when it starts. */
export interface RecognitionThreadSettings extends RecognitionSettings {
  /** What to make ready before the first frame; nothing when absent. */
  readonly prepare?: Expected;
}

export interface RecognitionStats {
  readonly looked: number;
  /** Frames that were pushed out by newer ones, or came while no thread could be had. */
  readonly dropped: number;
  /** Threads that failed: stuck, dead, or not able to start. */
  readonly failures: number;
  /** Time that one look takes, averaged over the last few; undefined before the first. */
  readonly millisPerLook: number | undefined;
  /** Whether the networks are in memory. */
  readonly loaded: boolean;
}

export interface RecognitionTiming extends ThreadPatience {
  /** After this long without a question the thread is ended. */
  readonly idle: Millis;
  /** How long after a failure no thread is started. */
  readonly pause: Millis;
}

const TIMING: RecognitionTiming = { start: seconds(60), look: seconds(20), idle: minutes(5), pause: seconds(30) };
const averagedLooks = 10;
const sourceExtension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
type Thread = AskedThread<Look, Recognition>;

export class RecognitionWorker implements AsyncDisposable {
  readonly #settings: RecognitionSettings;
  readonly #log: Log;
  readonly #timing: RecognitionTiming;
  readonly #looks = new Mailbox<Look>(1, () => { this.#dropped += 1; });
  #thread: Thread | undefined;
  #starting: Promise<Thread> | undefined;
  #idle: NodeJS.Timeout | undefined;
  #asking = false;
  #notBefore = 0;
  #stopping = false;
  #looked = 0;
  #dropped = 0;
  #failures = 0;
  #millisPerLook: number | undefined;

  constructor(settings: RecognitionSettings, log: Log, timing: RecognitionTiming = TIMING) {
    this.#settings = settings;
    this.#log = log;
    this.#timing = timing;
  }

  get stats(): RecognitionStats {
    return {
      looked: this.#looked, dropped: this.#dropped, failures: this.#failures,
      millisPerLook: this.#millisPerLook, loaded: this.#thread !== undefined,
    };
  }

  /**
   * Hands a frame in; returns at once. The pixels are moved to the thread where their memory holds nothing else: the
   * caller keeps no use of them. While one is looked at, the newest of those that come waits; the others are dropped
   * and counted.
   */
  put(look: Look): void { this.#looks.put(look); }

  /**
   * Says that frames may come soon: the thread is started and loads what `wishes` need, or is kept. Returns at once; a
   * failure is logged and counted like that of a frame.
   */
  prepare(wishes: Expected): void {
    this.#idle?.refresh();
    if (this.#stopping || this.#thread !== undefined || performance.now() < this.#notBefore) return;
    this.#ready(wishes).then(() => { if (!this.#asking) this.#rest(); }, () => {});
  }

  /**
   * What was recognised, frame after frame; a frame whose thread failed gives nothing. For one reader; ends when the
   * worker is disposed.
   */
  async *recognitions(): AsyncGenerator<Recognition, void> {
    for await (const look of this.#looks) {
      if (this.#stopping) break;
      const recognition = await this.#ask(look);
      if (recognition !== undefined) yield recognition;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    this.#looks[Symbol.dispose]();
    await this.#end();
  }

  async #ask({ frame, tracks, wishes }: Look): Promise<Recognition | undefined> {
    this.#awake();
    if (performance.now() < this.#notBefore) {
      this.#dropped += 1;
      return undefined;
    }
    const pixels = ownMemory(frame.pixels);
    try {
      this.#asking = true;
      const thread = await this.#ready();
      const { answer, tookMs } = await thread.ask({ frame: { ...frame, pixels }, tracks, wishes }, [pixels.buffer]);
      this.#looked += 1;
      this.#millisPerLook ??= tookMs;
      this.#millisPerLook += (tookMs - this.#millisPerLook) / averagedLooks;
      return answer;
    } catch {
      await this.#end(); // why is logged by `#start`
      return undefined;
    } finally {
      this.#asking = false;
      this.#rest();
    }
  }

  #ready(expected?: Expected): Promise<Thread> {
    if (this.#thread !== undefined) return Promise.resolve(this.#thread);
    return this.#starting ??= this.#start(expected).finally(() => { this.#starting = undefined; });
  }

  async #start(expected: Expected | undefined): Promise<Thread> {
    const entry = new URL(`./recognition-entry.${sourceExtension}`, import.meta.url);
    const settings: RecognitionThreadSettings =
      { ...this.#settings, ...(expected === undefined ? {} : { prepare: expected }) };
    const plan = { name: 'recognition', entry, settings, patience: this.#timing, networks: true };
    const thread: Thread = await AskedThread.start(plan, this.#log, (failure) => {
      this.#failures += 1;
      this.#notBefore = performance.now() + this.#timing.pause;
      this.#thread = undefined;
      this.#log.error('faces and things are not looked for until another thread is started', {
        reason: describeError(failure), seconds: inSeconds(this.#timing.pause),
      });
    });
    if (!this.#stopping) return this.#thread = thread;
    await thread[Symbol.asyncDispose]();
    throw new Error('stopped while it started');
  }

  /** From now on the thread is ended when nobody asks. */
  #rest(): void {
    this.#awake();
    if (!this.#stopping) this.#idle = setTimeout(() => { void this.#end(); }, this.#timing.idle).unref();
  }

  #awake(): void {
    clearTimeout(this.#idle);
    this.#idle = undefined;
  }

  async #end(): Promise<void> {
    this.#awake();
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.[Symbol.asyncDispose]();
  }
}
