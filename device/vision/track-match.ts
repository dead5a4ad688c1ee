/** Which blob of a frame goes on from which track of the frame before. */
import type { Blob } from './blobs.ts';
import { cellSize } from './pixel-buffers.ts';

/** What is known of a track that a blob may go on from. */
export interface Followed {
  readonly blob: Blob;
  /** Cells that it moves in `usualStepMs`. */
  readonly dx: number;
  readonly dy: number;
  /** Frames in which it moved. */
  readonly hits: number;
  readonly moves: boolean;
  /** Frames in which it was seen. */
  readonly looks: number;
  /** It was darker than the background, and more than an insect. */
  readonly dark: boolean;
}

/** From the frame before to this one. */
export interface Step {
  readonly stepMs: number;
  /** It rains or snows. */
  readonly isWeather: boolean;
}

/** Frames in which a thing must have moved. */
export const hitsNeeded = 2;
/** The share of a blob's pixels that must change for it to move. */
const moves = 0.06;
const fastestCells = 8;
/**
 * Strands of a web, twigs, wires: so many pixels long, and so many wide in the mean, at most; several together fill so
 * much of their box, at most. People are wider.
 */
const [strandLong, strandWide, strandFill] = [24, 1.5, 0.12];
/** Speeds count for a step from frame to frame of so long. */
const usualStepMs = 200;
/** In rain and snow, what was seen once may be so many cells away in the next frame, and so far from where it goes. */
const weatherLeap = 2.5;

export const isMoving = (blob: Blob): boolean => blob.moving >= Math.max(3, moves * blob.pixels);
/** Whether a blob is too thin for its length to be a thing. */
export function isStrand({ left, top, right, bottom, pixels }: Blob): boolean {
  const [wide, high] = [cellSize * (right - left), cellSize * (bottom - top)];
  const long = Math.max(wide, high);
  return long >= strandLong && (pixels < strandWide * long || pixels < strandFill * wide * high);
}
/** The speed of what moved so many cells in `ms`: cells in `usualStepMs`, no more than can be. */
export const speedOf = (cells: number, ms: number): number =>
  Math.min(Math.max(cells * usualStepMs / ms, -fastestCells), fastestCells);
/** Cells to the right and down. */
export interface Way { readonly x: number; readonly y: number }
const nowhere: Way = { x: 0, y: 0 };

/** The way from the middle of one to the middle of the other. */
export const between = (from: Blob, to: Blob): Way => ({
  x: (to.left + to.right - from.left - from.right) / 2, y: (to.top + to.bottom - from.top - from.bottom) / 2,
});

/** Cells that two boxes share when the second, stretched along its way, grows by `margin`; 0 when apart. */
export function overlap(a: Blob, b: Blob, margin = 0, way = nowhere): number {
  const left = Math.max(a.left, b.left + Math.min(0, way.x) - margin);
  const right = Math.min(a.right, b.right + Math.max(0, way.x) + margin);
  const top = Math.max(a.top, b.top + Math.min(0, way.y) - margin);
  const bottom = Math.min(a.bottom, b.bottom + Math.max(0, way.y) + margin);
  return right > left && bottom > top ? (right - left) * (bottom - top) : 0;
}

/** The way that a track goes on in `stepMs`, by its speed. */
const wayOf = ({ dx, dy }: Followed, stepMs: number): Way =>
  ({ x: dx * stepMs / usualStepMs, y: dy * stepMs / usualStepMs });

const meeting = (blob: Blob, track: Followed, stepMs: number): number =>
  overlap(blob, track.blob, 1, wayOf(track, stepMs));

/** The track that each blob goes on from: where it overlaps; else, for one that moves fast, one alike and not far. */
export function match<T extends Followed>(
  blobs: readonly Blob[], tracks: readonly T[], step: Step,
): Map<Blob, T> {
  const { stepMs, isWeather } = step;
  const pasts = new Map<Blob, T>();
  const taken = new Set<T>();
  const take = (blob: Blob, track: T | undefined): void => {
    if (track === undefined) return;
    pasts.set(blob, track);
    taken.add(track);
  };
  const worth = (blob: Blob, track: T): number | undefined => {
    const shared = meeting(blob, track, stepMs);
    if (shared === 0 || (isWeather && !track.dark && !isAlike(blob, track.blob))) return undefined;
    return (track.hits >= hitsNeeded ? 1e6 : 0) + shared;
  };
  for (const blob of blobs) take(blob, best(tracks, (track) => worth(blob, track)));
  for (const blob of blobs) {
    if (pasts.has(blob) || !isMoving(blob)) continue;
    const far = tracks.filter((track) => !taken.has(track) && track.moves && isAlike(blob, track.blob));
    const reached = far.filter((track) => isExpected(blob, track, step));
    take(blob, best(reached, (track) => -distance(blob, track.blob)));
  }
  return pasts;
}

/** The first of those that are worth most, and anything. */
function best<T>(tracks: readonly T[], worth: (track: T) => number | undefined): T | undefined {
  let found: T | undefined;
  let most = -Infinity;
  for (const track of tracks) {
    const value = worth(track) ?? -Infinity;
    if (value > most) {
      found = track;
      most = value;
    }
  }
  return found;
}

const isAlike = (a: Blob, b: Blob): boolean => a.pixels > 0.4 * b.pixels && a.pixels < 2.5 * b.pixels;
const lengthOf = ({ x, y }: Way): number => Math.hypot(x, y);
const distance = (a: Blob, b: Blob): number => lengthOf(between(a, b));

/** Whether a blob lies where the track goes; where nothing is known of its way, whether it is near. */
function isExpected(blob: Blob, track: Followed, { stepMs, isWeather }: Step): boolean {
  const [gone, way] = [between(track.blob, blob), wayOf(track, stepMs)];
  const leaps = isWeather && !track.dark ? weatherLeap : undefined;
  if (track.looks === 1) return lengthOf(gone) < (leaps ?? leap(blob));
  return Math.hypot(gone.x - way.x, gone.y - way.y) < (leaps ?? leap(blob) / 2);
}

const leap = (blob: Blob): number => 2 * Math.max(blob.right - blob.left, blob.bottom - blob.top) + 2;

/** Of the blobs that go on from one track, the one that is most of it. */
export function chooseHeirs<T extends Followed>(
  blobs: readonly Blob[], pasts: ReadonlyMap<Blob, T>, stepMs: number,
): Map<T, Blob> {
  const heirs = new Map<T, Blob>();
  for (const blob of blobs) {
    const past = pasts.get(blob);
    if (past === undefined) continue;
    const other = heirs.get(past);
    const weight = (part: Blob): number => meeting(part, past, stepMs) * part.pixels;
    if (other === undefined || weight(blob) > weight(other)) heirs.set(past, blob);
  }
  return heirs;
}
