/** What is told of each thing that is followed: its way, how long it was in which zone, which lines it stepped over. */
import type { CountingLine } from '../contract/places.ts';
import type { Crossing, Track, ZoneStay } from '../core/frame.ts';
import { footOf, type Box, type Point, type Size } from '../core/geometry.ts';
import { millis } from '../core/units.ts';
import { LineCounter } from './track-lines.ts';
import { extendPath } from './track-path.ts';

/** One look at one thing. */
export interface Look {
  readonly id: number;
  readonly box: Box;
  readonly since: number;
  readonly moving: boolean;
  /** Names of the zones that it stands in. */
  readonly zones: readonly string[];
}

interface Story { readonly seen: number; readonly path: readonly Point[]; readonly stays: readonly ZoneStay[] }

export class TrackRecorder {
  readonly #size: Size;
  #lines: LineCounter;
  readonly #stories = new Map<number, Story>();

  /** @param size - Of the frames. */
  constructor(lines: readonly CountingLine[], size: Size) {
    this.#size = size;
    this.#lines = new LineCounter(lines, size);
  }

  /** Counts at other lines from now on. */
  countAt(lines: readonly CountingLine[]): void { this.#lines = new LineCounter(lines, this.#size); }

  record({ id, box, since, moving, zones }: Look, atMs: number): { track: Track; crossings: readonly Crossing[] } {
    const before = this.#stories.get(id);
    const foot = footOf(box);
    const story: Story = {
      seen: atMs, path: extendPath(before?.path ?? [], foot),
      stays: stay(before?.stays ?? [], zones, before === undefined ? 0 : atMs - before.seen),
    };
    this.#stories.set(id, story);
    return {
      track: { id, box, since: millis(since), moving, path: story.path, zones: story.stays },
      crossings: this.#lines.step(id, foot, box[3]),
    };
  }

  /** Forgets all things but those with a number in `ids`. */
  keep(ids: ReadonlySet<number>): void {
    for (const id of this.#stories.keys()) if (!ids.has(id)) this.#stories.delete(id);
    this.#lines.keep(ids);
  }
}

/** Adds the time since the look before to each zone that the thing was in then and is in now. */
function stay(stays: readonly ZoneStay[], inside: readonly string[], elapsed: number): readonly ZoneStay[] {
  if (stays.length === 0 && inside.length === 0) return stays;
  const entered = inside.filter((name) => !stays.some(({ zone }) => zone === name));
  return [
    ...stays.map((before) => {
      const now = inside.includes(before.zone);
      return { ...before, time: millis(before.time + (before.inside && now ? elapsed : 0)), inside: now };
    }),
    ...entered.map((zone) => ({ zone, time: millis(0), inside: true })),
  ];
}
