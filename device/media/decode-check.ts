import { minutes, type Millis } from '../core/units.ts';
import { runTool } from './run-tool.ts';

export type DecodeVerdict = { readonly ok: true } | { readonly ok: false; readonly complaint: string };

/** Of one picture: 8192 x 4320 fits. A file of a few kilobytes may claim pictures that would fill the memory. */
const MAX_PIXELS = 36_000_000;

/**
 * Decodes the whole of `file` and throws the pictures away: the proof that it plays. Only the given container is tried
 * and only the file itself is read, so that a hostile file cannot pose as a playlist or reach out.
 *
 * @param container - `mp4` for clips, `jpeg_pipe` for a JPEG.
 * @throws {DeviceError} As `runTool`.
 */
export async function decodeWhole(file: string, container: 'mp4' | 'jpeg_pipe', options: {
  readonly timeout?: Millis; readonly processorTime?: Millis; readonly signal?: AbortSignal;
} = {}): Promise<DecodeVerdict> {
  const { exitCode, complaint } = await runTool({
    tool: 'ffmpeg',
    args: [
      '-nostdin', '-v', 'error', '-xerror', '-err_detect', 'explode', '-threads', '1', '-protocol_whitelist', 'file',
      '-max_pixels', String(MAX_PIXELS), '-f', container, '-i', `file:${file}`, '-map', '0:v:0', '-f', 'null', '-',
    ],
    timeout: options.timeout ?? minutes(5),
    ...(options.processorTime === undefined ? {} : { processorTime: options.processorTime }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  if (exitCode === 0 && complaint === '') return { ok: true };
  return { ok: false, complaint: complaint.split('\n')[0] || `ffmpeg exited with code ${exitCode}` };
}
