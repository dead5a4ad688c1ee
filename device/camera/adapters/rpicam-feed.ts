/** The Raspberry Pi camera, by the programs of its maker. */
import { readFile } from 'node:fs/promises';
import { DeviceError } from '../../core/errors.ts';
import type { Feed, FeedSource } from '../stream/feed.ts';
import { askProgram } from './ask-program.ts';

/** A program, and arguments that stand before all others. */
export type Command = readonly [program: string, ...args: readonly string[]];

/** What the program is called, newest first. */
export const RPICAM_PROGRAMS: readonly Command[] = [['rpicam-vid'], ['libcamera-vid']];

const SIZE = { width: 1280, height: 720 };
const FPS = 15;

export type RpicamLookup =
  | { readonly found: 'camera'; readonly command: Command }
  | { readonly found: 'no-camera'; readonly command: Command }
  | { readonly found: 'no-program' };

/** Asks the first of `programs` that is installed whether a camera is attached. */
export async function findRpicam(programs: readonly Command[], signal: AbortSignal): Promise<RpicamLookup> {
  for (const command of programs) {
    const [program, ...args] = command;
    const answer = await askProgram(program, [...args, '--list-cameras'], signal);
    if (answer !== undefined) return { found: /^\s*\d+ : \S+ \[/m.test(answer) ? 'camera' : 'no-camera', command };
  }
  return { found: 'no-program' };
}

export class RpicamFeed implements FeedSource {
  readonly label: string;
  readonly #programs: readonly Command[];
  constructor(label: string, programs: readonly Command[]) {
    this.label = label;
    this.#programs = programs;
  }

  async open(signal: AbortSignal): Promise<Feed> {
    const lookup = await findRpicam(this.#programs, signal);
    if (lookup.found === 'no-program') {
      throw new DeviceError('camera.program-missing', `${this.label} needs rpicam-vid; type: sudo apt-get install rpicam-apps`);
    }
    if (lookup.found === 'no-camera') {
      const check = `check the ribbon cable, then: ${lookup.command[0]} --list-cameras`;
      throw new DeviceError('camera.missing', `no Raspberry Pi camera was found; ${check}`);
    }
    return rpicamFeed(lookup.command, await hasHardwareEncoder());
  }
}

/** Every Raspberry Pi up to the 4 has an H.264 encoder, the 5 has none. The maker's programs look at the same place. */
const hasHardwareEncoder = async (): Promise<boolean> =>
  (await readFile('/sys/class/video4linux/video11/name', 'utf8').catch(() => '')).startsWith('bcm2835-codec-encode');

/** The stream carries no times: its pictures get those of their arrival. */
export function rpicamFeed([program, ...args]: Command, hardwareEncoder: boolean): Feed {
  return {
    input: [
      '-protocol_whitelist', 'pipe', '-use_wallclock_as_timestamps', '1', '-framerate', String(FPS), '-f', 'h264', '-i', 'pipe:0',
    ],
    stdin: { type: 'program', command: program, args: [...args, ...rpicamArguments(hardwareEncoder)] },
    codec: 'h264',
    size: SIZE,
  };
}

/** The hardware knows no constant quality, so it gets a bit rate that is plenty for a yard; x264 does. */
const rpicamArguments = (hardwareEncoder: boolean): readonly string[] => [
  '-t', '0', '-n', '--inline', '--width', String(SIZE.width), '--height', String(SIZE.height),
  '--framerate', String(FPS), '-g', String(FPS * 2),
  ...(hardwareEncoder
    ? ['--codec', 'h264', '--bitrate', '4000000']
    // Pictures out of order could not be told apart in a stream without times: no B-frames.
    : ['--codec', 'libav', '--libav-format', 'h264', '--libav-video-codec', 'libx264', '--libav-video-codec-opts', 'crf=23;bf=0']),
  '-o', '-',
];
