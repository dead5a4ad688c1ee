/**
 * Looks at what a connection records: tells what it is in figures, and ends it when it shows nothing but one picture.
 */
import type { Fragment } from '../contract/mp4-fragment.ts';
import type { InitSegment } from '../contract/mp4-init.ts';
import { samplesOf } from '../contract/mp4-samples.ts';
import type { StreamFacts } from '../contract/topics.ts';
import { DeviceError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { inSeconds, seconds, type Millis } from '../core/units.ts';
import type { Clock } from '../runtime/clock.ts';
import { nalUnitsOf, setsSequence } from './nal-walk.ts';
import { StillStream } from './still-stream.ts';
import { describeStream, StreamMeter } from './stream-meter.ts';

export interface StreamWatchOptions {
  /** The camera, as people may see it. */
  readonly label: string;
  /** As the camera sends it. */
  readonly codec: string;
  /** One and the same picture for so long is no picture; undefined where it may be (a file, a painted scene). */
  readonly stillAfter: Millis | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly tell: (facts: StreamFacts) => void;
}

/** What outlives a connection: the picture at which the camera stood still. */
export interface StillMemory { keys: readonly string[] }

const TELL_EVERY = seconds(10);

export class StreamWatch {
  readonly #options: StreamWatchOptions;
  readonly #memory: StillMemory;
  readonly #meter: StreamMeter;
  #init: InitSegment | undefined;
  #still: StillStream | undefined;
  #sequence: Uint8Array | undefined;
  #told = '';
  #toldAt = -Infinity;
  #logged = false;

  constructor(options: StreamWatchOptions, memory: StillMemory) {
    this.#options = options;
    this.#memory = memory;
    this.#meter = new StreamMeter(options.codec);
  }

  init(init: InitSegment): void {
    this.#init = init;
    this.#still = new StillStream(init);
    this.#tell();
  }

  /** @throws {DeviceError} `camera.frozen`, `camera.changed`. */
  fragment(fragment: Fragment): void {
    if (fragment.key) this.#watchParameters(fragment);
    this.#watchStillness(fragment);
    this.#meter.add(fragment);
    this.#tell();
  }

  /** A file has one size: pictures of another one are not to be put into it. */
  #watchParameters({ data, tracks }: Fragment): void {
    const [first] = samplesOf(data, tracks.video);
    if (first === undefined || this.#init === undefined) return;
    const isSet = setsSequence(this.#init.codec);
    const sequence = [...nalUnitsOf(first.data)].find(isSet);
    if (sequence === undefined) return;
    // Only what comes with the pictures is compared: what was said at the start is often not quite the same.
    if (this.#sequence !== undefined && Buffer.compare(this.#sequence, sequence) !== 0) {
      throw new DeviceError(
        'camera.changed', `${this.#options.label} went over to other video in the middle of its stream`,
      );
    }
    this.#sequence ??= sequence.slice();
  }

  #watchStillness(fragment: Fragment): void {
    const { stillAfter, clock, label } = this.#options;
    if (stillAfter === undefined || this.#still === undefined) return;
    const lasted = this.#still.add(fragment, clock.monotonic());
    const [latest] = this.#still.keys;
    const same = fragment.key && latest !== undefined && this.#memory.keys.includes(latest);
    if (lasted < stillAfter && !same) {
      // Another picture than the one at which it stood still: it moves again.
      if (fragment.key) this.#memory.keys = [];
      return;
    }
    if (!same) this.#memory.keys = this.#still.keys;
    throw new DeviceError(
      'camera.frozen', `${label} has sent one and the same picture for ${inSeconds(stillAfter)} s, down to its noise`,
    );
  }

  #tell(): void {
    const { clock, tell, log, label } = this.#options;
    const { facts } = this.#meter;
    const isKnown = facts.bitrate !== null && facts.gop !== null;
    const [told, now] = [JSON.stringify(facts), clock.monotonic()];
    const isDue = now - this.#toldAt >= TELL_EVERY || (isKnown && !this.#logged);
    if (told === this.#told || !isDue) return;
    this.#told = told;
    this.#toldAt = now;
    tell(facts);
    if (this.#logged || facts.bitrate === null || this.#init === undefined) return;
    this.#logged = true;
    log.info(`the camera sends ${describeStream(facts, this.#init.size)}`, { camera: label });
  }
}
