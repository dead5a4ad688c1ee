/** How well `tyto detect` sees, by condition: objects found, boxes on nothing, alarms in empty scenes. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { detectCommand, footage } from './project.ts';
import { readTruth, scoreEmpty, scoreMotion, type DetectedEvent, type DetectionRow } from './score.ts';

export interface Detections { readonly rows: readonly DetectionRow[]; readonly events: readonly DetectedEvent[] }

export interface QualityRow {
  readonly condition: string;
  /** Share of objects found; undefined where there is no clip with objects. */
  readonly recall: number | undefined;
  readonly falseBoxesPer100Frames: number | undefined;
  readonly emptyAlarmFrames: number;
  readonly emptyEvents: number;
}

export const conditions = ['clean', 'noise', 'night', 'cloud', 'flicker', 'rain', 'shake'] as const;
/** Seconds of an empty scene in which a detector may learn. */
const learning = 30;

/** Clips are named `SCENE.CONDITION.mp4` and `SCENE.CONDITION.empty.mp4`. */
export function measureQuality(): QualityRow[] {
  return conditions.map((condition) => {
    const total = { objects: 0, hits: 0, frames: 0, falseBoxes: 0 };
    for (const file of clips('motion', `.${condition}.mp4`)) {
      const score = scoreMotion(detect(file).rows, readTruth(readFileSync(file.replace(/mp4$/, 'truth'))));
      for (const key of ['objects', 'hits', 'frames', 'falseBoxes'] as const) total[key] += score[key];
    }
    const empties = clips('empty', `.${condition}.empty.mp4`).map(detect)
      .map(({ rows, events }) => scoreEmpty(rows, events, learning));
    return {
      condition,
      recall: total.objects > 0 ? total.hits / total.objects : undefined,
      falseBoxesPer100Frames: total.frames > 0 ? (100 * total.falseBoxes) / total.frames : undefined,
      emptyAlarmFrames: empties.reduce((sum, { alarmFrames }) => sum + alarmFrames, 0),
      emptyEvents: empties.reduce((sum, { events }) => sum + events, 0),
    };
  });
}

function clips(folder: string, ending: string): string[] {
  const place = path.join(footage, folder);
  if (!existsSync(place)) return [];
  return readdirSync(place).filter((name) => name.endsWith(ending)).map((name) => path.join(place, name));
}

function detect(file: string): Detections {
  const [program, ...args] = detectCommand(file);
  const run = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (run.status !== 0) throw new Error(`tyto detect ${file}: ${run.stderr.trim()}`);
  return parseDetections(run.stdout);
}

/** Reads the lines of `tyto detect --json`. */
export function parseDetections(output: string): Detections {
  const lines = output.split('\n').filter((line) => line !== '')
    .map((line) => JSON.parse(line) as DetectionRow | { readonly events: readonly DetectedEvent[] });
  return {
    rows: lines.filter((line) => 't' in line),
    events: lines.flatMap((line) => ('events' in line ? line.events : [])),
  };
}
