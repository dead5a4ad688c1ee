/**
 * Keeps an eye open: vision begins with the first frame, and one that fails or no longer fits is
 * replaced. Recording never waits for it.
 */
import type { MotionRules } from '../contract/places.ts';
import { backoffDelay } from '../core/backoff.ts';
import { describeError } from '../core/errors.ts';
import type { GrayFrame, Observation } from '../core/frame.ts';
import type { Size } from '../core/geometry.ts';
import type { Log } from '../core/log.ts';
import { millis, seconds, type Millis } from '../core/units.ts';
import type { Clock } from '../runtime/clock.ts';

/** What is asked of vision. */
export interface Eye extends AsyncDisposable {
  /** Returns at once; drops the oldest frame that waits rather than queue. */
  put(frame: GrayFrame): void;
  /** Watches by other rules from the next frame on, and knows the scene as before. */
  watchBy(rules: MotionRules): void;
  /** Ends when disposed. @throws {BugError} When vision fails. */
  observations(): AsyncIterable<Observation>;
  readonly stats: {
    readonly analysed: number;
    readonly dropped: number;
    /** What one look takes. */
    readonly millisPerFrame: number | undefined;
  };
}

export interface VisionHostParts {
  readonly open: (size: Size) => Promise<Eye>;
  readonly onSeen: (seen: Observation) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Frames that vision would reach only after this long are not looked at: what is told later than a clip's ring reaches
 * back would lose its beginning. Far more than the burst takes that comes when decoding begins.
 */
const LATEST = seconds(5);
/** Frames come a little early now and then. */
const ALMOST = 0.9;
const RESTART = { first: seconds(1), most: seconds(60) };

export class VisionHost {
  readonly #parts: VisionHostParts;
  #eye: Eye | undefined;
  #size: Size | undefined;
  #renewed = Promise.withResolvers<void>();
  #past = { analysed: 0, dropped: 0 };
  #fault: string | null = null;
  #lookEvery = millis(0);
  #lookedAt = millis(-Infinity);
  /** Frames that the eye of now was given. */
  #given = 0;
  constructor(parts: VisionHostParts) { this.#parts = parts; }

  /** Frames looked at, and frames that were not, since the start. */
  get counters(): { readonly framesAnalysed: number; readonly framesDropped: number } {
    const { analysed = 0, dropped = 0 } = this.#eye?.stats ?? {};
    return { framesAnalysed: this.#past.analysed + analysed, framesDropped: this.#past.dropped + dropped };
  }

  /** Undefined while it is not known. */
  get millisPerFrame(): number | undefined { return this.#eye?.stats.millisPerFrame; }

  /** Looks no more often than this from now on. */
  lookEvery(time: Millis): void { this.#lookEvery = time; }

  /** Why nothing is analysed, for people; null while it is. */
  get fault(): string | null { return this.#fault; }

  /** Vision is opened anew, with what it is to know by now, and knows nothing of the scene. */
  renew(): void { this.#renewed.resolve(); }

  /** Vision goes on by other rules; one that is being opened may know those of before, and is opened anew. */
  watchBy(rules: MotionRules): void {
    if (this.#eye === undefined) this.renew();
    else this.#eye.watchBy(rules);
  }

  look(frame: GrayFrame): void {
    if (frame.width !== this.#size?.width || frame.height !== this.#size.height) {
      this.#size = { width: frame.width, height: frame.height };
      this.#renewed.resolve();
    }
    if (frame.at - this.#lookedAt < this.#lookEvery * ALMOST) return;
    this.#lookedAt = frame.at;
    if (this.#eye === undefined || this.#delay(this.#eye) > LATEST) {
      this.#past.dropped += 1;
      return;
    }
    this.#given += 1;
    this.#eye.put(frame);
  }

  /** How long those that wait will take. */
  #delay({ stats: { analysed, dropped, millisPerFrame = 0 } }: Eye): Millis {
    return millis((this.#given - analysed - dropped) * millisPerFrame);
  }

  /** Runs until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = new Promise<void>((resolve) => { signal.addEventListener('abort', () => resolve(), { once: true }); });
    let failures = 0;
    while (!signal.aborted) {
      await Promise.race([stop, this.#renewed.promise]);
      if (signal.aborted) return;
      this.#renewed = Promise.withResolvers();
      if (this.#size === undefined) continue; // no camera was there yet
      const startedAt = this.#parts.clock.monotonic();
      try {
        await this.#watch(this.#size, stop, Promise.race([stop, this.#renewed.promise]));
      } catch (error) {
        failures = this.#steady(startedAt) ? 1 : failures + 1;
        this.#fault = describeError(error);
        this.#parts.log.error('vision failed and is started anew; recording goes on', { reason: describeError(error) });
        await this.#parts.clock.wait(backoffDelay(RESTART, failures, Math.random()), signal).catch(() => {});
        this.#renewed.resolve();
      }
    }
  }

  /** Looks at frames of `size` until `over`. */
  async #watch(size: Size, stop: Promise<void>, over: Promise<void>): Promise<void> {
    const opening = this.#parts.open(size);
    const eye = await Promise.race([opening, stop]);
    // nobody waits for it any more
    if (eye === undefined) return void opening.then((late) => late[Symbol.asyncDispose](), () => {});
    this.#eye = eye;
    this.#given = 0;
    const closing = over.then(() => eye[Symbol.asyncDispose]());
    try {
      for await (const seen of eye.observations()) {
        this.#fault = null;
        this.#parts.onSeen(seen);
      }
    } finally {
      this.#eye = undefined;
      this.#past.analysed += eye.stats.analysed;
      this.#past.dropped += eye.stats.dropped;
      await eye[Symbol.asyncDispose]();
    }
    await closing;
  }

  #steady(since: Millis): boolean { return this.#parts.clock.monotonic() - since > millis(60_000); }
}
