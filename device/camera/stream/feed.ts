/** The inner port, between what knows a kind of camera and what runs ffmpeg on it. */
import type { Size } from '../../core/geometry.ts';
import type { Millis } from '../../core/units.ts';
import type { SoundFacts } from '../../media/probe.ts';

/** How ffmpeg gets at a camera's pictures. */
export interface Feed {
  /** What was found, where the source's own label cannot know it. */
  readonly label?: string;
  /** ffmpeg's options up to and including `-i`. */
  readonly input: readonly string[];
  readonly stdin: FeedInput;
  /** ffmpeg's name: `h264` and `hevc` are recorded as they come, anything else is encoded. */
  readonly codec: string;
  /**
   * Where the stream carries no times, and pictures get those of their arrival: how many come a second. Those that
   * come in a bunch, from a program that had to wait for a processor, are set apart again.
   */
  readonly arrivalRate?: number;
  /**
   * Where the stream tells when pictures are shown, and not when they are decoded: how many a decoder waits for until
   * it knows which is shown next. 0, or not given, where they come in the order in which they are shown.
   */
  readonly reorders?: number;
  /** True where times are those of the camera's own clock, which a time server may set at any moment. */
  readonly ownClock?: true;
  /** How long the first picture may take, where it takes longer than any camera does. */
  readonly firstWithin?: Millis;
  /** Where pictures are encoded here: x264's constant rate factor; 23 when absent. */
  readonly rateFactor?: number;
  /** Of the upright picture. */
  readonly size: Size;
  /** ffmpeg's filters that put the pictures upright, where they are encoded here. */
  readonly upright?: string;
  /** The first track of sound, where there is one and it is wanted. */
  readonly sound?: SoundFacts;
  /** Settings that this camera does not take, each a sentence for people. */
  readonly unmet?: readonly string[];
  /** True when it may well show one and the same picture for ever, or again and again. */
  readonly repeats?: true;
  /** True when ffmpeg itself opens a file or a device of this machine; otherwise it may open nothing. */
  readonly opensHere?: true;
  /** True when codec and size are those of an earlier connection: they are checked against what comes. */
  readonly remembered?: true;
}

/** What ffmpeg finds on its standard input. */
export type FeedInput =
  | { readonly type: 'nothing' }
  | { readonly type: 'text'; readonly text: string }
  /** The standard output of another program, which lives and dies with ffmpeg. */
  | { readonly type: 'program'; readonly command: string; readonly args: readonly string[] }
  /** Pictures that this process gets, whole files one after the other. Call what `start` returned to end them. */
  | { readonly type: 'pictures'; start(put: PutPicture, fail: (error: Error) => void): () => void };

/** `taken` is called when the picture's memory is read no more. */
export type PutPicture = (picture: Uint8Array, taken?: () => void) => void;

/** Opens a camera, once for each session. */
export interface FeedSource {
  /** For people and logs; never holds a password. */
  readonly label: string;
  readonly isDemo?: true;
  /**
   * @param anew - False when the session before delivered pictures: what was seen then may be relied upon.
   * @throws {DeviceError} `camera.…` with a reason for people when the camera cannot be reached or delivers no video.
   */
  open(signal: AbortSignal, anew: boolean): Promise<Feed>;
}
