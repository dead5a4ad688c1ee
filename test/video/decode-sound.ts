/** What is to be heard in a clip. */
import { runTool } from '../../device/media/run-tool.ts';

/** The first track of sound, one channel of `rate` samples a second from -32768 to 32767, from the clip's time 0 on. */
export async function decodeSound(
  mp4: Uint8Array, rate: number,
): Promise<{ readonly samples: Int16Array; readonly complaint: string }> {
  const { output, complaint } = await runTool({
    tool: 'ffmpeg',
    args: [
      '-nostdin', '-v', 'error', '-copyts', '-f', 'mp4', '-i', 'pipe:0', '-map', '0:a:0',
      '-af', 'aresample=async=1:first_pts=0', '-ac', '1', '-ar', String(rate),
      '-f', 's16le', 'pipe:1',
    ],
    input: mp4,
  });
  const bytes = Uint8Array.from(output);
  return { samples: new Int16Array(bytes.buffer, 0, bytes.byteLength >> 1), complaint };
}
