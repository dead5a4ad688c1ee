/** The command line of the demo camera's program. */
import { parseArgs } from 'node:util';
import { ConfigError, describeError } from '../../core/errors.ts';
import type { Size } from '../../core/geometry.ts';
import { seconds, type Millis } from '../../core/units.ts';

export interface DemoOptions {
  readonly size: Size;
  readonly framesPerSecond: number;
  /** Undefined for an endless camera. */
  readonly duration: Millis | undefined;
  readonly pace: 'realtime' | 'fast';
  /** Whether true events go to stderr. */
  readonly truth: boolean;
}

export const usage = `Usage: node device/camera/demo/main.ts [options]

Writes the demo camera's pictures to standard output: raw yuv420p frames (BT.709, limited range), one after the other.

  --size WxH     size of the picture, both sides multiples of 8 (default 1280x720)
  --fps N        frames per second, 1 to 60 (default 10)
  --seconds N    stop after this much of the scene (default: never)
  --realtime     one frame when its time has come; frames a slow reader has no time for are left out (default)
  --fast         every frame, as quickly as the reader takes them
  --truth        print each true event to standard error when it is over, as one line of JSON: start and end in
                 seconds, and boxes [second, x, y, width, height] as fractions of the picture
  --help         this text

A test clip: node device/camera/demo/main.ts --fast --seconds 60 |
  ffmpeg -f rawvideo -pix_fmt yuv420p -video_size 1280x720 -framerate 10 -i - -colorspace bt709 demo.mp4`;

/**
 * @returns The options, or `'help'` when they ask for it.
 * @throws {ConfigError} `demo.options`, naming every option that is wrong, what was expected and what came.
 */
export function parseOptions(args: readonly string[]): DemoOptions | 'help' {
  const values = read(args);
  if (values.help) return 'help';
  const problems: string[] = [];
  const check = <T>(value: T | undefined, problem: string): T | undefined => {
    if (value === undefined) problems.push(problem);
    return value;
  };
  const size = check(
    sizeOf(values.size), `--size: expected WxH, both multiples of 8 from 64 to 4096, got "${values.size}"`,
  );
  const framesPerSecond = check(
    numberIn(values.fps, 1, 60), `--fps: expected a number from 1 to 60, got "${values.fps}"`,
  );
  const length = values.seconds === undefined ? Infinity
    : check(numberIn(values.seconds, 0.001, 1e9), `--seconds: expected a number above 0, got "${values.seconds}"`);
  if (values.fast && values.realtime) problems.push('--fast and --realtime: expected one of them, got both');
  if (size === undefined || framesPerSecond === undefined || length === undefined || problems.length > 0) {
    throw new ConfigError('demo.options', `${problems.join('\n')}\nSee --help.`);
  }
  const duration = length === Infinity ? undefined : seconds(length);
  return { size, framesPerSecond, duration, pace: values.fast ? 'fast' : 'realtime', truth: values.truth };
}

interface Values {
  readonly size: string; readonly fps: string; readonly seconds?: string | undefined;
  readonly realtime: boolean; readonly fast: boolean; readonly truth: boolean; readonly help: boolean;
}

function read(args: readonly string[]): Values {
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        size: { type: 'string', default: '1280x720' }, fps: { type: 'string', default: '10' },
        seconds: { type: 'string' }, realtime: flag, fast: flag, truth: flag, help: flag,
      },
    }).values;
  } catch (cause) {
    throw new ConfigError('demo.options', `${describeError(cause)}\nSee --help.`, { cause });
  }
}

function sizeOf(text: string): Size | undefined {
  const [, width, height] = (/^(\d{2,4})x(\d{2,4})$/.exec(text) ?? []).map(Number);
  const fits = (side: number | undefined): side is number =>
    side !== undefined && side % 8 === 0 && side >= 64 && side <= 4096;
  return fits(width) && fits(height) ? { width, height } : undefined;
}

function numberIn(text: string, low: number, high: number): number | undefined {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  return value >= low && value <= high ? value : undefined;
}
