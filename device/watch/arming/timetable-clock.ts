/** What a timetable says just now, and until when. */
import type { Timetable } from '../../contract/timetable.ts';
import type { Condition } from './decide.ts';
import { armedSpans, type Calendar, type Span } from './timetable.ts';

/** A week and a day: every weekday comes at least once. */
const DAYS_AHEAD = 8;
const HOUR = 3_600_000;
/** What lies ahead is reckoned anew so often: a day that was far is near then. */
const ANEW_EVERY = 6 * HOUR;

export class TimetableClock {
  readonly #timetable: Timetable;
  readonly #calendar: Calendar;
  readonly #asClock: Intl.DateTimeFormat;
  readonly #asDay: Intl.DateTimeFormat;
  #reckoned: { readonly at: number; readonly spans: readonly Span[] } | undefined;

  constructor(timetable: Timetable, calendar: Calendar) {
    const { timeZone } = calendar;
    this.#timetable = timetable;
    this.#calendar = calendar;
    this.#asClock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
    this.#asDay = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'long' });
  }

  /**
   * @param now - Unix milliseconds.
   * @param isSet - Whether that can be believed. Otherwise the timetable arms: a burglar must not find a camera that waits for its clock.
   */
  condition(now: number, isSet: boolean): Condition {
    if (!isSet) return { allows: true, because: 'the clock is not set yet, so the timetable counts as armed' };
    const { span, next } = this.#at(now);
    if (span === undefined) {
      return { allows: false, because: next === undefined ? 'the timetable arms at no time of the week' : `it is outside of the timetable until ${this.#told(next, now)}` };
    }
    const lasts = span.to - now < (DAYS_AHEAD - 1) * 24 * HOUR;
    return { allows: true, because: lasts ? `the timetable arms until ${this.#told(span.to, now)}` : 'the timetable arms all week' };
  }

  /** When it says something else; undefined when it does not within a week. Unix milliseconds. */
  nextChange(now: number): number | undefined {
    const { span, next } = this.#at(now);
    return span?.to ?? next;
  }

  #at(now: number): { readonly span: Span | undefined; readonly next: number | undefined } {
    const spans = this.#spans(now);
    return { span: spans.find(({ from, to }) => from <= now && now < to), next: spans.find(({ from }) => from > now)?.from };
  }

  #spans(now: number): readonly Span[] {
    const passed = now - (this.#reckoned?.at ?? Infinity);
    if (this.#reckoned === undefined || passed < 0 || passed > ANEW_EVERY) {
      this.#reckoned = { at: now, spans: armedSpans(this.#timetable, now, DAYS_AHEAD, this.#calendar) };
    }
    return this.#reckoned.spans;
  }

  #told(at: number, now: number): string {
    const clock = this.#asClock.format(at);
    return at - now < 24 * HOUR ? clock : `${this.#asDay.format(at)} ${clock}`;
  }
}
