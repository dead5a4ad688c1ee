/**
 * What is recorded of one stream and seen of another, as one camera. Times of the one become times of the other by the
 * wall clock at which their pictures arrive; each stream stands in for the other that is gone.
 */
import { Mp4Error } from '../contract/mp4-boxes.ts';
import type { InitSegment } from '../contract/mp4-init.ts';
import type { ColourFrame, GrayFrame } from '../core/frame.ts';
import type { Log } from '../core/log.ts';
import { millis, seconds, type Millis } from '../core/units.ts';
import type { Clock } from '../runtime/clock.ts';
import type { CameraSession, CameraSink, CameraState, TimedFragment } from './camera.ts';
import type { DecodingState } from './gate/decoding-state.ts';
import { RecordedPictures } from './recorded-pictures.ts';
import type { Confinement } from './stream/confined-child.ts';
import { planPictures, type PictureOptions } from './stream/picture-options.ts';

export interface TwoStreamOptions {
  /** What is wanted of the stream that is watched. */
  readonly pictures: PictureOptions;
  readonly clock: Clock;
  readonly log: Log;
  /** A stream that is gone for this long has the other stand in for it. Default 5 s. */
  readonly standsInAfter?: Millis;
}

/** A connection that merely broke off is back by then. */
const STANDS_IN_AFTER = seconds(5);
/** Shapes that differ by no more are the same but for rounding. */
const SAME_SHAPE = 0.03;

interface Surroundings extends TwoStreamOptions {
  readonly sink: CameraSink;
  /** What they are called. */
  readonly main: string;
  readonly sub: string;
  readonly confinement: Confinement;
}

/** What is known of one of the two. */
class OneStream {
  readonly label: string;
  session: CameraSession | undefined;
  init: InitSegment | undefined;
  isSoundLost = false;
  /** Why it is not there, for people; empty while it is, or is being connected for the first time. */
  reason = '';
  /** Since when it is known not to be there, by the monotonic clock. */
  goneSince: Millis | undefined;
  constructor(label: string) { this.label = label; }

  take(state: CameraState, now: Millis): void {
    if (state.status === 'online') {
      this.goneSince = undefined;
      this.reason = '';
      return;
    }
    this.session = this.init = undefined;
    if (state.status !== 'offline') return;
    this.goneSince ??= now;
    this.reason = state.reason;
  }
}

/** `main` and `sub` are the sinks of the two; call `look` now and then. */
export class TwoStreams implements Disposable {
  readonly #around: Surroundings;
  readonly #main: OneStream;
  readonly #sub: OneStream;
  /** Whose video is delivered. */
  #recorded: 'main' | 'sub' | undefined;
  /** The connection that it comes from. */
  #recordedSession: CameraSession | undefined;
  #sessions = 0;
  /** Where the main stream is watched itself. */
  #eyes: RecordedPictures | undefined;
  #lastFrame = millis(-1);
  #lastColour = millis(-1);
  #decoding: DecodingState | undefined;
  #saidShape = false;
  /** The main stream cannot be watched. */
  #isBlind = false;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#main = new OneStream(around.main);
    this.#sub = new OneStream(around.sub);
  }

  readonly main: CameraSink = {
    // What only announces its video may never send any: it is waited for, and the sub-stream goes on meanwhile.
    session: (session) => {
      this.#main.session = session;
      this.#main.isSoundLost = false;
    },
    init: (init) => {
      this.#main.init = init;
      this.#tellWatched();
    },
    fragment: (fragment) => {
      this.#beginMain();
      this.#around.sink.fragment(fragment);
      this.#watchRecorded(fragment);
    },
    frame() {},
    stream: (facts) => this.#around.sink.stream?.(facts),
    soundLost: () => {
      this.#main.isSoundLost = true;
      if (this.#main.session === this.#recordedSession) this.#around.sink.soundLost?.();
    },
    unmet: (settings) => this.#around.sink.unmet?.(settings),
    state: (state) => {
      this.#main.take(state, this.#now());
      if (state.status === 'online') this.#beginMain();
      if (this.#recorded === 'sub' && state.status !== 'online') return;
      if (state.status === 'offline') this.#end();
      this.#around.sink.state(state);
    },
  };

  readonly sub: CameraSink = {
    session: (session) => {
      this.#sub.session = session;
      if (this.#recorded === 'sub') this.#begin('sub', session);
    },
    init: (init) => {
      this.#sub.init = init;
      if (this.#recorded === 'sub') this.#around.sink.init(init);
      this.#tellWatched();
    },
    fragment: (fragment) => { if (this.#recorded === 'sub') this.#around.sink.fragment(fragment); },
    frame: (frame) => this.#frame(frame),
    colour: (frame) => this.#colour(frame),
    decoding: (state) => {
      this.#decoding = state;
      if (this.#recorded !== undefined && this.#eyes === undefined) this.#around.sink.decoding?.(state);
    },
    decoder: (state) => this.#around.sink.decoder?.(state),
    state: (state) => {
      const wasGone = this.#sub.goneSince !== undefined;
      this.#sub.take(state, this.#now());
      if (state.status === 'offline' && this.#recorded === 'sub') {
        this.#end();
        this.#around.sink.state({ ...state, reason: this.#main.reason });
      }
      if (wasGone && this.#sub.goneSince === undefined) this.#closeEyes();
    },
  };

  /** What has been gone for long has the other stand in. */
  look(): void {
    const longGone = ({ goneSince }: OneStream): boolean =>
      goneSince !== undefined && this.#now() - goneSince >= (this.#around.standsInAfter ?? STANDS_IN_AFTER);
    if (this.#recorded === 'main' && this.#eyes === undefined && !this.#isBlind && longGone(this.#sub))
      this.#openEyes();
    const { session, init } = this.#sub;
    if (this.#recorded === undefined && longGone(this.#main) && session !== undefined && init !== undefined) {
      this.#around.log.warn('the sub-stream is recorded in place of the main stream', {
        camera: this.#main.label, reason: this.#main.reason,
      });
      this.#begin('sub', session);
      this.#around.sink.init(init);
      this.#around.sink.state({
        status: 'online',
        reason: `the main stream is gone, the sub-stream is recorded in its place: ${this.#main.reason}`,
      });
      this.#tellWatched();
    }
  }

  [Symbol.dispose](): void { this.#eyes?.[Symbol.dispose](); }

  /** Its pictures come. */
  #beginMain(): void {
    const { session, init } = this.#main;
    if (session === undefined || init === undefined || session === this.#recordedSession) return;
    this.#begin('main', session);
    this.#around.sink.init(init);
    if (this.#main.isSoundLost) this.#around.sink.soundLost?.();
    this.#tellWatched();
  }

  #begin(which: 'main' | 'sub', session: CameraSession): void {
    this.#closeEyes();
    this.#isBlind = false;
    this.#recorded = which;
    this.#recordedSession = session;
    this.#lastFrame = this.#lastColour = millis(-1);
    this.#around.sink.session({
      number: ++this.#sessions, label: session.label, wallTime: (at) => session.wallTime(at),
      attend: (at, attention) => this.#attend(session, at, attention),
    });
    if (this.#decoding !== undefined) this.#around.sink.decoding?.(this.#decoding);
  }

  #end(): void {
    this.#recorded = this.#recordedSession = undefined;
    this.#closeEyes();
  }

  #frame(frame: GrayFrame): void {
    const at = this.#inRecording(frame.at, this.#lastFrame);
    if (at === undefined || this.#eyes !== undefined) return;
    this.#lastFrame = at;
    this.#around.sink.frame({ ...frame, at });
  }

  #colour(frame: ColourFrame): void {
    const at = this.#inRecording(frame.at, this.#lastColour);
    if (at === undefined || this.#eyes !== undefined) return;
    this.#lastColour = at;
    this.#around.sink.colour?.({ ...frame, at });
  }

  /**
   * A moment of the sub-stream in the time of what is recorded, after `last`; undefined
   * where it lies before its beginning.
   */
  #inRecording(at: Millis, last: Millis): Millis | undefined {
    const { session: sub } = this.#sub;
    const recorded = this.#recorded === 'main' ? this.#main.session : sub;
    if (this.#recorded === undefined || sub === undefined || recorded === undefined) return undefined;
    const moment = recorded === sub ? at : millis(sub.wallTime(at) - recorded.wallTime(millis(0)));
    return moment < 0 ? undefined : millis(Math.max(moment, last + 1));
  }

  #attend(recorded: CameraSession, at: Millis, attention: boolean): void {
    const { session: sub } = this.#sub;
    if (this.#eyes !== undefined) this.#eyes.attend(at, attention);
    else if (sub !== undefined)
      sub.attend(recorded === sub ? at : millis(recorded.wallTime(at) - sub.wallTime(millis(0))), attention);
  }

  #openEyes(): void {
    const { init } = this.#main;
    if (init === undefined) return;
    const { sink, pictures, confinement, clock, log } = this.#around;
    log.warn('the sub-stream is gone: the main stream is watched in its place', {
      camera: this.#main.label, reason: this.#sub.reason,
    });
    this.#eyes = new RecordedPictures(init, {
      label: this.#main.label, plan: planPictures(pictures, init.size), confinement, clock, log,
    }, {
      frame: (frame) => {
        if (frame.at <= this.#lastFrame) return;
        this.#lastFrame = frame.at;
        sink.frame(frame);
      },
      colour: (frame) => {
        if (frame.at <= this.#lastColour) return;
        this.#lastColour = frame.at;
        sink.colour?.(frame);
      },
      decoding: (state) => sink.decoding?.(state),
    });
    this.#tellWatched();
  }

  /** What cannot be chosen from is recorded all the same. */
  #watchRecorded(fragment: TimedFragment): void {
    try {
      this.#eyes?.take(fragment);
    } catch (error) {
      if (!(error instanceof Mp4Error)) throw error;
      this.#around.log.warn('the main stream cannot be watched in place of the sub-stream', {
        camera: this.#main.label, reason: error.message,
      });
      this.#isBlind = true;
      this.#closeEyes();
    }
  }

  #closeEyes(): void {
    if (this.#eyes === undefined) return;
    this.#eyes[Symbol.dispose]();
    this.#eyes = undefined;
    this.#tellWatched();
    if (this.#decoding !== undefined) this.#around.sink.decoding?.(this.#decoding);
  }

  #tellWatched(): void {
    const watched = this.#eyes === undefined ? this.#sub : this.#main;
    if (watched.init === undefined) return;
    const { codec, size } = watched.init;
    const reason = watched === this.#sub ? ''
      : `the sub-stream is gone, the main stream is watched in its place: ${this.#sub.reason}`;
    this.#around.sink.watched?.({ source: watched.label, codec, ...size, reason });
    this.#compareShapes();
  }

  /** What is told of places is told in fractions of the picture: they fit where both show the same. */
  #compareShapes(): void {
    const [main, sub] = [this.#main.init?.size, this.#sub.init?.size];
    if (main === undefined || sub === undefined || this.#saidShape) return;
    const ratio = main.width / main.height / (sub.width / sub.height);
    if (Math.abs(ratio - 1) < SAME_SHAPE) return;
    this.#saidShape = true;
    this.#around.log.warn(
      'the two streams are of different shapes: if they do not show the same, zones, masks and boxes are out of place; '
        + 'set the same shape in the camera',
      { main: `${main.width}x${main.height}`, sub: `${sub.width}x${sub.height}` },
    );
  }

  #now(): Millis { return this.#around.clock.monotonic(); }
}
