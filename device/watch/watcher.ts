/**
 * Where a camera's pictures part: fragments to recorder and live view, small frames to
 * vision, what vision saw to the keeper.
 */
import type { Fragment } from '../contract/mp4-fragment.ts';
import type { InitSegment } from '../contract/mp4-init.ts';
import type { CameraState } from '../contract/topics.ts';
import type { ColourFrame, GrayFrame, Observation } from '../core/frame.ts';
import type { Size } from '../core/geometry.ts';
import { millis, type Millis } from '../core/units.ts';
import type { CameraReport } from './camera-report.ts';
import type { EventKeeper } from './event-keeper.ts';
import type { Recognition } from './recognition.ts';

/** Takes the stream as it comes; returns at once. */
export interface StreamTaker {
  begin(init: InitSegment): void;
  /** @param at - Wall clock of its first picture. */
  fragment(fragment: Fragment, at: Millis): void;
  /** Hears of decoded pictures, where it wants them; they are another's afterwards. */
  picture?(frame: ColourFrame): void;
  /** The stream is over. */
  interrupt(): void;
}

/** As the camera tells it: one unbroken stream. */
export interface Session {
  /** What is being watched, for people; never with a password. */
  readonly label: string;
  wallTime(streamTime: Millis): Millis;
  /** Hears of every frame that vision looked at whether it wants to look closely. */
  attend(at: Millis, attention: boolean): void;
}

export type Connection =
  | { readonly status: 'connecting' | 'online'; readonly reason?: string }
  | { readonly status: 'offline'; readonly reason: string };

export interface WatcherParts {
  readonly takers: readonly StreamTaker[];
  readonly look: (frame: GrayFrame) => void;
  /** Takes colour frames on vision's timeline. */
  readonly recognise: (frame: ColourFrame) => void;
  readonly keeper: () => EventKeeper;
  readonly report: CameraReport;
  readonly isArmed: () => boolean;
  /** Hears of every observation of the present stream, armed or not. */
  readonly onSeen: (seen: Observation) => void;
  readonly monotonic: () => Millis;
  readonly now: () => Millis;
  readonly onFirstPicture: () => void;
}

interface RunningSession {
  readonly session: Session;
  /** Monotonic time at which its stream time 0 lies, for vision. */
  readonly base: Millis;
}

/**
 * Vision sees one timeline that never runs backwards: monotonic time. So what it still says of a stream that is over
 * can be told from what it says of the one that runs.
 */
export class Watcher {
  readonly #parts: WatcherParts;
  #running: RunningSession | undefined;
  #size: Size | undefined;
  #lag = millis(0);
  /** Stream time up to which video came. */
  #newest: Millis | undefined;
  #videoAt: Millis | undefined;
  #lastSeen = millis(0);
  /** Monotonic time of the newest frame that vision was shown. */
  #lastShown = millis(0);
  /** Monotonic time since which video comes and no frame for vision. */
  #sightlessSince: Millis | undefined;
  /** Monotonic time at which vision last spoke. */
  #heardAt = millis(0);
  constructor(parts: WatcherParts) { this.#parts = parts; }

  /** Where the video of the present stream has come to; undefined while none comes. */
  get streamTime(): Millis | undefined { return this.#newest; }

  /** Wall clock's time at which the newest video came; undefined while none has. */
  get videoAt(): Millis | undefined { return this.#videoAt; }

  /** Wall clock's time that the newest video shows last; undefined while none comes. */
  get videoUntil(): Millis | undefined { return this.#newest === undefined ? undefined : this.wallTime(this.#newest); }

  /** Of the recorded picture, once known. */
  get pictureSize(): Size | undefined { return this.#size; }

  /** Wall clock of a moment of the present stream. */
  wallTime(streamTime: Millis): Millis { return this.#running?.session.wallTime(streamTime) ?? streamTime; }

  session(session: Session): void {
    this.#endStream();
    // A stream may run ahead of the clock (a burst at its beginning): the next one still begins after it.
    this.#running = { session, base: millis(Math.max(this.#parts.monotonic(), this.#lastShown + 1)) };
    this.#lastSeen = millis(0);
    this.#sightlessSince = undefined;
    this.#tell({ source: session.label });
  }

  init(init: InitSegment): void {
    if (this.#size === undefined) this.#parts.onFirstPicture();
    this.#size = init.size;
    for (const taker of this.#parts.takers) taker.begin(init);
    this.#tell({
      codec: init.codec, width: init.size.width, height: init.size.height, sound: init.sound?.codec ?? null,
    });
  }

  fragment(fragment: Fragment & { readonly at: Millis }): void {
    for (const taker of this.#parts.takers) taker.fragment(fragment, fragment.at);
    this.#newest = millis(fragment.start + fragment.duration);
    this.#videoAt = this.#parts.now();
    this.#parts.keeper().pass(this.#newest);
    this.#sightlessSince ??= this.#parts.monotonic();
    this.#lag = millis(Math.max(this.#lag, this.#parts.now() - fragment.at - fragment.duration));
  }

  /** How late video came, at worst, since it was asked last. */
  takeLag(): Millis {
    const lag = this.#lag;
    this.#lag = millis(0);
    return lag;
  }

  frame(frame: GrayFrame): void {
    if (this.#running === undefined) return;
    this.#sightlessSince = undefined;
    this.#lastShown = millis(this.#running.base + frame.at);
    this.#parts.look({ ...frame, at: this.#lastShown });
  }

  colour(frame: ColourFrame): void {
    if (this.#running === undefined) return;
    for (const taker of this.#parts.takers) taker.picture?.(frame);
    this.#parts.recognise({ ...frame, at: millis(this.#running.base + frame.at) });
  }

  decoding(decoding: NonNullable<CameraState['decoding']>): void { this.#tell({ decoding }); }

  decoder(decoder: NonNullable<CameraState['decoder']>): void { this.#tell({ decoder }); }

  stream(stream: NonNullable<CameraState['stream']>): void { this.#tell({ stream }); }

  watched(watched: NonNullable<CameraState['watched']>): void { this.#tell({ watched }); }

  soundLost(): void { this.#tell({ sound: null }); }

  unmet(unmet: readonly string[]): void { this.#tell({ unmet }); }

  state(state: Connection): void {
    if (state.status === 'offline') this.#endStream();
    this.#tell({ state: state.status, reason: state.reason ?? '' });
  }

  /** What vision saw, in its timeline. */
  observed(seen: Observation): void {
    if (this.#running === undefined || seen.at < this.#running.base) return;
    const told = inStream(seen, this.#running.base);
    this.#lastSeen = told.at;
    this.#heardAt = this.#parts.monotonic();
    this.#running.session.attend(told.at, told.attention);
    this.#parts.onSeen(told);
    if (this.#parts.isArmed()) this.#parts.keeper().observe(told);
  }

  /** What was recognised, in vision's timeline. */
  recognised(recognition: Recognition): void {
    const { seen } = recognition;
    if (this.#running === undefined || seen.at < this.#running.base || !this.#parts.isArmed()) return;
    this.#parts.keeper().recognised({ ...recognition, seen: inStream(seen, this.#running.base) });
  }

  /** Why nothing is seen although video comes, for people; null while frames came within that time. */
  blindness(within: Millis): string | null {
    const isBlind = this.#running !== undefined
      && this.#sightlessSince !== undefined
      && this.#parts.monotonic() - this.#sightlessSince > within;
    return isBlind ? 'the camera\'s video is not decoded: nothing is watched for' : null;
  }

  /** The switch was turned off: what is under way ends. */
  disarmed(): void { this.#parts.keeper().disarm(this.#now); }

  /**
   * To be called now and then: an event of which vision says nothing more has ended, as far as anybody
   * knows; unless somebody asked for it.
   */
  endUnlessHeard(within: Millis): void {
    if (this.#parts.keeper().isOpen && this.#parts.monotonic() - this.#heardAt > within)
      this.#parts.keeper().blind(this.#now);
  }

  /** The device stops. */
  stop(): void { this.#endStream(); }

  #endStream(): void {
    if (this.#running === undefined) return;
    this.#parts.keeper().close(this.#now);
    for (const taker of this.#parts.takers) taker.interrupt();
    this.#running = undefined;
    this.#newest = undefined;
  }

  /** The newest moment that is known of the stream. */
  get #now(): Millis { return millis(Math.max(this.#lastSeen, this.#newest ?? 0)); }

  #tell(change: Parameters<CameraReport['update']>[0]): void {
    this.#parts.report.update(change, this.#parts.monotonic());
  }
}

/** The same in stream time. What was followed already before the stream began is followed since its beginning. */
function inStream(seen: Observation, base: Millis): Observation {
  const streamTime = (at: Millis): Millis => millis(Math.round(at - base));
  return { ...seen, at: streamTime(seen.at), tracks: seen.tracks.map((track) =>
    ({ ...track, since: millis(Math.max(0, streamTime(track.since))) })) };
}
