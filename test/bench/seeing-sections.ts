/** What Tyto sees, and what that costs. */
import path from 'node:path';
import {
  type MadeClip, busyClip, constantRateClip, forwardClip, noisyBusyClip, noisyQuietClip, quietClip, visitedClip,
} from './clips.ts';
import { type CostRow, measureCost, measureMotionProgram } from './cost.ts';
import { compareDecoding } from './decode-gate.ts';
import type { Depth } from './depth.ts';
import { measureFaces, portrait } from './faces.ts';
import { OpencvPeers } from './opencv-peers.ts';
import { note } from './progress.ts';
import { footageOf } from './project.ts';
import {
  type EmptyTotal, type Quality, conditions, measureEmpty, measureEmptyByMotion, measureFromLaterPictures,
  measureMotion,
} from './quality.ts';
import { outputOf } from './run.ts';
import { measureSteady } from './steady.ts';
import { table } from './table.ts';

const NO_OPENCV = 'Others are left out: no Python with OpenCV is installed (apt-get install python3-opencv)\n';
const NO_MOTION = 'Motion is left out: it is not installed (apt-get install motion)\n';
const NO_FOOTAGE = 'left out: there is no real footage with ground truth here (TYTO_BENCH_DATA names a folder of it)\n';

export async function* motion({ full }: Depth): AsyncGenerator<string> {
  if (footageOf('motion', '.mp4').length === 0) return yield `Motion: ${NO_FOOTAGE}`;
  const opencv = OpencvPeers.find();
  if (opencv === undefined) yield NO_OPENCV;
  yield 'Objects found / boxes on nothing per 100 frames; real sequences at 5 frames a second';
  yield byCondition(
    [...(await measureMotion(opencv)), ...[(await measureFromLaterPictures()) ?? []].flat()],
    ({ objects, hits, frames, falseBoxes }) =>
      `${(hits / objects).toFixed(3)}/${((100 * falseBoxes) / frames).toFixed(0)}`,
  );
  yield 'Empty scenes: false events a minute / share of the time in alarm';
  yield byCondition(
    await measureEmpty(opencv),
    ({ events, minutes, alarmFrames, frames }) =>
      `${perMinute({ events, minutes })}/${((100 * alarmFrames) / frames).toFixed(1)} %`,
  );
  if (!full) return;
  const program = await measureEmptyByMotion();
  yield program === undefined ? NO_MOTION : byCondition([program], perMinute);
}

export async function* cost({ runs, full }: Depth): AsyncGenerator<string> {
  const opencv = OpencvPeers.find();
  if (opencv === undefined) yield NO_OPENCV;
  const clips: MadeClip[] = [];
  for (const make of [busyClip, forwardClip, quietClip, noisyBusyClip, noisyQuietClip]) clips.push(await make());
  yield `CPU seconds (user and system, of all processes, starts included) for a minute of 1280x720; medians of ${runs}`;
  for (const clip of clips) yield `  ${clip.name}: ${clip.what}`;
  const rows: CostRow[] = [];
  for (const clip of clips) rows.push(...measureCost(clip, runs, opencv));
  if (full) rows.push(...clips.flatMap((clip) => measureMotionProgram(clip) ?? []));
  yield table(
    ['clip', '', 'CPU s', 'ratio'],
    rows.map(({ clip, what, cpu, ratio }) => [clip, what, cpu.toFixed(2), ratio.toFixed(2)]),
  );
  if (full && !rows.some(({ what }) => what.startsWith('Motion'))) yield NO_MOTION;
}

export async function* steady({ minutes }: Depth): AsyncGenerator<string> {
  const clip = await quietClip();
  const { rows, decodePercent } = await measureSteady(clip, minutes);
  yield `A device at a camera that sends ${clip.what}, in percent of one processor\n`;
  yield table(['', '%'], rows.map(({ process, percent }) => [process, percent.toFixed(2)]));
  yield `ffmpeg that decodes all of it: ${decodePercent.toFixed(2)} %\n`;
}

export async function* decode(): AsyncGenerator<string> {
  yield 'vision.decode auto against full: looks, events, seconds between the starts of the same event at most';
  const made = [await busyClip(), await quietClip(), await visitedClip(), await constantRateClip()].map(
    ({ name, file }) => [name, file] as const,
  );
  const real = footageOf('motion', '.clean.mp4').map((file) => [path.basename(file, '.mp4'), file] as const);
  const rows: string[][] = [];
  for (const [name, file] of [...made, ...real]) {
    note(name);
    const { looksAuto, looksFull, eventsAuto, eventsFull, latestStart } = await compareDecoding(file);
    rows.push([name, `${looksAuto} of ${looksFull}`, `${eventsAuto} of ${eventsFull}`, latestStart?.toFixed(1) ?? '-']);
  }
  yield table(['clip', 'looks', 'events', 'start'], rows);
}

interface VisionStep {
  readonly startMs: number;
  readonly cpuMsPerFrame: number;
  readonly residentMegabytes: number;
}

export async function* step(): AsyncGenerator<string> {
  const { startMs, cpuMsPerFrame, residentMegabytes } = JSON.parse(
    await outputOf([process.execPath, path.join(import.meta.dirname, 'vision-step.ts')]),
  ) as VisionStep;
  const memory = `process of ${residentMegabytes.toFixed(0)} MB`;
  yield `A look at 160x88: ${cpuMsPerFrame.toFixed(3)} ms CPU; starts in ${startMs.toFixed(0)} ms; ${memory}\n`;
}

interface FaceStep {
  readonly cpuMsPerFace: number;
  readonly addedMegabytes: number;
}

export async function* faces(): AsyncGenerator<string> {
  const quality = await measureFaces();
  if (quality === undefined) return yield `Faces: ${NO_FOOTAGE}`;
  const { boxed, counted, without } = quality;
  yield 'Faces in photographs';
  yield table(
    ['known by', 'faces', 'result'],
    [
      ['boxes', `${boxed.faces}`, `${boxed.found} found, ${boxed.extra} false`],
      [
        'their number',
        `${counted.faces}`,
        `off by ${counted.off} (${((100 * counted.off) / counted.faces).toFixed(1)} %)`,
      ],
      ['none', `${without.pictures} pictures`, `${without.extra} false`],
    ],
  );
  const { cpuMsPerFace, addedMegabytes } = JSON.parse(
    await outputOf([process.execPath, path.join(import.meta.dirname, 'face-step.ts'), portrait()]),
  ) as FaceStep;
  const price = `${cpuMsPerFace.toFixed(0)} ms CPU; faces add ${addedMegabytes.toFixed(0)} MB`;
  yield `A look at what moves, with one face in it: ${price}\n`;
}

const byCondition = <Score>(qualities: readonly Quality<Score>[], show: (score: Score) => string): string =>
  table(
    ['', ...conditions],
    qualities.map(({ detector, scores }) => [
      detector,
      ...conditions.map((condition) => {
        const score = scores.get(condition);
        return score === undefined ? '-' : show(score);
      }),
    ]),
  );

const perMinute = ({ events, minutes }: Pick<EmptyTotal, 'events' | 'minutes'>): string =>
  (events / minutes).toFixed(1);
