/** What `tyto detect` costs against ffmpeg that only decodes. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { cpuSeconds, median } from './cpu-time.ts';
import { cache, detectCommand, footage } from './project.ts';

/** CPU seconds, and how many times the first the second is. */
export interface CostRow { readonly decode: number; readonly detect: number; readonly ratio: number }

/** A minute of H.264, 25 frames a second, a key frame every two seconds; made once. */
export function clip720p(): string {
  const street = path.join(footage, 'clips/street.mp4');
  const real = existsSync(street);
  const file = path.join(cache, real ? 'street-720p.mp4' : 'drawn-720p.mp4');
  if (existsSync(file)) return file;
  mkdirSync(cache, { recursive: true });
  const input = real ? ['-i', street] : ['-f', 'lavfi', '-i', 'testsrc2=size=1280x720:rate=25,noise=alls=6:allf=t'];
  const unfinished = `${file}.part.mp4`;
  const run = spawnSync('ffmpeg', [
    '-v', 'error', '-nostdin', '-y', ...input, '-t', '60', '-vf', 'scale=1280:720,setsar=1', '-an',
    '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '23', '-g', '50', '-pix_fmt', 'yuv420p', unfinished,
  ], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`the 720p clip could not be made: ${run.stderr ?? 'ffmpeg is not installed'}`);
  renameSync(unfinished, file);
  return file;
}

/** Medians of `runs` runs, the two commands in turn, so that a busy machine is unfair to both. */
export function measureCost(clip: string, runs: number): CostRow {
  const [decodes, detects]: [number[], number[]] = [[], []];
  for (let run = 0; run < runs; run += 1) {
    decodes.push(cpuSeconds(['ffmpeg', '-v', 'error', '-nostdin', '-threads', '1', '-i', clip, '-f', 'null', '-']));
    detects.push(cpuSeconds(detectCommand(clip)));
  }
  const [decode, detect] = [median(decodes), median(detects)];
  return { decode, detect, ratio: detect / decode };
}
