/** What looking costs against ffmpeg that only decodes: CPU seconds of everything that runs for it, starts included. */
import { cpuSeconds, median } from './cpu-time.ts';
import type { MadeClip } from './clips.ts';
import { MotionRun, motionVersion } from './motion-peer.ts';
import type { OpencvPeers } from './opencv-peers.ts';
import { note } from './progress.ts';
import { tyto, type Command } from './project.ts';

export interface CostRow {
  readonly what: string;
  readonly clip: string;
  /** Median CPU seconds. */
  readonly cpu: number;
  /** Times what decoding alone costs. */
  readonly ratio: number;
}

/** The least that looking at a file can cost who decodes all of it. */
export const decodeOnly = (file: string): Command => [
  'ffmpeg',
  '-v',
  'error',
  '-nostdin',
  '-threads',
  '1',
  '-i',
  file,
  '-f',
  'null',
  '-',
];

/** Medians of `runs` rounds, in each of which all take their turn, so that a busy machine is unfair to all. */
export function measureCost(clip: MadeClip, runs: number, opencv: OpencvPeers | undefined): readonly CostRow[] {
  const commands: readonly (readonly [what: string, command: Command])[] = [
    ['ffmpeg decodes only', decodeOnly(clip.file)],
    ['tyto detect', tyto(['detect', clip.file, '--json'])],
    ['tyto detect, vision.decode full', tyto(['detect', clip.file, '--json'], { TYTO_VISION_DECODE: 'full' })],
    ...(opencv === undefined
      ? []
      : [[`OpenCV ${opencv.version} MOG2, 320 wide`, opencv.command(['mog2'], clip.file)] as const]),
  ];
  const times = commands.map((): number[] => []);
  for (let run = 0; run < runs; run += 1) {
    note(`${clip.name}, round ${run + 1} of ${runs}`);
    for (const [index, [, command]] of commands.entries()) times[index]?.push(cpuSeconds(command));
  }
  const decode = median(times[0] ?? []);
  return commands.map(([what], index) => {
    const cpu = median(times[index] ?? []);
    return { what, clip: clip.name, cpu, ratio: cpu / decode };
  });
}

/** A minute of Motion, detection alone, against a minute of decoding; undefined where it is not installed. */
export function measureMotionProgram(clip: MadeClip): CostRow | undefined {
  const version = motionVersion();
  if (version === undefined) return undefined;
  const decode = cpuSeconds(decodeOnly(clip.file));
  using run = new MotionRun({ file: clip.file, width: 1280, height: 720, framesPerSecond: 25 }, 60);
  const cpu = cpuSeconds(run.command);
  return { what: `Motion ${version}, no movie`, clip: clip.name, cpu, ratio: cpu / decode };
}
