/** What a timetable says just now, and until when. */
import type { Timetable } from '../contract/timetable.ts';
import { armedSpans, type Calendar, type Span } from './timetable.ts';

/** A week and a day: every weekday comes at least once. */
export const DAYS_AHEAD = 8;
/** What lies ahead is reckoned anew so often: a day that was far is near then. */
const ANEW_EVERY = 6 * 3_600_000;

/** Times in Unix milliseconds. */
export class WindowClock {
  readonly #timetable: Timetable;
  readonly #calendar: Calendar;
  #reckoned: { readonly at: number; readonly spans: readonly Span[] } | undefined;
  constructor(timetable: Timetable, calendar: Calendar) {
    this.#timetable = timetable;
    this.#calendar = calendar;
  }

  /**
   * The span that `now` lies in, and when the one after it begins; either undefined where there is none within a week.
   */
  at(now: number): { readonly span: Span | undefined; readonly next: number | undefined } {
    const spans = this.#spans(now);
    return {
      span: spans.find(({ from, to }) => from <= now && now < to), next: spans.find(({ from }) => from > now)?.from,
    };
  }

  #spans(now: number): readonly Span[] {
    const passed = now - (this.#reckoned?.at ?? Infinity);
    if (this.#reckoned === undefined || passed < 0 || passed > ANEW_EVERY) {
      this.#reckoned = { at: now, spans: armedSpans(this.#timetable, now, DAYS_AHEAD, this.#calendar) };
    }
    return this.#reckoned.spans;
  }
}
