/** Which events are asked for, as the page's address says it: pure. */
import type { EventKind } from '../../../../../device/contract/event.ts';
import { NAME_PATTERN } from '../../../../../device/contract/name-pattern.ts';
import { dateInWords, isDay, spanOf } from '../../../../../device/ui/day.ts';
import { KINDS, kindsInWords } from '../../../../../device/ui/words.ts';

export interface EventFilter {
  readonly device?: string;
  /** A day where the page is looked at: `2026-11-21`. */
  readonly day?: string;
  readonly kind?: EventKind;
  /** Who was recognised. */
  readonly person?: string;
  /** Only what has a clip in the library. */
  readonly clip?: true;
}

/** `filter` with this; what is undefined here is no longer asked for. */
export type FilterChange = { readonly [K in keyof EventFilter]?: EventFilter[K] | undefined };

const FLEET_KINDS: readonly EventKind[] = [...KINDS, 'continuous'];
const LONGEST_PERSON = 64;

/** @param search - `?device=yard&kind=person`; what is not understood is left out. */
export function readFilter(search: string): EventFilter {
  const given = new URLSearchParams(search);
  const [device = '', day = '', person = ''] = ['device', 'day', 'person'].map((name) => given.get(name) ?? '');
  const kind = FLEET_KINDS.find((known) => known === given.get('kind'));
  return {
    ...(NAME_PATTERN.test(device) ? { device } : {}),
    ...(isDay(day) ? { day } : {}),
    ...(kind === undefined ? {} : { kind }),
    ...(person === '' || person.length > LONGEST_PERSON ? {} : { person }),
    ...(given.get('clip') === '1' ? { clip: true } : {}),
  };
}

/** The other way round: empty for all events. */
export const writeFilter = ({ device, day, kind, person, clip }: FilterChange): string =>
  searchOf({ device, day, kind, person, clip: clip && '1' });

/** How many are asked for at a time. */
export const EVENTS_OF_A_PAGE = 48;

/** As the server takes it. */
export function queryOf({ device, day, kind, person, clip }: EventFilter, before: string | undefined): string {
  const span = day === undefined ? {} : spanOf(day);
  return searchOf({ device, kind, person, clip: clip && 'true', ...span, before, limit: EVENTS_OF_A_PAGE });
}

function searchOf(said: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(said)) if (value !== undefined) query.set(name, String(value));
  return query.size === 0 ? '' : `?${query.toString()}`;
}

/**
 * `Ada, Person, on 21 November 2026, with a clip`: undefined where nothing is asked for but a device, whose name stands
 * over the list.
 */
export function filterInWords({ day, kind, person, clip }: EventFilter, locale: string): string | undefined {
  const words = [
    ...(person === undefined ? [] : [person]), ...(kind === undefined ? [] : [kindsInWords([kind])]),
    ...(day === undefined ? [] : [`on ${dateInWords(day, locale)}`]), ...(clip === true ? ['with a clip'] : []),
  ].join(', ');
  return words === '' ? undefined : person === undefined ? words.charAt(0).toUpperCase() + words.slice(1) : words;
}
