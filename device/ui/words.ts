/** Events, times and lengths in words: pure. */
import type { EventKind } from '../contract/event.ts';

const KIND_WORDS: Readonly<Record<EventKind, string>> = {
  motion: 'Movement', person: 'Person', vehicle: 'Vehicle', animal: 'Animal', face: 'Face',
  covered: 'Camera covered', defocused: 'Camera out of focus', moved: 'Camera moved',
  blinded: 'Camera blinded', frozen: 'Picture frozen',
  manual: 'Started by hand', external: 'Outside signal',
  continuous: 'Continuous recording',
};

/**
 * Every kind that something that happened may be of. Not from the contract, which brings its decoders
 * along: the page has no use for them.
 */
export const KINDS = (Object.keys(KIND_WORDS) as readonly EventKind[]).filter((kind) => kind !== 'continuous');

export const kindsInWords = (kinds: readonly EventKind[]): string => kinds.map((kind) => KIND_WORDS[kind]).join(', ');

/** `8 s`, `1 min 12 s`, `1 h 4 min`, `3 days 5 h`. */
export function durationInWords(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return joined(Math.floor(whole / 60), 'min', whole % 60, 's');
  if (whole < 2 * 86_400) return joined(Math.floor(whole / 3600), 'h', Math.floor(whole % 3600 / 60), 'min');
  return joined(Math.floor(whole / 86_400), 'days', Math.floor(whole % 86_400 / 3600), 'h');
}

const joined = (large: number, unit: string, small: number, smallUnit: string): string =>
  (small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smallUnit}`);

/** How the event is told from others in its day: `14:32:07`, `2:32:07 PM`, in the habit of `locale`. */
export const timeInWords = (unixSeconds: number, locale: string): string =>
  new Date(unixSeconds * 1000).toLocaleTimeString(locale, { hour: 'numeric', minute: '2-digit', second: '2-digit' });

/** `Today`, `Yesterday`, `Friday, 20 November`; with the year when it is another one. */
export function dayInWords(unixSeconds: number, now: Date, locale: string): string {
  const day = new Date(unixSeconds * 1000);
  const days = Math.round((midnight(now) - midnight(day)) / 86_400_000);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  const year = day.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' } as const;
  return day.toLocaleDateString(locale, { weekday: 'long', day: 'numeric', month: 'long', ...year });
}

const midnight = (date: Date): number => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

export interface EventDay<T> { readonly name: string; readonly events: readonly T[] }

/** Events, newest first, by the day that they began on where they are looked at. `startOf` is in Unix seconds. */
export function byDay<T>(
  events: readonly T[], startOf: (event: T) => number, { now, locale }: { readonly now: Date; readonly locale: string },
): readonly EventDay<T>[] {
  const days: { readonly name: string; readonly events: T[] }[] = [];
  for (const event of events) {
    const name = dayInWords(startOf(event), now, locale);
    const last = days.at(-1);
    if (last?.name === name) last.events.push(event);
    else days.push({ name, events: [event] });
  }
  return days;
}

/** The page is in English; dates follow the reader's English, or Britain's. */
export const readersLocale = (languages: readonly string[]): string =>
  languages.find((language) => language.startsWith('en')) ?? 'en-GB';
