/**
 * Lists events: the same way in every index, which only has to tell what stands in one list of
 * places, and what the rows there are.
 */
import { asksContinuous, labelFor, matches } from './labels.ts';
import { comparePlaces, cursorOf, idAt, readCursor, type Place } from './place.ts';
import type { EventQuery, IndexedEvent, Page } from './port.ts';

/** A list of places that an index keeps, newest first: of a device or an account; of a label, or else of all. */
export interface Shelf {
  readonly of: { readonly device: string } | { readonly account: string };
  readonly by: { readonly label: string } | { readonly continuous: boolean };
  /** What is not so may be left out; it need not. */
  readonly hint: { readonly motion: boolean; readonly clip: boolean };
}

/** A stretch of a shelf: what comes after `below`, down to ids not less than `floor`. */
export interface Stretch { readonly below: Place; readonly floor: string; readonly count: number }

export interface Shelves {
  accounts(): Promise<readonly string[]>;
  /** The first `count` places of a stretch; fewer only when there are no more. */
  places(shelf: Shelf, stretch: Stretch): Promise<readonly Place[]>;
  /** Rows in the order of `places`; without those that are gone. */
  rows(places: readonly Place[]): Promise<readonly IndexedEvent[]>;
}

/** After so many that were looked at in vain, a page is given out as it is. */
const MOST_LOOKED_AT = 2000;

export async function listEvents(shelves: Shelves, query: EventQuery): Promise<Page<IndexedEvent>> {
  const floor = query.from === undefined ? '' : idAt(query.from);
  const all = await shelvesFor(shelves, query);
  const found: IndexedEvent[] = [];
  const count = query.limit + 1; // one more tells whether there is a next page
  let below = startOf(query);
  for (let lookedAt = 0; lookedAt < MOST_LOOKED_AT;) {
    const places = await firstPlaces(shelves, all, { below, floor, count });
    found.push(...(await shelves.rows(places)).filter((row) => matches(row, query)));
    if (found.length > query.limit) return pageOf(found.slice(0, query.limit), placeOf(found[query.limit - 1]));
    const last = places.at(-1);
    if (last === undefined || places.length < count) return pageOf(found, undefined);
    below = last;
    lookedAt += places.length;
  }
  return pageOf(found, below);
}

const placeOf = (row: IndexedEvent | undefined): Place | undefined =>
  row && { id: row.event.id, device: row.event.device };
const pageOf = (rows: readonly IndexedEvent[], last: Place | undefined): Page<IndexedEvent> =>
  ({ rows, next: last === undefined ? undefined : cursorOf(last) });

/** The cursor, or the end of the time asked for, whatever comes later in the order. */
function startOf({ before, to }: EventQuery): Place {
  const cursor = readCursor(before);
  if (to === undefined) return cursor;
  const end: Place = { id: idAt(to), device: '' };
  return comparePlaces(cursor, end) > 0 ? cursor : end;
}

async function shelvesFor(shelves: Shelves, query: EventQuery): Promise<readonly Shelf[]> {
  const label = labelFor(query);
  const { device, account } = query;
  const owners = device !== undefined ? [{ device }]
    : (account === undefined ? await shelves.accounts() : [account]).map((one) => ({ account: one }));
  const lists = label !== undefined ? [{ label }] : streams(query).map((continuous) => ({ continuous }));
  const hint = { motion: query.kind === 'motion', clip: query.withClip === true };
  return owners.flatMap((of) => lists.map((by) => ({ of, by, hint })));
}

function streams(query: EventQuery): readonly boolean[] {
  if (query.kind !== undefined) return [query.kind === 'continuous'];
  return asksContinuous(query) ? [false, true] : [false];
}

/** Of several shelves the first places together. */
async function firstPlaces(shelves: Shelves, all: readonly Shelf[], stretch: Stretch): Promise<readonly Place[]> {
  const each = await Promise.all(all.map((shelf) => shelves.places(shelf, stretch)));
  return each.flat().sort(comparePlaces).slice(0, stretch.count);
}
