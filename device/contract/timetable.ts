/** A weekly timetable: when a camera is armed. */
import { z } from 'zod';
import { inBraces } from './setting-fields.ts';

export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Weekday = (typeof WEEKDAYS)[number];
/** On a day of the list of holidays, windows for holidays count in place of those of its weekday. */
export type DayKind = Weekday | 'holiday';
const SUN_MOMENTS = ['dawn', 'sunrise', 'sunset', 'dusk'] as const;
export type SunMoment = (typeof SUN_MOMENTS)[number];

/** A moment of any day: by the clock, or by the sun. */
export type TimeOfDay =
  /** Minutes from midnight, up to 1440: the day's end. */
  | { readonly type: 'clock'; readonly minutes: number }
  /** Minutes after it, or before it. */
  | { readonly type: 'sun'; readonly moment: SunMoment; readonly offset: number };

const MOST_OFFSET = 12 * 60;

/** `06:30`, `24:00`, `sunset`, `sunrise-00:30`. @returns undefined for anything else. */
export function parseTimeOfDay(text: string): TimeOfDay | undefined {
  const clock = minutesOf(text);
  if (clock !== undefined) return { type: 'clock', minutes: clock };
  const [, word, sign, offset] = /^([a-z]+)(?:([+-])(\d{1,2}:\d{2}))?$/.exec(text) ?? [];
  const moment = SUN_MOMENTS.find((known) => known === word);
  const shift = offset === undefined ? 0 : minutesOf(offset);
  if (moment === undefined || shift === undefined || shift > MOST_OFFSET) return undefined;
  return { type: 'sun', moment, offset: sign === '-' ? -shift : shift };
}

function minutesOf(text: string): number | undefined {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? [];
  const total = Number(hours) * 60 + Number(minutes);
  return hours !== undefined && Number(minutes) < 60 && total <= 1440 ? total : undefined;
}

const TIME = 'must be a time such as 06:30, sunset or sunrise+00:30';
const time = z.string(TIME).refine((text) => parseTimeOfDay(text) !== undefined, TIME);
const GROUPS = { daily: [...WEEKDAYS, 'holiday'], weekdays: WEEKDAYS.slice(0, 5), weekend: WEEKDAYS.slice(5) } as const;
const DAYS = 'must be a list of monday to sunday, holiday, weekdays, weekend or daily, such as ["monday", "friday"]';
const DAY = 'must be one of monday to sunday, holiday, weekdays, weekend or daily';
const day = z.enum([...WEEKDAYS, 'holiday', 'daily', 'weekdays', 'weekend'], DAY);

const armedWindow = z.strictObject({
  days: z.array(day, DAYS).min(1, DAYS).max(12, DAYS).readonly().default(['daily']),
  from: time,
  /** At or before `from`, it is the next day's. */
  to: time,
}, { error: inBraces });
export type ArmedWindow = Readonly<z.infer<typeof armedWindow>>;

export const timetableSchema = z.array(armedWindow, 'must be a list').max(64, 'must be at most 64').readonly();
export type Timetable = Readonly<z.infer<typeof timetableSchema>>;

const HOLIDAY = 'must be a day such as 2026-12-25, or 12-25 for every year';
export const holidaysSchema = z.array(z.string(HOLIDAY).refine(isHoliday, HOLIDAY), 'must be a list')
  .max(400, 'must be at most 400')
  .readonly();

/** The single days that a window is for. */
export const daysOf = ({ days }: ArmedWindow): ReadonlySet<DayKind> =>
  new Set(days.flatMap((each): readonly DayKind[] =>
    (each === 'daily' || each === 'weekdays' || each === 'weekend' ? GROUPS[each] : [each])));

/** Whether any time of the timetable goes by the sun, for which one must know where the camera is. */
export const goesBySun = (timetable: Timetable): boolean =>
  timetable.some(({ from, to }) => [from, to].some((text) => parseTimeOfDay(text)?.type === 'sun'));

function isHoliday(text: string): boolean {
  const [, year = '2024', rest] = /^(?:(\d{4})-)?(\d{2}-\d{2})$/.exec(text) ?? [];
  const iso = `${year}-${rest}`; // 2024 has a 29 February
  const at = rest === undefined ? NaN : Date.parse(`${iso}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(iso);
}
