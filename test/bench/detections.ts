/** Detections as the scorer takes them: Tyto's, and those of others under Tyto's own rule of what an event is. */
import { EventList } from '../../device/cli/detect/event-list.ts';
import { nothingSeen } from '../../device/core/frame.ts';
import { ratio, seconds } from '../../device/core/units.ts';
import { settings } from '../../device/config/settings.ts';
import { tyto } from './project.ts';
import { outputOf, parseLines } from './run.ts';
import type { DetectedEvent, DetectionRow } from './score.ts';

export interface Detections {
  readonly rows: readonly DetectionRow[];
  readonly events: readonly DetectedEvent[];
}

/** What `tyto detect` sees in a clip. */
export const detectByTyto = async (file: string, given: Readonly<Record<string, string>> = {}): Promise<Detections> =>
  parseDetections(await outputOf(tyto(['detect', file, '--json'], given)));

/** Reads the lines of `tyto detect --json`. */
export function parseDetections(output: string): Detections {
  const lines = parseLines(output) as readonly (DetectionRow | { readonly events: readonly DetectedEvent[] })[];
  return {
    rows: lines.filter((line) => 't' in line),
    events: lines.flatMap((line) => ('events' in line ? line.events : [])),
  };
}

/** The same of boxes that another detector found: what has a box moves. */
export function detectionsOf(found: readonly Pick<DetectionRow, 't' | 'boxes'>[]): Detections {
  const { motion, recording } = settings;
  const list = new EventList({
    minimumDuration: motion.minimum_duration.default,
    quiet: recording.post_roll.default,
    maxLength: recording.max_length.default,
  });
  for (const { t, boxes } of found) {
    list.add({ ...nothingSeen(seconds(t)), motion: boxes.length > 0, score: ratio(boxes.length > 0 ? 1 : 0), boxes });
  }
  return {
    rows: found.map(({ t, boxes }) => ({ t, motion: boxes.length > 0, boxes })),
    events: list.finish().map(({ start, end }) => ({ start: start / 1000, end: end / 1000 })),
  };
}
