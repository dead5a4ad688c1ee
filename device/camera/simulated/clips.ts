/** Short clips with something to find in them, made by ffmpeg when they are needed. */
import { runTool } from '../../media/run-tool.ts';

/** Black at first, then white from second `at` on for 0.4 s; 25 pictures a second. */
export const flashScene = (size: string, at: number, duration: number): readonly string[] => [
  '-f', 'lavfi', '-t', String(duration),
  '-i', `color=black:size=${size}:rate=25,drawbox=color=white:thickness=fill:enable='between(t,${at},${at + 0.38})'`,
];

/** How clips come: with and without pictures out of order, in several containers, recordable as they are or not. */
export const ENCODINGS = {
  'plain.mp4': ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25'],
  'reordered.mp4': ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '3', '-g', '50'],
  "it's reordered.ts": ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '3', '-g', '50'],
  'hevc.mkv': ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none'],
  'pictures.avi': ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p'],
} as const;

/** Runs ffmpeg on `args`. @throws {DeviceError} As `runTool`. @throws {Error} With its complaint when it fails. */
export async function makeClip(...args: readonly string[]): Promise<void> {
  const { exitCode, complaint } = await runTool({ tool: 'ffmpeg', args: ['-nostdin', '-v', 'error', '-y', ...args] });
  if (exitCode !== 0) throw new Error(complaint);
}
