/**
 * Video for the tests of this room: real, made by ffmpeg in the form in which a camera's
 * arrives, or merely shaped like it.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { soundOutput } from '../../device/camera/sound/plan-sound.ts';
import { SoundJoiner } from '../../device/camera/sound/sound-joiner.ts';
import { FragmentReader, type Fragment } from '../../device/contract/mp4-fragment.ts';
import type { InitSegment, Tracks } from '../../device/contract/mp4-init.ts';
import { millis } from '../../device/core/units.ts';
import { runTool } from '../../device/media/run-tool.ts';

export interface Footage { readonly init: InitSegment; readonly fragments: readonly Fragment[] }

export interface FootageShape {
  /** ffmpeg's encoder. Default `libx264`. */
  readonly codec?: string;
  /** Seconds from keyframe to keyframe. Default 1. */
  readonly group?: number;
  /** Longest fragment, in seconds. Default 0.5. */
  readonly fragment?: number;
}

/** 160x120, 25 pictures a second. The picture's brightness tells its time: it grows by 4 a second from 16. */
export async function makeFootage(
  duration: number, { codec = 'libx264', group = 1, fragment = 0.5 }: FootageShape = {},
): Promise<Footage> {
  const { output, complaint } = await runTool({
    tool: 'ffmpeg',
    args: [
      '-v', 'error', '-f', 'lavfi', '-i',
      `color=black:size=160x120:rate=25,geq=lum='16+4*T+mod(X*Y+N,3)':cb=128:cr=128,noise=c0s=7:c0f=t`,
      '-t', String(duration), '-c:v', codec, '-preset', 'ultrafast', '-g', String(group * 25),
      '-keyint_min', String(group * 25), '-pix_fmt', 'yuv420p', '-f', 'mp4',
      '-movflags', '+frag_keyframe+empty_moov+default_base_moof', '-frag_duration', String(fragment * 1e6), 'pipe:1',
    ],
  });
  const parts = new FragmentReader().push(output);
  const [head] = parts;
  if (head?.type !== 'init') throw new Error(`ffmpeg made no video: ${complaint}`);
  return { init: head.init, fragments: parts.flatMap((part) => (part.type === 'fragment' ? [part.fragment] : [])) };
}

/** An ordinary MP4 of the same size, its head in front (`faststart`) or behind. */
export async function makePlainVideo(
  duration: number, { faststart }: { readonly faststart: boolean },
): Promise<Buffer> {
  await using folder = await temporaryFolder();
  const file = path.join(folder.path, 'plain.mp4');
  const { complaint } = await runTool({
    tool: 'ffmpeg',
    args: [
      '-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=160x120:rate=25', '-t', String(duration), '-c:v', 'libx264',
      '-preset', 'ultrafast', ...(faststart ? ['-movflags', 'faststart'] : []), file,
    ],
  });
  if (complaint !== '') throw new Error(complaint);
  return await readFile(file);
}

/** Of a stream without sound that counts in milliseconds. */
export const TRACKS: Tracks = {
  video: { trackId: 1, timescale: 1000, defaultDuration: 0, defaultBytes: 0, defaultFlags: 0 },
};

/** Fragments without pictures: `shape` has a letter each, `K` for one that begins with a keyframe. */
export function shapedFragments(shape: string, { durationMs = 500, sizeBytes = 100 } = {}): Fragment[] {
  return shape.split('').map((letter, index) => ({
    data: new Uint8Array(sizeBytes), startTicks: index * durationMs,
    start: millis(index * durationMs), duration: millis(durationMs),
    key: letter === 'K', samples: 12, tracks: TRACKS,
  }));
}

/** A folder of its own that goes with the test. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tyto-recorder-'));
  return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** The same with sound: a tone that is heard for the first half of each second. */
export async function addTone({ init, fragments }: Footage): Promise<Footage> {
  const last = fragments.at(-1);
  const length = ((last?.start ?? 0) + (last?.duration ?? 0)) / 1000;
  const plan = { format: { sampleRate: 16_000, channels: 1 }, encoded: true } as const;
  const { output } = await runTool({
    tool: 'ffmpeg',
    args: [
      '-v', 'error', '-f', 'lavfi', '-t', String(length), '-i',
      `aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t,1),0.5)':s=16000`, ...soundOutput(plan, 1),
    ],
  });
  const joiner = new SoundJoiner(plan.format, (error) => { throw error; });
  const withSound = joiner.init(init);
  joiner.heard(output);
  return { init: withSound, fragments: fragments.map((fragment) => joiner.fragment(fragment)) };
}
