/** What was wrong with a file, for one message at its end: all that could be decoded has been handed out by then. */
import { DeviceError } from '../../core/errors.ts';
import { redactAddresses } from '../../core/redact-addresses.ts';
import { millis, seconds, type Millis } from '../../core/units.ts';
import type { Torn } from './torn.ts';

/** Pictures before and after something that could not be decoded without fault. */
interface Span { after: Millis; before: Millis }

/** So close together they are told as one. */
const APART = seconds(1);
const MOST_TOLD = 3;

export class FileFaults {
  readonly #file: string;
  readonly #torn: Torn | undefined;
  readonly #spans: Span[] = [];
  /** Of the latest span, no picture has come since. */
  #open = false;
  #shown = false;
  /** The last picture that was shown, and the one before it. */
  #latest = millis(0);
  #earlier = millis(0);
  /** Why decoding ended before everything was decoded. */
  #ended: string | undefined;

  constructor(file: string, torn: Torn | undefined) {
    this.#file = file;
    this.#torn = torn;
  }

  get hasShown(): boolean { return this.#shown; }

  /** A picture came. */
  shown(at: Millis): void {
    this.#shown = true;
    [this.#earlier, this.#latest] = [this.#latest, at];
    const span = this.#spans.at(-1);
    if (this.#open && span !== undefined) span.before = at;
    this.#open = false;
  }

  /** What is decoded now, or comes next, has a fault; `at` where that is known. */
  add(at?: Millis): void {
    // What ffmpeg says and what it shows come by two ways.
    const [after, before] = at === undefined ? [this.#earlier, this.#latest] : [at, at];
    const span = this.#spans.at(-1);
    if (span !== undefined && after - span.before <= APART) {
      span.after = millis(Math.min(span.after, after)); // some are told of later
      span.before = millis(Math.max(span.before, before));
    } else this.#spans.push({ after, before });
    this.#open = at === undefined;
  }

  /** Decoding ended out of order, with those last words. */
  ended(words: string): void {
    this.#ended ??= words;
    this.add();
  }

  /** Undefined where nothing was wrong. */
  error(options?: ErrorOptions): DeviceError | undefined {
    const why = [
      ...(this.#torn === undefined ? [] : [`${this.#file} ${this.#torn.fault}`]),
      ...(this.#ended === undefined ? []
        : [`the decoder of ${this.#file} ended early: ${redactAddresses(this.#ended)}`]),
    ];
    // What breaks off at the end of a file that is cut off is told already.
    const places = this.#spans.filter(({ before }) => this.#torn === undefined || this.#latest - before > APART);
    if (why.length + places.length === 0) return undefined;
    const damage = places.length === 0 ? [] : [`pictures ${inWords(places)} are missing, or are not as they were`];
    const what = why.length === 0 ? [`${this.#file} is damaged: ${damage.join('')}`] : [...why, ...damage];
    const read = this.#shown ? `the rest was read, up to ${inSeconds(this.#latest)}` : 'nothing of it can be decoded';
    const remedy = this.#ended === undefined ? 'copy the file anew from where it came' : 'try it again';
    return new DeviceError('camera.damaged', `${what.join('; ')}; ${read}: ${remedy}`, options);
  }
}

function inWords(spans: readonly Span[]): string {
  const told = spans.slice(0, MOST_TOLD).map(({ after, before }) => (before - after <= APART
    ? `at about ${inSeconds(after)}` : `between ${inSeconds(after)} and ${inSeconds(before)}`));
  if (spans.length > MOST_TOLD) told.push(`in ${spans.length - MOST_TOLD} more places`);
  return [...told.slice(0, -2), told.slice(-2).join(' and ')].join(', ');
}

const inSeconds = (at: Millis): string => `${(at / 1000).toFixed(1)} s`;
