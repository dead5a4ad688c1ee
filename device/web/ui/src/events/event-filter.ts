/** Which events are asked for, as the page's address says it: pure. */
import type { EventKind } from '../../../../contract/event.ts';
import { dateInWords, isDay, spanOf } from '../../../../ui/day.ts';
import { KINDS, kindsInWords } from '../../../../ui/words.ts';
import type { PageEvent } from './merge-events.ts';

export interface EventFilter {
  /** A day where the page is looked at: `2026-11-21`. */
  readonly day?: string;
  readonly kind?: EventKind;
  readonly zone?: string;
  readonly starred?: true;
  readonly clip?: true;
}

/** @param search - `?kind=person&starred=1`; what is not understood is left out. */
export function readFilter(search: string): EventFilter {
  const given = new URLSearchParams(search);
  const day = given.get('day') ?? '';
  const kind = KINDS.find((known) => known === given.get('kind'));
  const zone = given.get('zone') ?? '';
  return {
    ...(isDay(day) ? { day } : {}),
    ...(kind === undefined ? {} : { kind }),
    ...(zone === '' ? {} : { zone }),
    ...(given.get('starred') === '1' ? { starred: true } : {}),
    ...(given.get('clip') === '1' ? { clip: true } : {}),
  };
}

/** The other way round: empty for all events. */
export function writeFilter({ day, kind, zone, starred, clip }: EventFilter): string {
  const said = { day, kind, zone, starred: starred && '1', clip: clip && '1' };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(said)) if (value !== undefined) query.set(name, value);
  return query.size === 0 ? '' : `?${query.toString()}`;
}

/** `filter` with `change`; what is undefined there is no longer asked for. */
export const changedFilter = (
  filter: EventFilter, change: { readonly [K in keyof EventFilter]?: EventFilter[K] | undefined },
): EventFilter =>
  readFilter(writeFilter({ ...filter, ...change } as EventFilter));

/** As the device's API takes it. */
export function queryOf({ day, ...rest }: EventFilter, before: string | undefined): string {
  const query = new URLSearchParams(writeFilter(rest));
  if (day !== undefined) for (const [name, value] of Object.entries(spanOf(day))) query.set(name, String(value));
  if (before !== undefined) query.set('before', before);
  return query.size === 0 ? '' : `?${query.toString()}`;
}

/** Whether an event that the device has just told of is among those asked for. */
export function isAskedFor(event: PageEvent, { day, kind, zone, starred, clip }: EventFilter): boolean {
  const { from, to } = day === undefined ? { from: 0, to: Infinity } : spanOf(day);
  return event.start_time >= from && event.start_time < to && (kind === undefined || event.kinds.includes(kind))
    && (zone === undefined || event.entered_zones.includes(zone))
    && (starred === undefined || event.starred === true)
    && (clip === undefined || event.has_clip);
}

/** `Person, in drive, on 21 November, starred`: undefined for all events. */
export function filterInWords({ day, kind, zone, starred, clip }: EventFilter, locale: string): string | undefined {
  const parts = [
    ...(kind === undefined ? [] : [kindsInWords([kind])]),
    ...(zone === undefined ? [] : [`in ${zone}`]), ...(day === undefined ? [] : [`on ${dateInWords(day, locale)}`]),
    ...(starred === true ? ['starred'] : []), ...(clip === true ? ['with a clip'] : []),
  ];
  const words = parts.join(', ');
  return words === '' ? undefined : words.charAt(0).toUpperCase() + words.slice(1);
}
