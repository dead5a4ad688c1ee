/**
 * Brings colour frames together with what vision saw at their moment. They come from two pipes, and either may be read
 * first: a face looked for where something is a second later is not found, or is given to somebody else.
 */
import type { ColourFrame, Observation } from '../../core/frame.ts';
import { seconds } from '../../core/units.ts';

export interface ColourMoment {
  readonly frame: ColourFrame;
  readonly seen: Observation;
}

/** How late a colour frame may come: ffmpeg writes both in step, and a pipe holds little. */
const REMEMBERED = seconds(5);

export class ColourMoments {
  #waiting: readonly ColourFrame[] = [];
  #recent: readonly Observation[] = [];

  put(frame: ColourFrame): void {
    this.#waiting = [...this.#waiting, frame];
  }

  /** The frames up to the moment of `seen` in which something moved. Observations come in order of time. */
  until(seen: Observation): readonly ColourMoment[] {
    this.#recent = [...this.#recent.filter(({ at }) => seen.at - at <= REMEMBERED), seen];
    const due = this.#waiting.filter(({ at }) => at <= seen.at);
    this.#waiting = this.#waiting.filter(({ at }) => at > seen.at);
    return due.map((frame) => ({ frame, seen: this.#nearest(frame, seen) }))
      .filter((moment) => moment.seen.tracks.length > 0);
  }

  #nearest({ at }: ColourFrame, newest: Observation): Observation {
    const distance = (seen: Observation): number => Math.abs(seen.at - at);
    return this.#recent.reduce((best, each) => (distance(each) < distance(best) ? each : best), newest);
  }
}
