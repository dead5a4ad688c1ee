/**
 * Has faces and things looked for in what moves, as often as there is time for; nothing waits for the answers for long.
 */
import type { ColourFrame, Observation, Track } from '../core/frame.ts';
import type { Log } from '../core/log.ts';
import { inSeconds, millis, seconds, type Millis } from '../core/units.ts';
import type { Clock } from '../runtime/clock.ts';
import { RecognitionQueue, type Question } from './recognition-queue.ts';
import type { Recognition, SeenFace, SeenThing } from './recognition.ts';

export interface Recogniser {
  /** Returns at once. */
  put(look: { readonly frame: ColourFrame; readonly tracks: readonly Track[] }): void;
  /** Something may be asked soon: what takes time before the first answer is done now. Returns at once. */
  prepare(): void;
  /** Answers; a look that failed has none. Ends when the recogniser is disposed. */
  recognitions(): AsyncIterable<
    { readonly at: Millis; readonly faces: readonly SeenFace[]; readonly objects: readonly SeenThing[] }
  >;
  readonly stats: {
    readonly failures: number;
    /** Undefined before the first. */
    readonly millisPerLook: number | undefined;
  };
}

export interface RecognitionParts {
  readonly recogniser: Recogniser;
  readonly onRecognised: (recognition: Recognition) => void;
  readonly clock: Clock;
  readonly log: Log;
}

interface Asked { readonly question: Question; readonly since: Millis; readonly answered: PromiseWithResolvers<void> }

/** The rest of the processor is for others: a look that takes one second is followed by three of rest, ten at most. */
const REST = 3;
const LONGEST_REST = seconds(10);
/**
 * Motion waits for an answer no longer than this, the end of an event even less; the first one takes
 * long, for the networks are loaded.
 */
const MOTION_WAITS = seconds(7);
const END_WAITS = seconds(5);
/** A question that is still not answered will not be: the next one is asked. */
const GIVE_UP = seconds(30);
/** Something moves for this long and no colour picture comes: there will be none. */
const NO_COLOUR_AFTER = seconds(10);
/** Vision looks several times a second: after a longer silence the camera was gone, and may need a moment again. */
const GONE = seconds(2);

export class RecognitionHost {
  readonly #parts: RecognitionParts;
  readonly #queue = new RecognitionQueue();
  #wake = Promise.withResolvers<void>();
  #every: Millis | undefined = seconds(1);
  #asked: Asked | undefined;
  /** Failures that were followed by an answer. */
  #mended = 0;
  /** Since when something moves and no colour picture comes. */
  #colourless: { readonly since: Millis; readonly until: Millis } | undefined;
  /** Whether the last question was left without an answer. */
  #gaveUp = false;
  #told: string | null = null;
  constructor(parts: RecognitionParts) { this.#parts = parts; }

  /** Why nothing is recognised, for people; null while it is, need not be, or is not done on purpose. */
  get fault(): string | null {
    if (this.#every === undefined) return null;
    if (this.#parts.recogniser.stats.failures > this.#mended)
      return 'what looks for faces and things has failed, and is started anew';
    if (this.#gaveUp) return `a look for faces and things took longer than ${inSeconds(GIVE_UP)} s`;
    if (this.#colourless !== undefined && this.#colourless.until - this.#colourless.since > NO_COLOUR_AFTER)
      return 'the camera gives no colour pictures';
    return null;
  }

  /** Whether what moves will be recognised if it can be. */
  get works(): boolean {
    const isLate = this.#asked !== undefined && this.#parts.clock.monotonic() - this.#asked.since > MOTION_WAITS;
    return this.#every !== undefined && this.fault === null && !isLate;
  }

  /** Looks no more often than this from now on; undefined: not at all. */
  every(time: Millis | undefined): void {
    // What was not answered while the device had too much to do says nothing of what it is asked from now on.
    if (this.#every === undefined && time !== undefined) this.#gaveUp = false;
    this.#every = time;
  }

  look(frame: ColourFrame): void {
    this.#colourless = undefined;
    this.#queue.frame(frame);
    this.#wake.resolve();
  }

  /** What vision saw, on the frames' timeline. */
  observed(seen: Observation): void {
    this.#queue.observed(seen);
    // Not before: what only might move is leaves, shadows and noise most of the time, and the
    // networks are half of this process.
    if (this.#every !== undefined && seen.motion) this.#parts.recogniser.prepare();
    const before = this.#colourless;
    const since = before !== undefined && seen.at - before.until < GONE ? before.since : seen.at;
    this.#colourless = seen.motion ? { since, until: seen.at } : undefined;
    this.#wake.resolve();
    this.#tellFault();
  }

  /** Resolves when what was asked is answered, or after a few seconds. */
  async answers(): Promise<void> {
    if (this.#asked !== undefined) await this.#within(END_WAITS, this.#asked.answered.promise);
  }

  /** Runs until `signal` aborts; the recogniser is to be disposed then. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#wake.resolve(), { once: true });
    await Promise.all([this.#ask(signal), this.#listen()]);
  }

  async #ask(signal: AbortSignal): Promise<void> {
    const { recogniser, clock } = this.#parts;
    for (let question = await this.#next(signal); question !== undefined; question = await this.#next(signal)) {
      const asked: Asked = { question, since: clock.monotonic(), answered: Promise.withResolvers() };
      this.#asked = asked;
      recogniser.put({ frame: question.frame, tracks: question.tracks });
      this.#gaveUp = !await this.#within(GIVE_UP, asked.answered.promise, signal) && !signal.aborted;
      this.#asked = undefined;
      await clock.wait(millis(Math.min(LONGEST_REST, REST * (recogniser.stats.millisPerLook ?? 0))), signal)
        .catch(() => {});
    }
  }

  async #listen(): Promise<void> {
    for await (const { at, faces, objects: things } of this.#parts.recogniser.recognitions()) {
      this.#mended = this.#parts.recogniser.stats.failures;
      if (this.#asked?.question.frame.at !== at) continue; // it was given up
      this.#parts.onRecognised({ seen: this.#asked.question.seen, faces, things });
      this.#asked.answered.resolve();
    }
  }

  /** Whether `answer` came in time. */
  async #within(time: Millis, answer: Promise<void>, signal?: AbortSignal): Promise<boolean> {
    const over = new AbortController();
    const late = this.#parts.clock.wait(
      time, signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]),
    )
      .catch(() => {})
      .then(() => false);
    const inTime = await Promise.race([answer.then(() => true), late]);
    over.abort(new Error('answered'));
    return inTime;
  }

  /** Undefined once `signal` aborts. */
  async #next(signal: AbortSignal): Promise<Question | undefined> {
    while (!signal.aborted) {
      const question = this.#every === undefined ? undefined : this.#queue.take(this.#every);
      if (question !== undefined) return question;
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
    }
    return undefined;
  }

  #tellFault(): void {
    const { fault } = this;
    if (fault !== null && fault !== this.#told)
      this.#parts.log.warn(`nobody is recognised: ${fault}; motion and recording go on`);
    this.#told = fault;
  }
}
