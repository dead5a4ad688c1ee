import { minutes, type Millis } from '../core/units.ts';
import { runTool, type ToolResult } from './run-tool.ts';

export type DecodeVerdict = { readonly ok: true } | { readonly ok: false; readonly complaint: string };

export interface DecodeOptions {
  /** Default 5 min. */
  readonly timeout?: Millis;
  /** As `runTool` has it. The decoder is bound to little more by itself, should this process die before it. */
  readonly processorTime?: Millis;
  readonly signal?: AbortSignal;
}

/** Of one picture: 8192 x 4320 fits. A file of a few kilobytes may claim pictures that would fill the memory. */
const MAX_PIXELS = 36_000_000;
/** Beyond the time after which we end it ourselves. */
const OWN_LIMIT_SLACK_S = 5;

/**
 * Decodes the whole of `file` and throws the pictures away: the proof that it plays. Only the given container is tried
 * and only the file itself is read, so that a hostile file cannot pose as a playlist or reach out.
 *
 * @param file - Its path; or what is in it, of a clip in fragments.
 * @param container - `mp4` for clips, `jpeg_pipe` for a JPEG.
 * @throws {DeviceError} As `runTool`.
 */
export async function decodeWhole(
  file: string | AsyncIterable<Uint8Array>, container: 'mp4' | 'jpeg_pipe', options: DecodeOptions = {},
): Promise<DecodeVerdict> {
  const { exitCode, complaint } = await decode(file, container, ['-v', 'error', '-xerror', '-err_detect', 'explode'], options);
  if (exitCode === 0 && complaint === '') return { ok: true };
  return { ok: false, complaint: complaint.split('\n')[0] || `ffmpeg exited with code ${exitCode}` };
}

/**
 * How many pictures of a clip that is no sound one a player would show, or how many of them are without fault.
 * @throws {DeviceError} As `runTool`.
 */
export async function countPictures(file: string, which: 'shown' | 'faultless', options: DecodeOptions = {}): Promise<number> {
  const asked = which === 'faultless' ? ['-err_detect', 'explode'] : [];
  const { output } = await decode(file, 'mp4', ['-v', 'quiet', '-progress', 'pipe:1', ...asked], options);
  return Number([...output.toString('utf8').matchAll(/^frame=\s*(\d+)$/gm)].at(-1)?.[1] ?? 0);
}

async function decode(
  file: string | AsyncIterable<Uint8Array>, container: string, args: readonly string[], { timeout = minutes(5), processorTime, signal }: DecodeOptions,
): Promise<ToolResult> {
  const limit = processorTime === undefined ? [] : ['-timelimit', String(Math.ceil(processorTime / 1000) + OWN_LIMIT_SLACK_S)];
  const [protocol, place] = typeof file === 'string' ? ['file', `file:${file}`] : ['pipe', 'pipe:0'];
  return runTool({
    tool: 'ffmpeg',
    args: [
      '-nostdin', ...args, ...limit, '-threads', '1', '-protocol_whitelist', protocol, '-max_pixels', String(MAX_PIXELS),
      '-f', container, '-i', place, '-map', '0:v:0', '-fps_mode', 'passthrough', '-f', 'null', '-',
    ],
    timeout,
    ...(typeof file === 'string' ? {} : { input: file }),
    ...(processorTime === undefined ? {} : { processorTime }),
    ...(signal === undefined ? {} : { signal }),
  });
}
