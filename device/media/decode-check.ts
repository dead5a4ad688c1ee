import { minutes, type Millis } from '../core/units.ts';
import { SMALL_JPEG } from './small-picture.ts';
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
  return verdictOf(await decode(file, container, ['-v', 'error', '-xerror'], STRICT, options));
}

const STRICT = ['-err_detect', 'explode'] as const;

function verdictOf({ exitCode, complaint }: ToolResult): DecodeVerdict {
  if (exitCode === 0 && complaint === '') return { ok: true };
  // Without the part of ffmpeg that says it, and where that lay in its memory.
  const said = complaint.split('\n')[0]?.replace(/^\[[^\]]*\] /, '');
  return { ok: false, complaint: said || `ffmpeg exited with code ${exitCode}` };
}

/** A file of a kind that is decoded in no time: starting the decoder takes longer. */
export interface SmallInput { readonly file: string; readonly container: 'mp4' | 'jpeg_pipe' }

/**
 * `decodeWhole` of several small files by one decoder. Its complaint does not tell which of
 * them is at fault: ask again of each.
 *
 * @param small - The index of a picture that is wanted in small, if any.
 * @returns With the verdict, that picture as a JPEG of `SMALL_WIDTH`, when all is well.
 * @throws {DeviceError} As `runTool`.
 */
export async function decodeTogether(
  inputs: readonly SmallInput[], small: number | undefined, options: DecodeOptions = {},
): Promise<{ readonly verdict: DecodeVerdict; readonly small: Uint8Array | undefined }> {
  const result = await runDecoder([
    ...inputs.flatMap(({ file, container }) => [...STRICT, ...inputArgs('file', container, `file:${file}`)]),
    ...inputs.flatMap((_, index) => outputArgs(index)),
    ...(small === undefined ? [] : ['-map', `${small}:v:0`, '-frames:v', '1', ...SMALL_JPEG]),
  ], ['-v', 'error', '-xerror'], undefined, options);
  return {
    verdict: verdictOf(result),
    small: small === undefined || result.output.byteLength === 0 ? undefined : result.output,
  };
}

/**
 * How many pictures of a clip that is no sound one a player would show, or how many of them are without fault.
 * @throws {DeviceError} As `runTool`.
 */
export async function countPictures(
  file: string, which: 'shown' | 'faultless', options: DecodeOptions = {},
): Promise<number> {
  const asked = which === 'faultless' ? STRICT : [];
  const { output } = await decode(file, 'mp4', ['-v', 'quiet', '-progress', 'pipe:1'], asked, options);
  return Number([...output.toString('utf8').matchAll(/^frame=\s*(\d+)$/gm)].at(-1)?.[1] ?? 0);
}

async function decode(
  file: string | AsyncIterable<Uint8Array>, container: SmallInput['container'],
  global: readonly string[], manner: readonly string[], options: DecodeOptions,
): Promise<ToolResult> {
  const [protocol, place] = typeof file === 'string' ? ['file', `file:${file}`] : ['pipe', 'pipe:0'];
  const args = [...manner, ...inputArgs(protocol, container, place), ...outputArgs(0)];
  return runDecoder(args, global, typeof file === 'string' ? undefined : file, options);
}

/** Each option stands before the input that it is for. */
const inputArgs = (protocol: string, container: SmallInput['container'], place: string): readonly string[] =>
  ['-threads', '1', '-protocol_whitelist', protocol, '-max_pixels', String(MAX_PIXELS), '-f', container, '-i', place];

/**
 * Times are told to the microsecond: by the usual rate of the clip, two pictures that a camera sent close together
 * would be of one moment, which counts as a fault.
 */
const outputArgs = (input: number): readonly string[] =>
  ['-map', `${input}:v:0`, '-fps_mode', 'passthrough', '-enc_time_base', '1:1000000', '-f', 'null', '-'];

async function runDecoder(
  args: readonly string[], global: readonly string[], input: AsyncIterable<Uint8Array> | undefined,
  { timeout = minutes(5), processorTime, signal }: DecodeOptions,
): Promise<ToolResult> {
  const limit = processorTime === undefined ? []
    : ['-timelimit', String(Math.ceil(processorTime / 1000) + OWN_LIMIT_SLACK_S)];
  return runTool({
    tool: 'ffmpeg',
    args: ['-nostdin', ...global, ...limit, ...args],
    timeout,
    ...(input === undefined ? {} : { input }),
    ...(processorTime === undefined ? {} : { processorTime }),
    ...(signal === undefined ? {} : { signal }),
  });
}
