/** Times, lengths and sizes in words: pure. */
import type { EventKind } from '../../../../device/contract/event.ts';
import type { FleetEventView } from '../../../../device/contract/fleet-api.ts';

const KINDS: Readonly<Record<EventKind, string>> = {
  motion: 'Movement',
  face: 'Face',
  person: 'Known person',
  tamper: 'Tampering',
  manual: 'Started by hand',
  external: 'Outside signal',
};

export const kindsInWords = (kinds: readonly EventKind[]): string => kinds.map((kind) => KINDS[kind]).join(', ');

/** `8 s`, `1 min 12 s`, `1 h 4 min`. */
export function lengthInWords(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const [large, unit, small, smallUnit] = whole < 3600
    ? [Math.floor(whole / 60), 'min', whole % 60, 's'] as const
    : [Math.floor(whole / 3600), 'h', Math.floor(whole % 3600 / 60), 'min'] as const;
  return small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smallUnit}`;
}

/** `14:32:07`, in the habit of `locale`. */
export const timeInWords = (unixSeconds: number, locale: string): string =>
  new Date(unixSeconds * 1000).toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

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

/** How long ago: `just now`, `5 min ago`, `3 h ago`, `2 days ago`. */
export function agoInWords(unixSeconds: number, nowSeconds: number): string {
  const minutes = Math.floor(Math.max(0, nowSeconds - unixSeconds) / 60);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ago`;
  return `${Math.floor(minutes / (24 * 60))} days ago`;
}

/** `812 bytes`, `2.1 MB`. */
export function sizeInWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  const [unit, size] = bytes < 1e6 ? ['kB', 1e3] as const : bytes < 1e9 ? ['MB', 1e6] as const : ['GB', 1e9] as const;
  return `${(bytes / size).toFixed(bytes / size < 10 ? 1 : 0)} ${unit}`;
}

export interface EventDay { readonly name: string; readonly events: readonly FleetEventView[] }

/** Events, newest first, by the day that they began on where they are looked at. */
export function byDay(events: readonly FleetEventView[], now: Date, locale: string): readonly EventDay[] {
  const days: { readonly name: string; readonly events: FleetEventView[] }[] = [];
  for (const view of events) {
    const name = dayInWords(view.event.start_time, now, locale);
    const last = days.at(-1);
    if (last?.name === name) last.events.push(view);
    else days.push({ name, events: [view] });
  }
  return days;
}

/** One text for an event of one device: ids of two devices may be the same. */
export const keyOf = ({ event }: FleetEventView): string => `${event.id}_${event.device}`;

/**
 * `known` with those of `news` that are new, or have more than was known; newest first. The others keep their links, so
 * that no picture loads twice.
 */
export function mergeEvents(
  known: readonly FleetEventView[],
  news: readonly FleetEventView[],
): readonly FleetEventView[] {
  const all = new Map(known.map((view) => [keyOf(view), view]));
  for (const view of news) {
    const before = all.get(keyOf(view))?.event;
    if (before?.has_clip !== view.event.has_clip || before.has_snapshot !== view.event.has_snapshot)
      all.set(keyOf(view), view);
  }
  return [...all.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));
}

/** The page is in English; dates follow the reader's English, or Britain's. */
export const readersLocale = (languages: readonly string[]): string =>
  languages.find((language) => language.startsWith('en')) ?? 'en-GB';
