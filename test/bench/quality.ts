/**
 * How well motion is seen, by condition: objects found, boxes on nothing, events in empty scenes. Tyto beside whoever
 * is installed.
 */
import { readFileSync } from 'node:fs';
import { MotionRun, motionVersion } from './motion-peer.ts';
import { detectByTyto, type Detections } from './detections.ts';
import { methodNames, opencvMethods, type OpencvPeers } from './opencv-peers.ts';
import { footageOf } from './project.ts';
import { inParallel } from './run.ts';
import { readTruth, scoreEmpty, scoreMotion, type EmptyScore, type MotionScore } from './score.ts';

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
  return totals(scored, (a, b) => ({
    frames: a.frames + b.frames,
    objects: a.objects + b.objects,
    hits: a.hits + b.hits,
    boxes: a.boxes + b.boxes,
    falseBoxes: a.falseBoxes + b.falseBoxes,
  }));
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

const addEmpty = (a: EmptyTotal, b: EmptyTotal): EmptyTotal => ({
  frames: a.frames + b.frames,
  alarmFrames: a.alarmFrames + b.alarmFrames,
  events: a.events + b.events,
  minutes: a.minutes + b.minutes,
});
