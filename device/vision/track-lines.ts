/**
 * Counts who steps over lines. A thing is counted once its foot, having gone through the line, is clearly on the other
 * side: feet jitter by a cell, and by a part of the thing's height when legs come and go. So jitter on a line counts
 * once at most, who turns back on it counts not, and neither does a thing that is lost on it.
 */
import type { CountingLine } from '../contract/places.ts';
import type { Crossing } from '../core/frame.ts';
import { distanceToRight, type Point, type Size } from '../core/geometry.ts';

/** What is remembered of one thing at one line. */
interface Passage {
  readonly foot: Point;
  /** Steps through the line, to the right less to the left, since the thing was last clearly on a side. */
  readonly through: number;
}

/** Pixels, and share of a thing's height, that a foot must be beyond a line. */
const [clearPixels, clearHeight] = [4, 0.1];

export class LineCounter {
  readonly #lines: readonly CountingLine[];
  readonly #size: Size;
  readonly #passages = new Map<string, Passage>();

  /** @param size - Of the frames: what is near is meant in pixels. */
  constructor(lines: readonly CountingLine[], size: Size) {
    this.#lines = lines;
    this.#size = size;
  }

  /**
   * @param foot - Of the thing with number `track`, and `height` of its box: fractions of the picture.
   * @returns The lines that it has stepped over since the call before.
   */
  step(track: number, foot: Point, height: number): Crossing[] {
    return this.#lines.flatMap((line) => {
      const key = `${track} ${line.name}`;
      const before = this.#passages.get(key);
      const [a, b, here] = [this.#pixels(line.from), this.#pixels(line.to), this.#pixels(foot)];
      const through = (before?.through ?? 0) + (before === undefined ? 0 : stepThrough(a, b, before.foot, here));
      const clear = Math.max(clearPixels, clearHeight * height * this.#size.height);
      const beyond = distanceToRight(a, b, here);
      const counts = through * beyond > 0 && Math.abs(beyond) > clear;
      this.#passages.set(key, { foot: here, through: Math.abs(beyond) > clear ? 0 : through });
      return counts ? [{ line: line.name, direction: through > 0 ? 'in' : 'out', track }] : [];
    });
  }

  /** Forgets all things but those with a number in `tracks`. */
  keep(tracks: ReadonlySet<number>): void {
    for (const key of this.#passages.keys()) if (!tracks.has(Number.parseInt(key, 10))) this.#passages.delete(key);
  }

  #pixels([x, y]: Point): Point { return [x * this.#size.width, y * this.#size.height]; }
}

/** 1 for a step through the line to its right, -1 to its left, 0 for one that does not go through it. */
function stepThrough(from: Point, to: Point, before: Point, here: Point): number {
  const [was, is] = [distanceToRight(from, to, before), distanceToRight(from, to, here)];
  if ((was >= 0) === (is >= 0)) return 0;
  const share = was / (was - is);
  const [x, y] = [before[0] + share * (here[0] - before[0]), before[1] + share * (here[1] - before[1])];
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const along = ((x - from[0]) * dx + (y - from[1]) * dy) / (dx * dx + dy * dy);
  return along < 0 || along > 1 ? 0 : is >= 0 ? 1 : -1;
}
