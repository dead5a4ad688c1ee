/**
 * Judges detections against ground truth, by the same definitions as the reference scorer that comes with the
 * evaluation footage, so that our figures can stand beside the peers'.
 *
 * Truth file: one JSON line `{first, frames, gw, gh, fps}`, then zlib data: one byte for each cell of a gw x gh grid,
 * frame after frame; 0 background, 1..249 an object, 250 foreground too small to count, 255 ignore.
 */
import { inflateSync } from 'node:zlib';
import type { Box } from '../../device/core/geometry.ts';

/** One line of `tyto detect --json`: `t` in seconds from the clip's start. */
export interface DetectionRow {
  readonly t: number;
  readonly motion: boolean;
  readonly boxes: readonly Box[];
}
export interface DetectedEvent {
  readonly start: number;
  readonly end?: number;
}

export interface Truth {
  readonly first: number;
  readonly frames: number;
  readonly gw: number;
  readonly gh: number;
  readonly fps: number;
  readonly cells: Uint8Array;
}

/** Counts, not shares, so that several clips can be added up. */
export interface MotionScore {
  readonly frames: number;
  readonly objects: number;
  /** Objects of which the boxes cover at least a quarter. */
  readonly hits: number;
  readonly boxes: number;
  /** Boxes of which less than 2 % is foreground or ignore. */
  readonly falseBoxes: number;
}

export interface EmptyScore {
  readonly frames: number;
  readonly alarmFrames: number;
  readonly events: number;
}

/** @throws {Error} When `file` does not hold the cells its head promises. */
export function readTruth(file: Buffer): Truth {
  const headEnd = file.indexOf(10);
  const head = JSON.parse(file.toString('utf8', 0, headEnd)) as Omit<Truth, 'cells'>;
  const cells = inflateSync(file.subarray(headEnd + 1));
  const expected = head.frames * head.gw * head.gh;
  if (cells.length !== expected) throw new Error(`truth: expected ${expected} cells, got ${cells.length}`);
  return { ...head, cells };
}

export function scoreMotion(rows: readonly DetectionRow[], truth: Truth): MotionScore {
  const size = truth.gw * truth.gh;
  let [frames, objects, hits, boxes, falseBoxes] = [0, 0, 0, 0, 0];
  for (const row of rows) {
    const index = roundHalfEven(row.t * truth.fps) - truth.first;
    if (index < 0 || index >= truth.frames) continue;
    frames += 1;
    const cells = truth.cells.subarray(index * size, (index + 1) * size);
    const covered = new Uint8Array(size);
    for (const box of row.boxes) {
      boxes += 1;
      if (cover(box, truth, cells, covered) < 0.02) falseBoxes += 1;
    }
    for (const [whole, seen] of objectSizes(cells, covered).values()) {
      objects += 1;
      if (seen >= 0.25 * whole) hits += 1;
    }
  }
  return { frames, objects, hits, boxes, falseBoxes };
}

/** Alarms of a clip in which nothing happens; the first `skip` seconds, in which a detector may learn, do not count. */
export function scoreEmpty(rows: readonly DetectionRow[], events: readonly DetectedEvent[], skip: number): EmptyScore {
  const scored = rows.filter((row) => row.t >= skip);
  return {
    frames: scored.length,
    alarmFrames: scored.filter((row) => row.motion).length,
    events: events.filter((event) => (event.end ?? event.start) >= skip).length,
  };
}

/** Marks the cells under `box`; returns the share of them that is no background. */
function cover([x, y, width, height]: Box, { gw, gh }: Truth, cells: Uint8Array, covered: Uint8Array): number {
  const left = Math.max(0, Math.trunc(x * gw));
  const top = Math.max(0, Math.trunc(y * gh));
  const right = Math.min(gw, Math.max(left + 1, roundHalfEven((x + width) * gw)));
  const bottom = Math.min(gh, Math.max(top + 1, roundHalfEven((y + height) * gh)));
  let [area, known] = [0, 0];
  for (let row = top; row < bottom; row += 1) {
    for (let cell = row * gw + left; cell < row * gw + right; cell += 1) {
      covered[cell] = 1;
      area += 1;
      if (cells[cell] !== 0) known += 1;
    }
  }
  return area === 0 ? 0 : known / area;
}

/** Object number -> `[cells, cells that boxes cover]`. */
function objectSizes(cells: Uint8Array, covered: Uint8Array): Map<number, readonly [number, number]> {
  const sizes = new Map<number, readonly [number, number]>();
  cells.forEach((object, cell) => {
    if (object === 0 || object >= 250) return;
    const [whole, seen] = sizes.get(object) ?? [0, 0];
    sizes.set(object, [whole + 1, seen + (covered[cell] ?? 0)]);
  });
  return sizes;
}

/** As the reference scorer rounds: a half goes to the even neighbour. */
function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below;
}
