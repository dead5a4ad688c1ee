/** A camera that is connected anew, for ever, whenever it is gone. */
import { backoffDelay, type Backoff } from '../core/backoff.ts';
import type { InitSegment } from '../contract/mp4-init.ts';
import type { PictureDecoderState } from '../contract/topics.ts';
import { DeviceError, isAbort } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { inSeconds, millis, seconds, type Millis } from '../core/units.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Camera, CameraSession, CameraSink, CameraState } from './camera.ts';
import { DecoderHardware, type DecoderHardwareOptions } from './gate/decoder-hardware.ts';
import type { DecodingState } from './gate/decoding-state.ts';
import { SoundTrust } from './sound/sound-trust.ts';
import { findCameraConfinement, type Confinement } from './stream/confined-child.ts';
import type { FeedSource } from './stream/feed.ts';
import type { PictureOptions } from './stream/picture-options.ts';
import { unmaskedVideo } from './stream/masks.ts';
import { isCopied } from './stream/stream-arguments.ts';
import { runStream, UNGATED, type StreamHandlers } from './stream/run-stream.ts';
import { StreamWatch, type StillMemory } from './stream-watch.ts';
import {
  aheadOfTime, anchorAt, leapAhead, observeArrival, type Arrival, type StreamAnchor,
} from './stream/stream-clock.ts';
import { StreamPace } from './stream/stream-pace.ts';

export interface ReconnectOptions {
  readonly stallTimeout: Millis;
  readonly clock: Clock;
  readonly log: Log;
  /** From 0 to 1, for the jitter of the back-off. */
  readonly random: () => number;
  /** What is wanted besides the recording. */
  readonly pictures?: PictureOptions;
  /** Whether the device is too slow just now for what it has to do; never if not given. */
  readonly isBusy?: () => boolean;
  /** Whether the board's own decoder is tried; not if not given. */
  readonly hardware?: Omit<DecoderHardwareOptions, 'tell' | 'confinement'>;
}

/** Code of the fault of a stream whose times cannot be those of its pictures. */
const TIME_JUMP = 'camera.time-jump';
const BACKOFF: Backoff = { first: seconds(1), most: seconds(30) };
/** A timeline that runs ahead by more than this has jumped: the session ends there. */
const JUMP = seconds(60);

export class ReconnectingCamera implements Camera {
  readonly #source: FeedSource;
  readonly #options: ReconnectOptions;

  constructor(source: FeedSource, options: ReconnectOptions) {
    this.#source = source;
    this.#options = options;
  }

  get label(): string { return this.#source.label; }
  get isDemo(): boolean { return this.#source.isDemo === true; }

  async run(sink: CameraSink, signal: AbortSignal): Promise<void> {
    const { clock, log, random, stallTimeout } = this.#options;
    const confinement = await findCameraConfinement();
    const tell = tellChanges(sink, log);
    const tellUnmet = tellUnmetWishes(sink, log);
    let pictures = this.#options.pictures ?? {};
    tell({ status: 'connecting' }, this.label);
    const trust = new SoundTrust();
    const still: StillMemory = { keys: [] };
    const hardware = this.#hardware(sink, confinement, signal);
    for (let number = 1, failures = 0, delivered = false; !signal.aborted; number++) {
      const began = clock.monotonic();
      const anew = !delivered;
      delivered = false;
      let { label } = this;
      let [sound, isClockSet] = [false, false];
      try {
        const feed = await this.#source.open(signal, anew);
        label = feed.label ?? label;
        const unmasked = isCopied(feed.codec) ? unmaskedVideo(pictures.masks ?? [], feed.codec) : [];
        tellUnmet([...feed.unmet ?? [], ...unmasked], label);
        const watch = new StreamWatch({
          label, codec: feed.codec, stillAfter: feed.repeats === true ? undefined : stallTimeout, clock,
          log, tell: (facts) => sink.stream?.(facts),
        }, still);
        const onInit = (init: InitSegment): void => {
          void hardware?.begin(init, feed.codec, pictures.decode !== 'full');
        };
        const hasOwnClock = isCopied(feed.codec) && feed.repeats !== true;
        // What repeats is paced here: it cannot be late but by what reads it.
        const isHeldUp = (): boolean => feed.repeats === true || this.#options.isBusy?.() === true;
        const session: Session = new Session({
          number, label,
        }, { sink, clock, watch, onInit, hardware, hasOwnClock, isHeldUp }, () => {
          delivered = true;
          tell({ status: 'online' }, session.label);
        });
        sound = feed.sound !== undefined && !trust.isLost;
        if (trust.isLost)
          log.warn('this connection is made without sound: with it no video came, or it broke off again and again', {
            camera: label,
          });
        await runStream(feed, { ...this.#options, pictures, sound, label, confinement, hardware }, session, signal);
      } catch (error) {
        if (isAbort(error, signal)) return;
        if (!(error instanceof DeviceError)) throw error;
        if (error.code === UNGATED) pictures = { ...pictures, decode: 'full' };
        isClockSet = error.code === TIME_JUMP;
        tell({ status: 'offline', code: error.code, reason: error.message }, label);
      }
      const lasted = millis(clock.monotonic() - began);
      trust.ended({ withSound: sound, delivered, lasted });
      // A camera that ran for a while is expected back soon; one that fails again and again is left in peace.
      const ranLong = lasted > BACKOFF.most;
      failures = ranLong ? 1 : failures + 1;
      // One whose clock was set has not gone at all.
      const delay = isClockSet && ranLong ? millis(0) : backoffDelay(BACKOFF, failures, random());
      if (!signal.aborted) log.debug('connecting anew', { camera: label, in_seconds: inSeconds(delay) });
      await clock.wait(delay, signal).catch((error: unknown) => { if (!isAbort(error, signal)) throw error; });
    }
  }

  /** Nothing is decoded where nothing is watched: then there is none. */
  #hardware(sink: CameraSink, confinement: Confinement, signal: AbortSignal): DecoderHardware | undefined {
    const { hardware, pictures, log } = this.#options;
    if (hardware === undefined || pictures?.decode === 'none') return undefined;
    const tell = (state: PictureDecoderState): void => {
      log.info(`pictures are decoded by ${state.kind}: ${state.reason}`, { camera: this.label });
      sink.decoder?.(state);
    };
    return new DecoderHardware({ ...hardware, confinement, tell }, signal);
  }
}

/** Passes on a state that differs from the one before, and writes it to the log. */
function tellChanges(sink: CameraSink, log: Log): (state: CameraState, camera: string) => void {
  let before = '';
  return (state, camera) => {
    const key = JSON.stringify(state);
    if (key === before) return;
    before = key;
    if (state.status === 'offline') log.warn(state.reason, { camera, code: state.code });
    else log.info(`camera ${state.status}`, { camera });
    sink.state(state);
  };
}

/** Says each setting that a camera does not take: in the log once, to the sink always. */
function tellUnmetWishes(sink: CameraSink, log: Log): (unmet: readonly string[], camera: string) => void {
  const said = new Set<string>();
  return (unmet, camera) => {
    for (const sentence of unmet) if (!said.has(sentence)) log.warn(sentence, { camera });
    unmet.forEach((sentence) => said.add(sentence));
    sink.unmet?.(unmet);
  };
}

interface SessionParts {
  readonly sink: CameraSink;
  readonly clock: Clock;
  readonly watch: StreamWatch;
  readonly onInit: (init: InitSegment) => void;
  readonly hardware: DecoderHardware | undefined;
  /** Its times are the camera's: neither those of arrival, nor of a file that may be read slowly. */
  readonly hasOwnClock: boolean;
  /** Whether it may be the device that is late, and not the camera. */
  readonly isHeldUp: () => boolean;
}

/** Puts one connection's pictures on the wall clock. */
class Session implements CameraSession, StreamHandlers {
  readonly number: number;
  readonly label: string;
  readonly #sink: CameraSink;
  readonly #clock: Clock;
  readonly #watch: StreamWatch;
  readonly #onInit: (init: InitSegment) => void;
  readonly #hardware: DecoderHardware | undefined;
  readonly #hasOwnClock: boolean;
  readonly #isHeldUp: () => boolean;
  readonly #onPicture: () => void;
  #anchor: StreamAnchor | undefined;
  #last: Arrival | undefined;
  /** Fragments tell of a clock that is too slow; packets come more often, and tell sooner of one that stands still. */
  readonly #pace = { fragments: new StreamPace(), packets: new StreamPace() };
  /** Until the first picture comes. */
  #isGuessed = false;
  #hasHead = false;
  #isSoundLost = false;
  /** Known before the session begins, told after. */
  #decoding: DecodingState | undefined;
  #attend: (at: Millis, attention: boolean) => void = () => {};

  constructor(
    { number, label }: Pick<CameraSession, 'number' | 'label'>,
    { sink, clock, watch, onInit, hardware, hasOwnClock, isHeldUp }: SessionParts, onPicture: () => void,
  ) {
    this.number = number;
    this.label = label;
    this.#sink = sink;
    this.#clock = clock;
    this.#watch = watch;
    this.#onInit = onInit;
    this.#hardware = hardware;
    this.#hasOwnClock = hasOwnClock;
    this.#isHeldUp = isHeldUp;
    this.#onPicture = onPicture;
  }

  wallTime(streamTime: Millis): Millis {
    const origin = this.#anchor?.origin ?? this.#clock.monotonic();
    // The difference of the clocks is taken anew each time: what a time server set counts at once.
    return millis(Math.round(this.#clock.now() - this.#clock.monotonic() + origin + streamTime));
  }

  attend(at: Millis, attention: boolean): void { this.#attend(at, attention); }

  attention(attend: (at: Millis, attention: boolean) => void): void { this.#attend = attend; }

  decoding(state: DecodingState): void {
    this.#decoding = state;
    if (this.#anchor !== undefined) this.#sink.decoding?.(state);
  }

  colour(frame: Parameters<StreamHandlers['colour']>[0]): void { this.#sink.colour?.(frame); }

  arrived(at: Millis): void {
    this.#arrived(at);
    this.#checkPace('packets', at, 1);
  }

  init(init: Parameters<StreamHandlers['init']>[0]): void {
    // The head comes as soon as the camera answers, and says nothing of when its first picture was taken.
    if (this.#anchor === undefined) {
      this.#isGuessed = true;
      this.#begin(anchorAt(this.#clock.monotonic(), millis(0)));
    }
    this.#sink.init(init);
    this.#hasHead = true;
    if (this.#isSoundLost) this.#sink.soundLost?.();
    this.#watch.init(init);
    this.#onInit(init);
  }

  soundLost(): void {
    this.#isSoundLost = true;
    if (this.#hasHead) this.#sink.soundLost?.();
  }

  fragment(fragment: Parameters<StreamHandlers['fragment']>[0]): void {
    const end = millis(fragment.start + fragment.duration);
    this.#arrived(end);
    this.#checkPace('fragments', end, fragment.samples);
    this.#watch.fragment(fragment);
    this.#hardware?.see(fragment);
    this.#onPicture();
    this.#sink.fragment({ ...fragment, at: this.wallTime(fragment.start) });
  }

  frame(frame: Parameters<StreamHandlers['frame']>[0]): void {
    this.#arrived(frame.at);
    this.#sink.frame(frame);
  }

  #checkPace(of: 'fragments' | 'packets', newest: Millis, pictures: number): void {
    if (this.#hasOwnClock && !this.#pace[of].goesOn(this.#clock.monotonic(), newest, pictures))
      throw new DeviceError(TIME_JUMP, 'the camera\'s own clock jumped back or stands still');
  }

  #arrived(newest: Millis): void {
    const now = this.#clock.monotonic();
    if (this.#anchor === undefined) return this.#begin(anchorAt(now, newest));
    if (this.#isGuessed) {
      this.#isGuessed = false;
      this.#anchor = anchorAt(now, newest);
      return;
    }
    this.#checkLeap(this.#anchor, { now, newest });
    this.#anchor = observeArrival(this.#anchor, now, newest, this.#isHeldUp());
  }

  /** What leapt is not recorded: the last picture before it would stand still for as long. */
  #checkLeap(anchor: StreamAnchor, arrival: Arrival): void {
    const last = this.#last ?? arrival;
    const ahead = aheadOfTime(anchor, arrival.now, arrival.newest);
    const leap = ahead > JUMP ? ahead : this.#hasOwnClock ? leapAhead(anchor, last, arrival) : millis(0);
    if (leap > 0) {
      throw new DeviceError(TIME_JUMP, `the camera's own clock jumped ahead by ${Math.round(inSeconds(leap))} s`);
    }
    if (arrival.newest >= last.newest) this.#last = arrival;
  }

  #begin(anchor: StreamAnchor): void {
    this.#anchor = anchor;
    this.#sink.session(this);
    if (this.#decoding !== undefined) this.#sink.decoding?.(this.#decoding);
  }
}
