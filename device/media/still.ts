import { DeviceError } from '../core/errors.ts';
import { seconds, type Millis } from '../core/units.ts';
import { coverWith } from './mask-picture.ts';
import { runTool } from './run-tool.ts';

export interface StillOptions {
  /** Pixels; the height follows. The picture's own width when undefined. */
  readonly width?: number;
  /** What must not be seen, from `maskPicture`: black before anything is written. */
  readonly mask?: string | undefined;
  readonly signal?: AbortSignal;
}

/**
 * A JPEG of one moment of a piece of fragmented MP4.
 *
 * @param mp4 - Init segment and fragments, the first of which is a keyframe.
 * @param offset - From the first picture; past the end gives the last picture's neighbour before it, never an empty
 * file.
 * @returns The JPEG's bytes.
 * @throws {DeviceError} `media.still-failed` when nothing can be decoded.
 */
export async function stillOf(mp4: Uint8Array, offset: Millis, options: StillOptions = {}): Promise<Uint8Array> {
  const still = await extract(mp4, offset, options);
  if (still !== undefined) return still;
  const first = offset > 0 ? await extract(mp4, 0 as Millis, options) : undefined;
  if (first === undefined)
    throw new DeviceError('media.still-failed', 'no picture could be decoded from the recorded fragments');
  return first;
}

async function extract(
  mp4: Uint8Array, offset: Millis, { width, mask, signal }: StillOptions,
): Promise<Uint8Array | undefined> {
  const { exitCode, output } = await runTool({
    tool: 'ffmpeg',
    args: [
      '-nostdin', '-v', 'error', '-threads', '1', '-protocol_whitelist', 'pipe', '-f', 'mp4', '-i', 'pipe:0',
      ...(mask === undefined ? [] : ['-protocol_whitelist', 'data', '-f', 'png_pipe', '-i', mask]),
      '-ss', (offset / 1000).toFixed(3), '-frames:v', '1', ...filters(width, mask),
      '-c:v', 'mjpeg', '-q:v', '4', '-pix_fmt', 'yuvj420p', '-f', 'image2pipe', 'pipe:1',
    ],
    input: mp4,
    timeout: seconds(20),
    ...(signal === undefined ? {} : { signal }),
  });
  return exitCode === 0 && output.byteLength > 0 ? output : undefined;
}

function filters(width: number | undefined, mask: string | undefined): readonly string[] {
  const scale = width === undefined ? undefined : `scale=${width}:-2`;
  if (mask === undefined) return scale === undefined ? [] : ['-vf', scale];
  return ['-filter_complex', `${coverWith('0:v', '1:v', 'covered')};[covered]${scale ?? 'null'}[out]`, '-map', '[out]'];
}

/**
 * A JPEG of one moment of a recorded file.
 * @throws {DeviceError} `media.still-failed` when there is no such moment, or it cannot be decoded.
 */
export async function stillOfFile(file: string, offset: Millis): Promise<Uint8Array> {
  const { exitCode, output } = await runTool({
    tool: 'ffmpeg',
    args: [
      '-nostdin', '-v', 'error', '-threads', '1', '-protocol_whitelist', 'file', '-f', 'mp4',
      '-ss', (offset / 1000).toFixed(3), '-i', `file:${file}`,
      '-frames:v', '1', '-c:v', 'mjpeg', '-q:v', '2', '-pix_fmt', 'yuvj420p', '-f', 'image2pipe', 'pipe:1',
    ],
    timeout: seconds(20),
  });
  if (exitCode === 0 && output.byteLength > 0) return output;
  throw new DeviceError('media.still-failed', 'no picture could be decoded of that moment of the recording');
}
