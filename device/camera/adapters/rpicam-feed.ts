/** The Raspberry Pi camera, by the programs of its maker. */
import { readFile } from 'node:fs/promises';
import { DeviceError } from '../../core/errors.ts';
import type { Size } from '../../core/geometry.ts';
import type { Feed, FeedSource } from '../stream/feed.ts';
import type { Command } from '../command.ts';
import { uprightFeed, type CameraWishes, type Orientation } from '../wishes.ts';
import { askProgram, unanswered } from './ask-program.ts';

/** What the program is called, newest first. */
export const RPICAM_PROGRAMS: readonly Command[] = [['rpicam-vid'], ['libcamera-vid']];

const SIZE: Size = { width: 1280, height: 720 };
const FPS = 15;

export type RpicamLookup =
  | { readonly found: 'camera'; readonly command: Command }
  | { readonly found: 'no-camera'; readonly command: Command }
  | { readonly found: 'no-program' }
  /** The program hangs, or cannot be run. */
  | { readonly found: 'unknown'; readonly why: string };

/** Asks the first of `programs` that is installed whether a camera is attached. */
export async function findRpicam(programs: readonly Command[], signal: AbortSignal): Promise<RpicamLookup> {
  for (const command of programs) {
    const [program, ...args] = command;
    const answer = await askProgram(program, [...args, '--list-cameras'], { signal });
    if (answer.type === 'silent') return { found: 'unknown', why: answer.why };
    if (answer.type === 'said')
      return { found: /^\s*\d+ : \S+ \[/m.test(answer.text) ? 'camera' : 'no-camera', command };
  }
  return { found: 'no-program' };
}

export class RpicamFeed implements FeedSource {
  readonly label: string;
  readonly #programs: readonly Command[];
  readonly #wishes: CameraWishes;
  constructor(label: string, programs: readonly Command[], wishes: CameraWishes = {}) {
    this.label = label;
    this.#programs = programs;
    this.#wishes = wishes;
  }

  async open(signal: AbortSignal): Promise<Feed> {
    const lookup = await findRpicam(this.#programs, signal);
    if (lookup.found === 'no-program') {
      throw new DeviceError(
        'camera.program-missing', `${this.label} needs rpicam-vid; type: sudo apt-get install rpicam-apps`,
      );
    }
    if (lookup.found === 'unknown') throw unanswered(this.label, lookup.why);
    if (lookup.found === 'no-camera') {
      const check = `check the ribbon cable, then: ${lookup.command[0]} --list-cameras`;
      throw new DeviceError('camera.missing', `no Raspberry Pi camera was found; ${check}`);
    }
    return rpicamFeed(lookup.command, this.#wishes, await hasHardwareEncoder());
  }
}

/** Every Raspberry Pi up to the 4 has an H.264 encoder, the 5 has none. The maker's programs look at the same place. */
const hasHardwareEncoder = async (): Promise<boolean> =>
  (await readFile('/sys/class/video4linux/video11/name', 'utf8').catch(() => '')).startsWith('bcm2835-codec-encode');

/** The stream carries no times: its pictures get those of their arrival, evened out (`arrivalRate`). */
export function rpicamFeed([program, ...args]: Command, wishes: CameraWishes, hardwareEncoder: boolean): Feed {
  const { size = SIZE, frameRate = FPS, orientation } = wishes;
  // Its programs refuse to turn a picture by a quarter: we do, and then encode it ourselves.
  const quarter = orientation?.rotation === 90 || orientation?.rotation === 270;
  const encoding = quarter ? PICTURES : videoEncoding(size, frameRate, hardwareEncoder);
  return {
    input: [
      '-protocol_whitelist', 'pipe', '-use_wallclock_as_timestamps', '1', '-framerate', String(frameRate),
      '-f', quarter ? 'mjpeg' : 'h264', '-i', 'pipe:0',
    ],
    stdin: {
      type: 'program', command: program, args: [
        ...args, '-t', '0', '-n', '--width', String(size.width), '--height', String(size.height),
        '--framerate', String(frameRate),
        ...encoding, ...(quarter ? [] : turning(orientation)), ...imaging(wishes), '-o', '-',
      ],
    },
    codec: quarter ? 'mjpeg' : 'h264',
    arrivalRate: frameRate,
    ...(quarter ? uprightFeed(size, orientation) : { size }),
  };
}

const PICTURES = ['--codec', 'mjpeg', '--quality', '85'] as const;

/** The hardware knows no constant quality, so it gets a bit rate that is plenty for a yard; x264 does. */
const videoEncoding = (size: Size, frameRate: number, hardwareEncoder: boolean): readonly string[] => [
  '--inline', '-g', String(frameRate * 2),
  ...(hardwareEncoder
    ? ['--codec', 'h264', '--bitrate', String(plentyOf(size, frameRate))]
    // Pictures out of order could not be told apart in a stream without times: no B-frames.
    : [
      '--codec', 'libav', '--libav-format', 'h264', '--libav-video-codec', 'libx264', '--libav-video-codec-opts',
      'crf=23;bf=0',
    ]),
];

/**
 * 4 Mbit/s for 1280x720 at 15 pictures a second, and as much for each pixel of other sizes; the encoder takes 25 at
 * most.
 */
function plentyOf({ width, height }: Size, frameRate: number): number {
  const bits = 4_000_000 * (width * height * frameRate) / (SIZE.width * SIZE.height * FPS);
  return Math.round(Math.min(Math.max(bits, 500_000), 25_000_000) / 100_000) * 100_000;
}

/** Turned before mirrored or after: for half a turn that is the same. */
const turning = (orientation: Orientation | undefined): readonly string[] => (orientation === undefined ? [] : [
  ...(orientation.rotation === 180 ? ['--rotation', '180'] : []),
  ...(orientation.flip === 'horizontal' || orientation.flip === 'both' ? ['--hflip'] : []),
  ...(orientation.flip === 'vertical' || orientation.flip === 'both' ? ['--vflip'] : []),
]);

/** In the words of rpicam-apps (core/options.cpp); `sport` is what all their versions call a short exposure. */
const imaging = ({
  exposure, exposureCompensation, shutter, gain, whiteBalance, focus,
}: CameraWishes): readonly string[] =>
  [
    ...(exposure === undefined ? [] : ['--exposure', exposure === 'short' ? 'sport' : 'long']),
    ...(exposureCompensation === undefined ? [] : ['--ev', String(exposureCompensation)]),
    // Without a unit it is microseconds, also for versions that know no units.
    ...(shutter === undefined ? [] : ['--shutter', String(Math.round(shutter * 1000))]),
    ...(gain === undefined ? [] : ['--gain', String(gain)]),
    ...(whiteBalance === undefined ? [] : ['--awb', whiteBalance]),
    ...(focus === undefined ? [] : ['--autofocus-mode', focus.mode]),
    ...(focus?.mode === 'manual' ? ['--lens-position', String(focus.position)] : []),
  ];
