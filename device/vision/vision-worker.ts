/** Motion in a thread of its own, so that a slow look delays nothing else: frames in, observations out. */
import type { MotionRules } from '../contract/places.ts';
import type { BugError } from '../core/errors.ts';
import type { GrayFrame, Observation } from '../core/frame.ts';
import type { Log } from '../core/log.ts';
import { Mailbox } from '../core/mailbox.ts';
import { seconds } from '../core/units.ts';
import { AskedThread, ownMemory, type ThreadPatience } from './asked-thread.ts';
import type { EyeSettings } from './scene-eye.ts';

/** What the thread is asked. */
export type FrameToLookAt = GrayFrame & {
  /** What it watches by from this frame on, where that is something else. */
  readonly rules?: MotionRules;
};

export interface VisionStats {
  readonly analysed: number;
  /** Frames that were pushed out by newer ones because vision could not keep up. */
  readonly dropped: number;
  /** Time that looking at one frame takes, averaged over the last few seconds; undefined before the first. */
  readonly millisPerFrame: number | undefined;
}

/** What is far beyond the slowest board: a thread that takes longer is stuck. */
const PATIENCE: ThreadPatience = { start: seconds(60), look: seconds(10) };
/**
 * Frames that may wait while one is looked at. When the decode gate opens, all of a group of pictures comes at once:
 * ten seconds of it at the highest rate, 2 MB, must not push each other out. A look that is always too slow shows in
 * its own time long before these are full.
 */
const waitingFrames = 150;
const averagedFrames = 20;
const sourceExtension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

export class VisionWorker implements AsyncDisposable {
  readonly #frames: Mailbox<GrayFrame>;
  #thread: AskedThread<FrameToLookAt, Observation> | undefined;
  #rules: MotionRules | undefined;
  #failure: BugError | undefined;
  #stopping = false;
  #analysed = 0;
  #dropped = 0;
  #millisPerFrame: number | undefined;

  private constructor() {
    this.#frames = new Mailbox(waitingFrames, () => { this.#dropped += 1; });
  }

  /**
   * Starts the thread and waits until it can look at frames.
   * @throws {BugError} `vision.worker` when it does not start, or not in time.
   */
  static async start(settings: EyeSettings, log: Log, patience: ThreadPatience = PATIENCE): Promise<VisionWorker> {
    const vision = new VisionWorker();
    const entry = new URL(`./worker-entry.${sourceExtension}`, import.meta.url);
    const plan = { name: 'vision', entry, settings, patience, networks: false };
    vision.#thread = await AskedThread.start(plan, log, (failure) => vision.#fail(failure));
    return vision;
  }

  get stats(): VisionStats {
    return { analysed: this.#analysed, dropped: this.#dropped, millisPerFrame: this.#millisPerFrame };
  }

  /**
   * Hands a frame in; returns at once. The pixels are moved to the thread where their memory holds nothing else: the
   * caller keeps no use of them. When too many wait, the oldest is dropped and counted.
   */
  put(frame: GrayFrame): void { this.#frames.put(frame); }

  /** Watches by other rules from the next frame on that is looked at; what is known of the scene stays. */
  watchBy(rules: MotionRules): void { this.#rules = { ...this.#rules, ...rules }; }

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
    await this.#thread?.[Symbol.asyncDispose]();
  }

  /** @returns undefined when the thread failed before it answered. */
  async #ask({ at, width, height, pixels }: GrayFrame): Promise<Observation | undefined> {
    const owned = ownMemory(pixels);
    const rules = this.#rules;
    this.#rules = undefined;
    const frame = { at, width, height, pixels: owned, ...(rules && { rules }) };
    const answered = await this.#thread?.ask(frame, [owned.buffer]).catch(() => undefined);
    if (answered === undefined) return undefined;
    this.#analysed += 1;
    this.#millisPerFrame ??= answered.tookMs;
    this.#millisPerFrame += (answered.tookMs - this.#millisPerFrame) / averagedFrames;
    return answered.answer;
  }

  #fail(failure: BugError): void {
    this.#failure = failure;
    this.#frames[Symbol.dispose]();
  }
}
