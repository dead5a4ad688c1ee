/** What a timetable says of arming just now, in words. */
import type { Calendar } from '../../calendar/timetable.ts';
import { DAYS_AHEAD, WindowClock } from '../../calendar/window-clock.ts';
import type { Timetable } from '../../contract/timetable.ts';
import type { Condition } from './decide.ts';

const HOUR = 3_600_000;

export class TimetableClock {
  readonly #windows: WindowClock;
  readonly #asClock: Intl.DateTimeFormat;
  readonly #asDay: Intl.DateTimeFormat;

  constructor(timetable: Timetable, calendar: Calendar) {
    const { timeZone } = calendar;
    this.#windows = new WindowClock(timetable, calendar);
    this.#asClock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
    this.#asDay = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'long' });
  }

  /**
   * @param now - Unix milliseconds.
   * @param isSet - Whether that can be believed. Otherwise the timetable arms: a burglar must not find
   * a camera that waits for its clock.
   */
  condition(now: number, isSet: boolean): Condition {
    if (!isSet) return { allows: true, because: 'the clock is not set yet, so the timetable counts as armed' };
    const { span, next } = this.#windows.at(now);
    if (span === undefined) {
      return { allows: false, because: next === undefined
        ? 'the timetable arms at no time of the week'
        : `it is outside of the timetable until ${this.#told(next, now)}` };
    }
    const lasts = span.to - now < (DAYS_AHEAD - 1) * 24 * HOUR;
    return {
      allows: true,
      because: lasts ? `the timetable arms until ${this.#told(span.to, now)}` : 'the timetable arms all week',
    };
  }

  /** When it says something else; undefined when it does not within a week. Unix milliseconds. */
  nextChange(now: number): number | undefined {
    const { span, next } = this.#windows.at(now);
    return span?.to ?? next;
  }

  #told(at: number, now: number): string {
    const clock = this.#asClock.format(at);
    return at - now < 24 * HOUR ? clock : `${this.#asDay.format(at)} ${clock}`;
  }
}
