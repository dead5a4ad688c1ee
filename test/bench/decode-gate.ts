/** Whether what the decode gate leaves out is missed: the events of `vision.decode` `auto` against those of `full`. */
import { detectByTyto } from './detections.ts';
import type { DetectedEvent } from './score.ts';

export interface Agreement {
  readonly looksAuto: number;
  readonly looksFull: number;
  readonly eventsAuto: number;
  readonly eventsFull: number;
  /** Seconds between the starts of an event of `full` and the nearest of `auto`, at most; undefined without events. */
  readonly latestStart: number | undefined;
}

export async function compareDecoding(file: string): Promise<Agreement> {
  const [auto, full] = await Promise.all(
    ['auto', 'full'].map((mode) => detectByTyto(file, { TYTO_VISION_DECODE: mode })),
  );
  if (auto === undefined || full === undefined) throw new Error('two runs were asked for');
  return {
    looksAuto: auto.rows.length,
    looksFull: full.rows.length,
    eventsAuto: auto.events.length,
    eventsFull: full.events.length,
    latestStart: largestDistance(full.events, auto.events),
  };
}

/**
 * From each event of `from` to the nearest start among `to`, the largest; undefined when there is none to measure
 * from.
 */
export function largestDistance(from: readonly DetectedEvent[], to: readonly DetectedEvent[]): number | undefined {
  if (from.length === 0) return undefined;
  return Math.max(...from.map(({ start }) => Math.min(...to.map((other) => Math.abs(other.start - start)))));
}
