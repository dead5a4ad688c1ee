/** ffmpeg's command line for one camera: one demux, a recording, and either pictures or the packets they are in. */
import { ENDLESS_MP4 } from '../endless-mp4.ts';
import { colourOutput } from './colour.ts';
import type { SoundPlan } from '../sound/plan-sound.ts';
import { soundOutput, TIMES_OF_INPUT } from '../sound/plan-sound.ts';
import type { Feed } from './feed.ts';
import { grayOutput } from './gray.ts';
import type { PicturePlan } from './picture-options.ts';
import { setTimes } from './set-times.ts';

/** Descriptors of ffmpeg's outputs. */
export const MP4_FD = 3;
/** Of packets; only where there are no gray pictures. */
export const PACKETS_FD = 1;
export const GRAY_FDS = { pixels: 1, times: 4 } as const;
export const COLOUR_FDS = { pixels: 5, times: 6 } as const;
/** ffmpeg reads the privacy masks there. */
export const MASK_FD = 7;
export const SOUND_FD = 8;

/** Where nothing else is wished: faces stay faces. */
const RATE_FACTOR = 23;

/** H.264 and H.265 are recorded as they come, anything else is encoded. */
export const isCopied = (codec: string): boolean => codec === 'h264' || codec === 'hevc';

const HEAD = ['-nostdin', '-hide_banner', '-loglevel', 'warning'];
/** Of the decoder: more would only add delay and memory. */
const ONE_THREAD = ['-threads', '1', '-filter_threads', '1'];
/**
 * Pictures that no other is made from are not deblocked: that saves a sixth of the work where there are such pictures,
 * and changes a gray frame by a thousandth of a level. To leave it out everywhere would save a fifth, but what moved
 * leaves traces of ten and more levels until the next keyframe.
 */
export const LESS_DEBLOCKING = ['-skip_loop_filter', 'noref'] as const;

/** A recording, its sound, and all pictures decoded that are planned, if any. */
export const streamArguments = (
  feed: Feed, plan: PicturePlan | undefined, { masked, sound }: RecordingPlan,
): readonly string[] => [
  ...HEAD, ...ONE_THREAD, ...(isCopied(feed.codec) ? LESS_DEBLOCKING : []), ...feed.input,
  ...(masked && !isCopied(feed.codec) ? maskInput : []),
  ...recordingOutput(feed, { masked: masked && !isCopied(feed.codec), sound }, plan === undefined),
  ...(plan === undefined ? [] : pictureOutputs(plan, feed.upright)),
];

/** A recording, its sound, and the packets. */
export const packetArguments = (feed: Feed, sound?: SoundPlan): readonly string[] => [
  ...HEAD, ...feed.input, ...recordingOutput(feed, { masked: false, sound }, true),
  ...packetOutput(PACKETS_FD, 'at-once', timesOf(feed, sound === undefined)),
];

export interface RecordingPlan {
  /** Privacy masks come on `MASK_FD`. */
  readonly masked: boolean;
  /** Undefined where none is recorded. */
  readonly sound?: SoundPlan | undefined;
}

/** All pictures that `plan` wants, decoded, and put `upright` by those filters. */
export const pictureOutputs = ({ gray, colour }: PicturePlan, upright?: string): readonly string[] => [
  ...grayOutput(gray.size, gray.framesPerSecond, 'from-first', GRAY_FDS, upright),
  ...(colour === undefined ? [] : colourOutput(colour.size, colour.framesPerSecond, 'from-first', COLOUR_FDS, upright)),
];

/** Every packet a fragment of its own: as soon as the one after it tells how long it lasts, or as fills a buffer. */
export const packetOutput = (
  fd: number, when: 'at-once' | 'buffered', times: readonly string[] = [],
): readonly string[] => [
  '-map', '0:V:0', '-an', '-c:v', 'copy', ...times,
  '-f', 'mp4', '-movflags', `+frag_every_frame${ENDLESS_MP4}`,
  '-flush_packets', when === 'at-once' ? '1' : '0', `pipe:${fd}`,
];

const maskInput: readonly string[] = ['-protocol_whitelist', 'pipe', '-f', 'pam_pipe', '-i', `pipe:${MASK_FD}`];

/** Fragments begin at keyframes and after half a second: small enough to lose, large enough to keep. */
const recordingOutput = (
  feed: Feed, { masked, sound }: RecordingPlan, isUndecoded: boolean,
): readonly string[] => [
  ...recordedPicture(feed, masked), '-an', ...videoEncoding(feed), ...timesOf(feed, isUndecoded && sound === undefined),
  '-f', 'mp4', '-movflags', `+frag_keyframe${ENDLESS_MP4}${sound === undefined ? '' : '+frag_discont'}`,
  ...(sound === undefined ? [] : TIMES_OF_INPUT), '-frag_duration', '500000', '-flush_packets', '1', `pipe:${MP4_FD}`,
  ...(sound === undefined ? [] : soundOutput(sound, SOUND_FD)),
];

function recordedPicture({ upright }: Feed, masked: boolean): readonly string[] {
  if (!masked) return ['-map', '0:V:0', ...(upright === undefined ? [] : ['-vf', upright])];
  const picture = upright === undefined ? '[0:V:0]' : `[0:V:0]${upright}[upright];[upright]`;
  return ['-filter_complex', `${picture}[1:v]overlay[recorded]`, '-map', '[recorded]'];
}

const timesOf = (feed: Feed, isAlone: boolean): readonly string[] =>
  (isCopied(feed.codec) ? setTimes(feed, isAlone) : []);

/** What is H.264 or H.265 stays as it is; anything else becomes H.264 of constant quality with a keyframe every 2 s. */
function videoEncoding({ codec, rateFactor = RATE_FACTOR }: Feed): readonly string[] {
  if (codec === 'h264') return ['-c:v', 'copy'];
  if (codec === 'hevc') return ['-c:v', 'copy', '-tag:v', 'hvc1']; // players want the parameters in the head
  return [
    '-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-crf', String(rateFactor),
    '-pix_fmt', 'yuv420p', '-threads', '1',
    // Pictures keep the times at which they came; keyframes are therefore placed by time, not by count.
    '-fps_mode', 'vfr', '-g', '600', '-force_key_frames', 'expr:gte(t,n_forced*2)',
  ];
}
