/** Which times a weekly timetable arms. Times are those of a place's clock, through both daylight-saving days. */
import { Temporal } from 'temporal-polyfill';
import {
  daysOf, parseTimeOfDay, WEEKDAYS, type ArmedWindow, type DayKind, type SunMoment, type TimeOfDay, type Timetable,
} from '../contract/timetable.ts';
import { sunAt, type Coordinates } from './sun.ts';

export interface Calendar {
  /** IANA, such as `Europe/Berlin`. */
  readonly timeZone: string;
  /** Undefined where nothing goes by the sun. */
  readonly place: Coordinates | undefined;
  /** `2026-12-25`, or `12-25` for every year. */
  readonly holidays: readonly string[];
}

/** Unix milliseconds, from the first to before the second. */
export interface Span { readonly from: number; readonly to: number }

/**
 * All armed spans that touch the `days` from the day of `at` on, in order, none touching another.
 *
 * A window belongs to the day it begins on. Whether it ends on the next one is told by its two times alone,
 * as they are on a day with sun from 6 to 18 h: `sunset` to `20:00` is empty on a summer's day on which the
 * sun sets later, and not a day long.
 */
export function armedSpans(timetable: Timetable, at: number, days: number, calendar: Calendar): readonly Span[] {
  const today = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(calendar.timeZone).toPlainDate();
  const spans: Span[] = [];
  for (let day = -1; day < days; day++) { // a window of yesterday may last into today
    const date = today.add({ days: day });
    const kind = kindOf(date, calendar.holidays);
    for (const window of timetable) if (daysOf(window).has(kind)) spans.push(spanOf(window, date, calendar));
  }
  return joined(spans.filter(({ from, to }) => from < to));
}

function kindOf(date: Temporal.PlainDate, holidays: readonly string[]): DayKind {
  const text = date.toString();
  if (holidays.includes(text) || holidays.includes(text.slice(5))) return 'holiday';
  return WEEKDAYS[date.dayOfWeek - 1] ?? 'monday';
}

function spanOf({ from, to }: ArmedWindow, date: Temporal.PlainDate, calendar: Calendar): Span {
  const [begin, end] = [timeOf(from), timeOf(to)];
  const endsNextDay = nominal(end) <= nominal(begin);
  return {
    // An hour that comes twice, or never, is armed rather than not.
    from: momentOf(begin, date, calendar, 'earlier'),
    to: momentOf(end, endsNextDay ? date.add({ days: 1 }) : date, calendar, 'later'),
  };
}

function timeOf(text: string): TimeOfDay {
  const time = parseTimeOfDay(text);
  if (time === undefined) throw new RangeError(`${text} is no time of day`);
  return time;
}

const NOMINAL: Readonly<Record<SunMoment, number>> = { dawn: 330, sunrise: 360, sunset: 1080, dusk: 1110 };
const nominal = (time: TimeOfDay): number =>
  (time.type === 'clock' ? time.minutes : NOMINAL[time.moment] + time.offset);

function momentOf(
  time: TimeOfDay, date: Temporal.PlainDate, { timeZone, place }: Calendar, disambiguation: 'earlier' | 'later',
): number {
  if (time.type === 'clock') {
    const day = date.add({ days: Math.floor(time.minutes / 1440) });
    const clock = { hour: Math.floor(time.minutes / 60) % 24, minute: time.minutes % 60 };
    return day.toPlainDateTime(clock).toZonedDateTime(timeZone, { disambiguation }).epochMilliseconds;
  }
  if (place === undefined) throw new RangeError('a timetable that goes by the sun needs a place');
  const midnight = (day: Temporal.PlainDate): number => day.toZonedDateTime(timeZone).epochMilliseconds;
  return sunAt(time.moment, { start: midnight(date), end: midnight(date.add({ days: 1 })) }, place)
    + time.offset * 60_000;
}

function joined(spans: readonly Span[]): readonly Span[] {
  const all: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    if (last !== undefined && span.from <= last.to)
      all[all.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
    else all.push(span);
  }
  return all;
}
