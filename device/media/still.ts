import { DeviceError } from '../core/errors.ts';
import { seconds, type Millis } from '../core/units.ts';
import { runTool } from './run-tool.ts';

/**
 * A JPEG of one moment of a piece of fragmented MP4.
 *
 * @param mp4 - Init segment and fragments, the first of which is a keyframe.
 * @param offset - From the first picture; past the end gives the last picture's neighbour before it, never an empty file.
 * @param width - Pixels; the height follows. The picture's own width when undefined.
 * @returns The JPEG's bytes.
 * @throws {DeviceError} `media.still-failed` when nothing can be decoded.
 */
export async function stillOf(mp4: Uint8Array, offset: Millis, options: {
  readonly width?: number; readonly signal?: AbortSignal;
} = {}): Promise<Uint8Array> {
  const still = await extract(mp4, offset, options);
  if (still !== undefined) return still;
  const first = offset > 0 ? await extract(mp4, 0 as Millis, options) : undefined;
  if (first === undefined) throw new DeviceError('media.still-failed', 'no picture could be decoded from the recorded fragments');
  return first;
}

async function extract(mp4: Uint8Array, offset: Millis, { width, signal }: { readonly width?: number; readonly signal?: AbortSignal }):
Promise<Uint8Array | undefined> {
  const { exitCode, output } = await runTool({
    tool: 'ffmpeg',
    args: [
      '-nostdin', '-v', 'error', '-threads', '1', '-protocol_whitelist', 'pipe', '-f', 'mp4', '-i', 'pipe:0',
      '-ss', (offset / 1000).toFixed(3), '-frames:v', '1', ...(width === undefined ? [] : ['-vf', `scale=${width}:-2`]),
      '-c:v', 'mjpeg', '-q:v', '4', '-pix_fmt', 'yuvj420p', '-f', 'image2pipe', 'pipe:1',
    ],
    input: mp4,
    timeout: seconds(20),
    ...(signal === undefined ? {} : { signal }),
  });
  return exitCode === 0 && output.byteLength > 0 ? output : undefined;
}
