/** Small things that stand for large ones: a picture in small, a clip in a few pictures. Made at the lowest priority. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DeviceError } from '../core/errors.ts';
import { seconds } from '../core/units.ts';
import { coverWith } from './mask-picture.ts';
import { runTool } from './run-tool.ts';

/** Pixels; the height follows. Wide enough for a list, a notification and a watch. */
export const SMALL_WIDTH = 320;

const QUIET = ['-nostdin', '-v', 'error', '-threads', '1', '-protocol_whitelist', 'pipe'] as const;

export interface PreviewOptions {
  /** What must not be seen, from `maskPicture`. */
  readonly mask?: string | undefined;
  readonly signal: AbortSignal;
}

/** A JPEG of `SMALL_WIDTH` of a JPEG. @throws {DeviceError} `media.still-failed` when it cannot be decoded. */
export async function thumbnailOf(jpeg: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
  const { exitCode, output } = await runTool({
    tool: 'ffmpeg', input: jpeg, signal, timeout: seconds(10), lowPriority: true,
    args: [...QUIET, '-f', 'jpeg_pipe', '-i', 'pipe:0', '-frames:v', '1', '-vf', SCALED, '-c:v', 'mjpeg', '-q:v', '5', '-pix_fmt', 'yuvj420p', '-f', 'image2pipe', 'pipe:1'],
  });
  if (exitCode === 0 && output.byteLength > 0) return output;
  throw new DeviceError('media.still-failed', 'no small picture could be made of the picture');
}

/**
 * A silent H.264 MP4 of `SMALL_WIDTH` that any browser, messenger and notification plays.
 *
 * @param clip - Fragmented MP4 of a few pictures, all of which are shown.
 * @throws {DeviceError} `media.preview-failed` when nothing can be decoded.
 */
export async function previewOf(clip: Uint8Array, options: PreviewOptions): Promise<Uint8Array> {
  // An MP4 with its head in front cannot be written to a pipe; in memory, where the system has such a place, it is no wear and no trace.
  const folder = await mkdtemp(path.join(existsSync(IN_MEMORY) ? IN_MEMORY : tmpdir(), 'tyto-preview-'));
  try {
    const file = path.join(folder, 'preview.mp4');
    await encode(clip, file, options);
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const IN_MEMORY = '/dev/shm';

async function encode(clip: Uint8Array, file: string, { mask, signal }: PreviewOptions): Promise<void> {
  const { exitCode, complaint } = await runTool({
    tool: 'ffmpeg', input: clip, signal, timeout: seconds(20), lowPriority: true,
    args: [
      ...QUIET, '-f', 'mp4', '-i', 'pipe:0', ...(mask === undefined ? [] : ['-protocol_whitelist', 'data', '-f', 'png_pipe', '-i', mask]),
      ...(mask === undefined ? ['-vf', SCALED] : ['-filter_complex', `${coverWith('0:v', '1:v', 'covered')};[covered]${SCALED}[out]`, '-map', '[out]']),
      '-an', '-fps_mode', 'passthrough', '-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'main', '-crf', '28', '-pix_fmt', 'yuv420p', '-threads', '1',
      '-movflags', '+faststart', '-map_metadata', '-1', '-protocol_whitelist', 'file', '-f', 'mp4', '-y', `file:${file}`,
    ],
  });
  if (exitCode !== 0) throw new DeviceError('media.preview-failed', `no preview could be made of the event: ${complaint.split('\n').at(-1) ?? ''}`);
}

/** Never larger than it is; both sides even, as H.264 wants them. */
const SCALED = `scale='2*floor(min(${SMALL_WIDTH},iw)/2)':-2:flags=area`;
