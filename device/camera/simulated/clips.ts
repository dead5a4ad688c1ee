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

/**
 * A flash and a beep at the same moments: from each of the seconds `at` on, for 0.4 s; 25 pictures a
 * second. A faint hum is there always.
 */
export function flashAndBeep(size: string, at: readonly number[], duration: number): readonly string[] {
  const on = at.map((from) => `between(t,${from},${from + 0.38})`).join('+');
  return [
    '-f', 'lavfi', '-t', String(duration),
    '-i', `color=black:size=${size}:rate=25,drawbox=color=white:thickness=fill:enable='${on}'`,
    '-f', 'lavfi', '-t', String(duration), '-i', `aevalsrc='0.01*sin(2*PI*300*t)+0.5*sin(2*PI*1000*t)*(${on})':s=48000`,
  ];
}

/** How clips with sound come: AAC, which is kept, and what is encoded anew. */
export const SOUNDS = {
  'aac.mp4': ['-c:a', 'aac', '-ar', '44100'],
  'phone.mov': ['-c:a', 'pcm_alaw', '-ar', '8000'],
  'opus.mkv': ['-c:a', 'libopus'],
} as const;
