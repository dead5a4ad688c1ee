/** Has faces and things looked for in what moves. The recogniser begins when it is needed, and is replaced when it fails; nothing waits for it. */
import { backoffDelay } from '../core/backoff.ts';
import { describeError } from '../core/errors.ts';
import type { ColourFrame, Observation } from '../core/frame.ts';
import type { Log } from '../core/log.ts';
import { millis, minutes, seconds, type Millis } from '../core/units.ts';
import type { Clock } from '../runtime/clock.ts';
import { RecognitionQueue, type Question } from './recognition-queue.ts';
import type { Recognition } from './recognition.ts';

export interface Recogniser extends AsyncDisposable {
  /** One question at a time. @throws {BugError} When it fails; another one is to be opened then. */
  recognise(question: Question): Promise<Pick<Recognition, 'faces' | 'things'>>;
}

export interface RecognitionParts {
  readonly open: () => Promise<Recogniser>;
  readonly onRecognised: (recognition: Recognition) => void;
  /** Whether events wait for it: then it is opened before it is needed. */
  readonly isAwaited: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

const RESTART = { first: seconds(2), most: minutes(5) };
/** The rest of the processor is for others: a look that takes one second is followed by three of rest. */
const REST = 3;
/** How long the end of an event waits for an answer. */
const ANSWERS_WITHIN = seconds(5);
/** Something moves for this long and no colour picture comes: there will be none. */
const NO_COLOUR_AFTER = seconds(10);

export class RecognitionHost {
  readonly #parts: RecognitionParts;
  readonly #queue = new RecognitionQueue();
  #wake = Promise.withResolvers<void>();
  #every: Millis | undefined = seconds(1);
  #recogniser: Recogniser | undefined;
  #answering: Promise<void> | undefined;
  #fault: string | null = null;
  #colour: { readonly waitsSince: Millis | undefined; readonly isMissing: boolean } = { waitsSince: undefined, isMissing: false };
  constructor(parts: RecognitionParts) { this.#parts = parts; }

  /** Why nothing is recognised, for people; null while it is, or need not be, or is not done on purpose. */
  get fault(): string | null {
    return this.#fault ?? (this.#colour.isMissing ? 'the camera gives no colour pictures' : null);
  }

  /** Whether what moves will be recognised if it can be: false while it begins, fails, or is not done for want of time. */
  get works(): boolean { return this.fault === null && this.#recogniser !== undefined && this.#every !== undefined; }

  /** Looks no more often than this from now on; undefined: not at all. */
  every(time: Millis | undefined): void { this.#every = time; }

  look(frame: ColourFrame): void {
    this.#colour = { waitsSince: undefined, isMissing: false };
    this.#queue.frame(frame);
    this.#wake.resolve();
  }

  /** What vision saw, on the frames' timeline. */
  observed(seen: Observation): void {
    this.#queue.observed(seen);
    if (seen.motion) this.#expectColour(seen.at);
    this.#wake.resolve();
  }

  /** Resolves when what was asked is answered, or after a few seconds. */
  async answers(): Promise<void> {
    if (this.#answering === undefined) return;
    const over = new AbortController();
    await Promise.race([this.#answering, this.#parts.clock.wait(ANSWERS_WITHIN, over.signal).catch(() => {})]);
    over.abort(new Error('answered'));
  }

  /** Runs until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#wake.resolve(), { once: true });
    for (let failures = 0; !signal.aborted;) {
      const began = this.#parts.clock.monotonic();
      try {
        await this.#recognise(signal);
      } catch (error) {
        failures = this.#parts.clock.monotonic() - began > RESTART.most ? 1 : failures + 1;
        this.#fault = describeError(error);
        this.#parts.log.error('recognition failed and is started anew; motion and recording go on', { reason: this.#fault });
        await this.#parts.clock.wait(backoffDelay(RESTART, failures, Math.random()), signal).catch(() => {});
      }
    }
  }

  /** With one recogniser, until it fails. */
  async #recognise(signal: AbortSignal): Promise<void> {
    const first = this.#parts.isAwaited ? undefined : await this.#next(signal);
    if (signal.aborted) return;
    await using recogniser = await this.#parts.open();
    this.#recogniser = recogniser;
    this.#fault = null;
    try {
      for (let question = first ?? await this.#next(signal); question !== undefined; question = await this.#next(signal)) {
        const began = this.#parts.clock.monotonic();
        const asked = this.#ask(recogniser, question);
        this.#answering = asked.catch(() => {}).finally(() => { this.#answering = undefined; });
        await asked;
        const took = this.#parts.clock.monotonic() - began;
        await this.#parts.clock.wait(millis(took * REST), signal).catch(() => {});
      }
    } finally {
      this.#recogniser = undefined;
    }
  }

  async #ask(recogniser: Recogniser, question: Question): Promise<void> {
    const { faces, things } = await recogniser.recognise(question);
    this.#parts.onRecognised({ seen: question.seen, faces, things });
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

  #expectColour(at: Millis): void {
    const waitsSince = this.#colour.waitsSince ?? at;
    const isMissing = at - waitsSince >= NO_COLOUR_AFTER;
    if (isMissing && !this.#colour.isMissing) this.#parts.log.warn('nobody can be recognised: the camera gives no colour pictures');
    this.#colour = { waitsSince: at < waitsSince ? at : waitsSince, isMissing };
  }
}
