/** The port: what the rest of a device sees of a camera, whatever it is and however it is attached. */
import type { Fragment } from '../contract/mp4-fragment.ts';
import type { InitSegment } from '../contract/mp4-init.ts';
import type { PictureDecoderState, StreamFacts, WatchedStream } from '../contract/topics.ts';
import type { ColourFrame, GrayFrame } from '../core/frame.ts';
import type { Millis } from '../core/units.ts';
import type { DecodingState } from './gate/decoding-state.ts';

/** Delivers one camera's pictures for as long as it is asked to, through every loss of the camera. */
export interface Camera {
  /** What was asked for, for people and logs; never holds a password. What is there now, its session tells. */
  readonly label: string;
  /** True when Tyto paints the pictures itself: nothing real is watched. */
  readonly isDemo: boolean;
  /**
   * Delivers to `sink` until `signal` aborts, then resolves: what had arrived by then is delivered first. A camera that
   * is gone is no error: its state says so, and it is connected anew.
   */
  run(sink: CameraSink, signal: AbortSignal): Promise<void>;
}

/**
 * Takes what a camera delivers, at once: nothing waits in the camera. In each session `session` comes first, `init`
 * before the first fragment; frames and fragments share the session's timeline.
 */
export interface CameraSink {
  session(session: CameraSession): void;
  init(init: InitSegment): void;
  fragment(fragment: TimedFragment): void;
  /**
   * `frame.at` is stream time; its pixels belong to the sink. Frames come in order, each once; where pictures are
   * chosen, seconds may lie between them, and some may come late and in a burst.
   */
  frame(frame: GrayFrame): void;
  /** Only when the camera was opened with `colour`. In order among themselves, not with the gray frames. */
  colour?(frame: ColourFrame): void;
  /** How pictures are chosen for vision; when that changes, and now and then with the share that was decoded. */
  decoding?(state: DecodingState): void;
  /** What decodes pictures for vision; when that changes. */
  decoder?(state: PictureDecoderState): void;
  /** What the camera sends: once a session has been measured for some seconds, and when it changes later. */
  stream?(facts: StreamFacts): void;
  /** Which stream is watched, where one is recorded and another watched; when that changes. */
  watched?(stream: WatchedStream): void;
  /** After `init`: the sound that was announced there is none. Silence stands in its place until the session ends. */
  soundLost?(): void;
  /** Settings that this camera does not take, each a sentence for people; with each connection. */
  unmet?(settings: readonly string[]): void;
  /** Only when it changes. */
  state(state: CameraState): void;
}

/** One unbroken connection: a timeline that begins at stream time 0. */
export interface CameraSession {
  /** From 1 on. */
  readonly number: number;
  /** What is watched, for people: `the demo camera`, `/dev/video0`, `rtsp://192.0.2.7`. Never holds a password. */
  readonly label: string;
  /**
   * The wall clock's time of a moment of this session, by what is known now. It is estimated from arrivals: good to
   * about a second in the first ten seconds, better afterwards; it follows a clock that is set.
   */
  wallTime(streamTime: Millis): Millis;
  /**
   * What vision says of the frame of stream time `at`, of every frame that it looked at: whether it wants to look
   * closely (`Observation.attention`). While it does, and some seconds longer, all pictures are decoded. A camera that
   * hears nothing compares pictures itself.
   */
  attend(at: Millis, attention: boolean): void;
}

/** A fragment, and when its first picture was taken by the wall clock. */
export interface TimedFragment extends Fragment { readonly at: Millis }

export type CameraState =
  /** Not yet seen. */
  | { readonly status: 'connecting' }
  /** `reason` tells people what is not as it should be all the same. */
  | { readonly status: 'online'; readonly reason?: string }
  /** Gone or never there; it is tried again and again. `reason` is for people, `code` for programs. */
  | { readonly status: 'offline'; readonly code: string; readonly reason: string };
