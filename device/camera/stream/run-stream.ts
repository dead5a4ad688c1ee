/** One connection to a camera, from its start to its end. */
import { FragmentReader, type Fragment } from '../../contract/mp4-fragment.ts';
import type { InitSegment } from '../../contract/mp4-init.ts';
import { Mp4Error } from '../../contract/mp4-boxes.ts';
import { DeviceError, isAbort } from '../../core/errors.ts';
import type { ColourFrame, GrayFrame } from '../../core/frame.ts';
import type { Log } from '../../core/log.ts';
import { inSeconds, millis, type Millis } from '../../core/units.ts';
import type { Clock } from '../../runtime/clock.ts';
import { planSound, type SoundPlan } from '../sound/plan-sound.ts';
import { SoundJoiner } from '../sound/sound-joiner.ts';
import { explainComplaint } from './complaint.ts';
import type { Confinement } from './confined-child.ts';
import type { Feed } from './feed.ts';
import type { DecoderHardware } from '../gate/decoder-hardware.ts';
import { decodesAll, type DecodingState } from '../gate/decoding-state.ts';
import { GatedStream } from './gated-stream.ts';
import { takeColour, takeGray } from './plan-frames.ts';
import { planPictures, type PictureOptions, type PicturePlan } from './picture-options.ts';
import { startPipeline, type Pipeline } from './pipeline.ts';
import { COLOUR_FDS, GRAY_FDS, isCopied } from './stream-arguments.ts';

export interface StreamOptions {
  /** The camera, as people may see it. */
  readonly label: string;
  readonly stallTimeout: Millis;
  readonly confinement: Confinement;
  readonly clock: Clock;
  readonly log: Log;
  /** What is wanted besides the recording. */
  readonly pictures: PictureOptions;
  /** Whether the feed's sound is recorded, where it has some. */
  readonly sound: boolean;
  /** The board's decoder, where it is tried and used. */
  readonly hardware?: DecoderHardware | undefined;
}

/** What hangs seldom finishes anything; this is part of the stall time. */
const STALL_GRACE = millis(200);
/** A fragment comes every half second; part of the stall time, too. */
const READING = millis(500);

/** Code of the fault of a stream whose packets cannot be gated; it can be recorded, and decoded as a whole. */
export const UNGATED = 'camera.ungated';

/** Called as pictures come; what one of them throws ends the stream. */
export interface StreamHandlers {
  init(init: InitSegment): void;
  fragment(fragment: Fragment): void;
  frame(frame: GrayFrame): void;
  colour(frame: ColourFrame): void;
  /** How pictures are chosen, when that changes. */
  decoding(state: DecodingState): void;
  /** The sound that was announced is none: silence is recorded from now on. Said at most once, maybe before `init`. */
  soundLost(): void;
  /** A picture of stream time `at` has arrived, whatever is made of it. */
  arrived(at: Millis): void;
  /** Vision may say here which frames it wants to look at closely: see `CameraSession.attend`. */
  attention(attend: (at: Millis, attention: boolean) => void): void;
}

/**
 * Delivers `feed` until `signal` aborts, then resolves. Nothing is left running when it settles.
 * @throws {DeviceError} Why the stream ended: `camera.…` with a reason for people.
 * @throws {unknown} What a handler threw.
 */
export async function runStream(
  feed: Feed, options: StreamOptions, handlers: StreamHandlers, signal: AbortSignal,
): Promise<void> {
  const plan = planPictures(options.pictures, feed.size);
  const sound = feed.sound === undefined || !options.sound ? undefined : planSound(feed.sound);
  const pipeline = startPipeline(feed, { plan, options: options.pictures, sound }, options.confinement);
  const over = new AbortController();
  let fault: Error | undefined;
  const fail = (error: unknown, grace?: Millis): void => {
    fault ??= error instanceof Error ? error : new Error(String(error));
    pipeline.stop(grace);
  };
  const { arrivals, gated } = deliver({ feed, plan, pipeline, sound }, handlers, options, fail);
  signal.addEventListener('abort', () => pipeline.stop(), { signal: over.signal });
  if (signal.aborted) pipeline.stop();
  const watched = watchArrivals(arrivals, feed, options, over.signal).then((stall) => {
    if (stall !== undefined) fail(stall, STALL_GRACE);
  });
  try {
    const complaint = await pipeline.ended;
    if (!signal.aborted) await gated?.finish();
    if (fault === undefined && !signal.aborted) throw explainEnd(complaint, options, arrivals.fragment !== undefined);
  } finally {
    gated?.[Symbol.dispose]();
    over.abort();
    await watched;
  }
  if (fault instanceof Mp4Error) {
    throw new DeviceError('camera.damaged', `${options.label} sends video that cannot be recorded`, { cause: fault });
  }
  if (fault !== undefined) throw fault;
}

/** ffmpeg watches a connection too: its silence is the same to people, whoever noticed it first. */
function explainEnd(complaint: string, { label, stallTimeout }: StreamOptions, delivered: boolean): DeviceError {
  const error = explainComplaint(complaint, label, delivered);
  return delivered && error.code === 'camera.timeout' ? stalled(label, stallTimeout) : error;
}

/** When the latest of each kind came, by the monotonic clock. */
interface Arrivals { readonly began: Millis; fragment: Millis | undefined; frame: Millis | undefined }

interface Delivery {
  readonly feed: Feed;
  readonly plan: PicturePlan;
  readonly pipeline: Pipeline;
  readonly sound: SoundPlan | undefined;
}

function deliver(
  { feed, plan, pipeline, sound }: Delivery, handlers: StreamHandlers,
  options: StreamOptions, fail: (error: unknown) => void,
): { readonly arrivals: Arrivals; readonly gated: GatedStream | undefined } {
  const { clock, label } = options;
  const isWatched = options.pictures.decode !== 'none';
  const arrivals: Arrivals = { began: clock.monotonic(), fragment: undefined, frame: undefined };
  const mp4 = new FragmentReader({ ownsChunks: true });
  let failed = false;
  const guarded = <T>(take: (item: T) => void) => (item: T): void => {
    if (failed) return;
    try {
      take(item);
    } catch (error) {
      failed = true;
      fail(error);
    }
  };
  const joiner = sound && new SoundJoiner(sound.format, (cause) => {
    options.log.warn('the sound that comes cannot be recorded; silence is, and the video', {
      camera: label, reason: cause.message,
    });
    handlers.soundLost();
  });
  if (joiner !== undefined) pipeline.sound?.on('data', guarded((chunk: Uint8Array) => joiner.heard(chunk)));
  pipeline.mp4.on('data', guarded((chunk: Uint8Array) => {
    for (const part of mp4.push(chunk)) {
      if (part.type === 'init') {
        checkRemembered(feed, part.init, label);
        handlers.init(joiner?.init(part.init) ?? part.init);
        continue;
      }
      arrivals.fragment = clock.monotonic();
      if (!isWatched) arrivals.frame = arrivals.fragment;
      handlers.fragment(joiner?.fragment(part.fragment) ?? part.fragment);
    }
  }));
  const frame = guarded((taken: GrayFrame) => handlers.frame(taken));
  const colour = guarded((taken: ColourFrame) => handlers.colour(taken));
  const decoding = guarded((state: DecodingState) => handlers.decoding(state));
  if (!isWatched) return { arrivals, gated: undefined };
  if (pipeline.packets === undefined) {
    decoding(decodesAll(isCopied(feed.codec) ? 'asked' : 'encoded-here'));
    takeGray(pipeline.ffmpeg, plan, GRAY_FDS, (taken) => {
      arrivals.frame = clock.monotonic();
      frame(taken);
    });
    takeColour(pipeline.ffmpeg, plan, COLOUR_FDS, colour);
    return { arrivals, gated: undefined };
  }
  // Whether the camera is there is a question of its packets: what is made of them is another.
  const arrived = (at: Millis): void => {
    arrivals.frame = clock.monotonic();
    handlers.arrived(at);
  };
  const gated = new GatedStream({ ...options, plan }, { frame, colour, decoding, arrived: guarded(arrived) });
  handlers.attention((at, attention) => gated.attend(at, attention));
  pipeline.packets.on('data', guarded((chunk: Uint8Array) => {
    try {
      gated.push(chunk);
    } catch (cause) {
      throw new DeviceError(
        UNGATED, `${label} sends packets that cannot be chosen from: all pictures are decoded instead`, { cause },
      );
    }
  }));
  return { arrivals, gated };
}

/** A camera may come back with other settings; the next connection then looks anew. */
function checkRemembered(feed: Feed, { codec, size }: InitSegment, label: string): void {
  if (feed.remembered !== true) return;
  const recordable = codec.startsWith(feed.codec === 'hevc' ? 'hvc1' : 'avc1');
  if (recordable && size.width === feed.size.width && size.height === feed.size.height) return;
  throw new DeviceError(
    'camera.changed', `${label} came back with other video: ${codec}, ${size.width}x${size.height}`,
  );
}

/**
 * Resolves with a fault when either recording or vision has got nothing for the stall time; the first picture may take
 * twice as long, for it waits for a keyframe, or as long as the feed says. Resolves with undefined when `signal`
 * aborts.
 *
 * It may be this process that stood still, held up by a slow disk: pictures then wait to be read while the time is up.
 * So the last part of the stall time must be one in which reading went on.
 */
async function watchArrivals(
  arrivals: Arrivals, { firstWithin }: Feed, { label, stallTimeout, clock }: StreamOptions, signal: AbortSignal,
): Promise<DeviceError | undefined> {
  const patience = firstWithin ?? millis(stallTimeout * 2);
  try {
    for (;;) {
      const last = latestOfBoth(arrivals);
      const started = arrivals.fragment !== undefined && arrivals.frame !== undefined;
      const left = last + (started ? stallTimeout : patience) - STALL_GRACE - READING - clock.monotonic();
      if (left > 0) {
        // The first picture shortens the wait: it must not be slept through.
        await clock.wait(millis(started ? left : Math.min(left, 200)), signal);
        continue;
      }
      const until = clock.monotonic() + READING;
      await clock.wait(READING, signal);
      const undisturbed = clock.monotonic() - until < READING / 2;
      if (undisturbed && latestOfBoth(arrivals) === last)
        return started ? stalled(label, stallTimeout) : neverCame(label, patience);
    }
  } catch (error) {
    if (isAbort(error, signal)) return undefined;
    throw error;
  }
}

/** Until when both recording and vision have got something. */
const latestOfBoth = ({ began, fragment, frame }: Arrivals): Millis =>
  millis(Math.min(fragment ?? began, frame ?? began));

const stalled = (label: string, stallTimeout: Millis): DeviceError =>
  new DeviceError('camera.stalled', `${label} has sent no picture for ${inSeconds(stallTimeout)} s`);

const neverCame = (label: string, patience: Millis): DeviceError =>
  new DeviceError('camera.timeout', `${label} has not sent a picture within ${inSeconds(patience)} s`);
