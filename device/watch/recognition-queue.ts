/**
 * Which colour picture is worth a look for faces and things, and what in it. Values in, at most one
 * question out; no clock of its own.
 */
import type { ColourFrame, Observation, Track } from '../core/frame.ts';
import { boxArea } from '../core/geometry.ts';
import { giveBack } from '../core/give-back.ts';
import { seconds, type Millis } from '../core/units.ts';

export interface Question {
  readonly frame: ColourFrame;
  /** What vision saw in the frame of the same moment. */
  readonly seen: Observation;
  /** What to look at. */
  readonly tracks: readonly Track[];
}

/** Things of one question: each costs a look of its own. */
const MOST_TRACKS = 4;
/** Frames for colour and for motion that are this close are of one moment. */
const SAME_MOMENT = seconds(0.3);
/** What has been looked at so often is known as well as it will be: it is looked at more rarely. */
const WELL_SEEN = 5;
const RARELY = 5;
const MOST_REMEMBERED = 256;
/** Frames come a little early now and then. */
const ALMOST = 0.9;

export class RecognitionQueue {
  #frame: ColourFrame | undefined;
  #moment: Pick<Question, 'frame' | 'seen'> | undefined;
  #recent: readonly Observation[] = [];
  #askedAt: Millis | undefined;
  /** How often each thing has been looked at. */
  readonly #looks = new Map<string, number>();

  /**
   * The newest colour frame, which is the queue's from now on; one that vision has not spoken of yet gives way to it.
   */
  frame(frame: ColourFrame): void {
    if (this.#frame !== undefined) giveBack(this.#frame.pixels);
    this.#frame = frame;
    this.#match();
  }

  observed(seen: Observation): void {
    this.#recent = [...this.#recent.filter(({ at }) => at <= seen.at && seen.at - at <= 2 * SAME_MOMENT), seen];
    this.#match();
  }

  /**
   * The question that is due, about the newest moment in which something moves; undefined while there is none.
   * @param every - Shortest time between two questions.
   */
  take(every: Millis): Question | undefined {
    if (this.#moment === undefined) return undefined;
    const { frame, seen } = this.#moment;
    if (!this.#isDue(frame.at, seen.tracks, every)) return undefined;
    this.#moment = undefined;
    this.#askedAt = frame.at;
    const wanted = this.#byWish(seen.tracks).slice(0, MOST_TRACKS);
    for (const track of wanted) this.#looks.set(keyOf(track), this.#looksAt(track) + 1);
    for (const key of this.#looks.keys()) if (this.#looks.size > MOST_REMEMBERED) this.#looks.delete(key);
    return { frame, seen, tracks: wanted };
  }

  /** Brings a frame together with what vision saw at its moment, once it has spoken of it. */
  #match(): void {
    const frame = this.#frame;
    const newest = this.#recent.at(-1);
    if (frame === undefined || newest === undefined || newest.at < frame.at) return;
    this.#frame = undefined;
    const seen = this.#recent.reduce(
      (best, each) => (Math.abs(each.at - frame.at) < Math.abs(best.at - frame.at) ? each : best), newest,
    );
    const moves = seen.motion && seen.tracks.length > 0 && Math.abs(seen.at - frame.at) <= SAME_MOMENT;
    if (this.#moment !== undefined) giveBack(this.#moment.frame.pixels);
    if (!moves) giveBack(frame.pixels);
    this.#moment = moves ? { frame, seen } : undefined;
  }

  #isDue(at: Millis, tracks: readonly Track[], every: Millis): boolean {
    if (this.#askedAt === undefined || at < this.#askedAt) return true;
    const known = tracks.every((track) => this.#looksAt(track) >= WELL_SEEN);
    return at - this.#askedAt >= every * ALMOST * (known ? RARELY : 1);
  }

  #byWish(tracks: readonly Track[]): readonly Track[] {
    return [...tracks].sort((a, b) => this.#looksAt(a) - this.#looksAt(b) || boxArea(b.box) - boxArea(a.box));
  }

  #looksAt(track: Track): number { return this.#looks.get(keyOf(track)) ?? 0; }
}

const keyOf = ({ id, since }: Track): string => `${id} since ${since}`;
