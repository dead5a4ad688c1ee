/** Small things that stand for large ones: a picture in small, a clip in a few pictures. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DeviceError } from '../core/errors.ts';
import { minutes, seconds } from '../core/units.ts';
import { coverWith } from './mask-picture.ts';
import { runTool } from './run-tool.ts';
import { SCALED, SMALL_JPEG } from './small-picture.ts';

const QUIET = ['-nostdin', '-v', 'error', '-threads', '1', '-protocol_whitelist', 'pipe'] as const;

export interface PreviewOptions {
  /** What must not be seen, from `maskPicture`. */
  readonly mask?: string | undefined;
  readonly signal: AbortSignal;
  /** Nothing of it may lie on a disk in the clear. */
  readonly isSecret: boolean;
  /** Whether it waits for whatever else wants the processor. */
  readonly lowPriority: boolean;
  /** Where the system keeps files in memory, if it has such a place. */
  readonly memory?: string;
}

/**
 * A JPEG of `SMALL_WIDTH` of a JPEG, made at the lowest priority.
 * @throws {DeviceError} `media.still-failed` when it cannot be decoded.
 */
export async function thumbnailOf(jpeg: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
  const { exitCode, output } = await runTool({
    tool: 'ffmpeg', input: jpeg, signal, timeout: seconds(10), lowPriority: true,
    args: [...QUIET, '-f', 'jpeg_pipe', '-i', 'pipe:0', '-frames:v', '1', ...SMALL_JPEG],
  });
  if (exitCode === 0 && output.byteLength > 0) return output;
  throw new DeviceError('media.still-failed', 'no small picture could be made of the picture');
}

/**
 * A silent H.264 MP4 of `SMALL_WIDTH` that any browser, messenger and notification plays.
 *
 * @param clip - Fragmented MP4 of a few pictures, all of which are shown.
 * @throws {DeviceError} `media.preview-failed` when nothing can be decoded, `media.preview-place` when it is secret
 * and could only be made on a disk.
 */
export async function previewOf(clip: Uint8Array, options: PreviewOptions): Promise<Uint8Array> {
  // An MP4 with its head in front cannot be written to a pipe; in memory, where the system has such a
  // place, it is no wear and no trace.
  const { memory = '/dev/shm', isSecret } = options;
  const place = existsSync(memory) ? memory : tmpdir();
  if (isSecret && place !== memory)
    throw new DeviceError(
      'media.preview-place', `an encrypted preview is made in memory only, and ${memory} is not there`,
    );
  await sweep(place);
  const folder = await mkdtemp(path.join(place, FOLDER));
  try {
    const file = path.join(folder, 'preview.mp4');
    await encode(clip, file, options);
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const FOLDER = 'tyto-preview-';
/** None takes this long to make. */
const OLD = minutes(1);

/** Whoever was killed over one could not take it away. */
async function sweep(place: string): Promise<void> {
  for (const name of await readdir(place)) {
    const folder = path.join(place, name);
    const touched = name.startsWith(FOLDER)
      ? await stat(folder).then(({ mtimeMs }) => mtimeMs, () => Infinity)
      : Infinity;
    // another user's, perhaps
    if (Date.now() - touched > OLD) await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

async function encode(clip: Uint8Array, file: string, { mask, signal, lowPriority }: PreviewOptions): Promise<void> {
  const { exitCode, complaint } = await runTool({
    tool: 'ffmpeg', input: clip, signal, timeout: seconds(20), lowPriority,
    args: [
      ...QUIET, '-f', 'mp4', '-i', 'pipe:0',
      ...(mask === undefined ? [] : ['-protocol_whitelist', 'data', '-f', 'png_pipe', '-i', mask]),
      ...(mask === undefined ? ['-vf', SCALED]
        : ['-filter_complex', `${coverWith('0:v', '1:v', 'covered')};[covered]${SCALED}[out]`, '-map', '[out]']),
      '-an', '-fps_mode', 'passthrough', '-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'main', '-crf',
      '28', '-pix_fmt', 'yuv420p', '-threads', '1',
      '-movflags', '+faststart', '-map_metadata', '-1', '-protocol_whitelist', 'file', '-f', 'mp4',
      '-y', `file:${file}`,
    ],
  });
  if (exitCode !== 0)
    throw new DeviceError(
      'media.preview-failed', `no preview could be made of the event: ${complaint.split('\n').at(-1) ?? ''}`,
    );
}
