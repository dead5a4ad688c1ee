/**
 * How well motion is seen, by condition: objects found, boxes on nothing, events in empty scenes. Tyto beside whoever
 * is installed.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MotionRun, motionVersion } from './motion-peer.ts';
import { detectByTyto, type Detections } from './detections.ts';
import { methodNames, opencvMethods, type OpencvPeers } from './opencv-peers.ts';
import { footageOf } from './project.ts';
import { inParallel, outputOf } from './run.ts';
import { readTruth, scoreEmpty, scoreMotion, type DetectionRow, type EmptyScore, type MotionScore } from './score.ts';

export const conditions = ['clean', 'noise', 'night', 'cloud', 'flicker', 'rain', 'shake'] as const;
export type Condition = (typeof conditions)[number];

/** Of one detector: for each condition what all its clips add up to. */
export interface Quality<Score> {
  readonly detector: string;
  readonly scores: ReadonlyMap<Condition, Score>;
}
export type EmptyTotal = EmptyScore & { readonly minutes: number };

/** Seconds of an empty scene in which a detector may learn, and how long such a clip is. */
const [learning, emptySeconds] = [30, 90];

/** Clips are named `SCENE.CONDITION.mp4`, their truth `SCENE.CONDITION.truth`. */
export async function measureMotion(opencv: OpencvPeers | undefined): Promise<readonly Quality<MotionScore>[]> {
  const scored = await forEachClip('motion', '.mp4', opencv, (detections, file) =>
    scoreMotion(detections.rows, readTruth(readFileSync(file.replace(/mp4$/, 'truth')))),
  );
  return totals(scored, addMotion);
}

/** First pictures that a fifth of a second of 25 pictures a second may begin with, but for the clip's own. */
const laterPictures = [1, 2, 3, 4] as const;

/**
 * Tyto's own score where the same clips begin with another of their pictures, all of these added up: whatever
 * is looked at a fifth of a second later is then another picture, too.
 */
export async function measureFromLaterPictures(): Promise<Quality<MotionScore> | undefined> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tyto-bench-'));
  const clips = conditions.flatMap((condition) =>
    footageOf('motion', `.${condition}.mp4`).flatMap((file) =>
      laterPictures.map((first) => ({ condition, file, first })),
    ),
  );
  try {
    const scored = await inParallel(clips, async ({ condition, file, first }) => {
      const truth = readTruth(readFileSync(file.replace(/mp4$/, 'truth')));
      const rows = await detectFrom(file, first, truth.fps, folder);
      return { detector: 'Tyto, from the 2nd to 5th picture on', condition, score: scoreMotion(rows, truth) };
    });
    return totals(scored, addMotion)[0];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What is seen of a clip without its `first` pictures; times are those of the whole clip. */
async function detectFrom(file: string, first: number, fps: number, folder: string): Promise<readonly DetectionRow[]> {
  const rest = path.join(folder, `${first}.${path.basename(file)}`);
  const later = `trim=start_frame=${first},setpts=PTS-STARTPTS`;
  const lossless = ['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '0'];
  await outputOf(['ffmpeg', '-v', 'error', '-nostdin', '-i', file, '-vf', later, ...lossless, rest]);
  const { rows } = await detectByTyto(rest, { TYTO_VISION_DECODE: 'full' });
  return rows.map((row) => ({ ...row, t: row.t + first / fps }));
}

/** Clips are named `SCENE.CONDITION.empty.mp4`. */
export async function measureEmpty(opencv: OpencvPeers | undefined): Promise<readonly Quality<EmptyTotal>[]> {
  const scored = await forEachClip('empty', '.empty.mp4', opencv, ({ rows, events }): EmptyTotal => ({
    ...scoreEmpty(rows, events, learning),
    minutes: ((rows.at(-1)?.t ?? learning) - learning) / 60,
  }));
  return totals(scored, addEmpty);
}

/**
 * The same of the program Motion: as long as the clips are, all of them at a time. Undefined where it is not
 * installed.
 */
export async function measureEmptyByMotion(): Promise<Quality<EmptyTotal> | undefined> {
  const version = motionVersion();
  if (version === undefined) return undefined;
  const scored = await Promise.all(
    conditions.flatMap((condition) =>
      footageOf('empty', `.${condition}.empty.mp4`).map(async (file) => {
        using run = new MotionRun({ file, width: 320, height: 240, framesPerSecond: 5 }, emptySeconds);
        const { events } = scoreEmpty([], await run.events(), learning);
        return {
          detector: `Motion ${version}`,
          condition,
          score: { frames: 0, alarmFrames: 0, events, minutes: (emptySeconds - learning) / 60 },
        };
      }),
    ),
  );
  return totals(scored, addEmpty)[0];
}

interface Scored<Score> {
  readonly detector: string;
  readonly condition: Condition;
  readonly score: Score;
}

async function forEachClip<Score>(
  folder: string,
  ending: string,
  opencv: OpencvPeers | undefined,
  judge: (detections: Detections, file: string) => Score,
): Promise<readonly Scored<Score>[]> {
  const clips = conditions.flatMap((condition) =>
    footageOf(folder, `.${condition}${ending}`).map((file) => ({ condition, file })),
  );
  const scored = await inParallel(clips, async ({ condition, file }) => {
    // What vision sees of all pictures: what the decode gate leaves out is another table.
    const own = await detectByTyto(file, { TYTO_VISION_DECODE: 'full' });
    const others = (await opencv?.detect(file)) ?? new Map();
    return [
      { detector: 'Tyto', condition, score: judge(own, file) },
      ...methodNames.flatMap((method) => {
        const detections = others.get(method);
        return detections === undefined
          ? []
          : [{ detector: opencvMethods[method], condition, score: judge(detections, file) }];
      }),
    ];
  });
  return scored.flat();
}

function totals<Score>(
  scored: readonly Scored<Score>[],
  add: (a: Score, b: Score) => Score,
): readonly Quality<Score>[] {
  return [...Map.groupBy(scored, ({ detector }) => detector)].map(([detector, clips]) => ({
    detector,
    scores: new Map(
      [...Map.groupBy(clips, ({ condition }) => condition)].map(([condition, some]) => [
        condition,
        some.map(({ score }) => score).reduce(add),
      ]),
    ),
  }));
}

const addMotion = (a: MotionScore, b: MotionScore): MotionScore => ({
  frames: a.frames + b.frames,
  objects: a.objects + b.objects,
  hits: a.hits + b.hits,
  boxes: a.boxes + b.boxes,
  falseBoxes: a.falseBoxes + b.falseBoxes,
});

const addEmpty = (a: EmptyTotal, b: EmptyTotal): EmptyTotal => ({
  frames: a.frames + b.frames,
  alarmFrames: a.alarmFrames + b.alarmFrames,
  events: a.events + b.events,
  minutes: a.minutes + b.minutes,
});
