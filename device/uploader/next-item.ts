/** What of the queue goes next: the most valuable that may. */
import { millis, type Millis } from '../core/units.ts';
import type { Sqlite } from '../durable/sqlite.ts';
import type { OpenState, UploadClass } from './plan.ts';
import { OPEN } from './queue-file.ts';
import { classNumber, itemOf, type Place, type QueueItem } from './queue-item.ts';

/** What may go now. */
export interface Wish {
  readonly classes: readonly UploadClass[];
  /** The store that is to take it. */
  readonly place: Place;
  /** Whether that may be the first of an event. */
  readonly mayBegin: boolean;
}

export interface NextWish extends Wish {
  readonly now: Millis;
  /**
   * The longest that any item may have been told to wait: a later time was written by a
   * clock that has been set back since.
   */
  readonly longest: Millis;
  /** After a failure the least tried one shows whether it was the item or the store that failed. */
  readonly first: 'newest' | 'least-tried';
}

const OPEN_STATES: readonly OpenState[] = ['pending', 'refused'];
const HERE = '(place = :place OR (place IS NULL AND :mayBegin))';

/** @throws {DeviceError} `queue.failed` */
export function nextItem(db: Sqlite, wish: NextWish): QueueItem | undefined {
  for (const state of openStates(db)) {
    let best: QueueItem | undefined;
    for (const name of wish.classes) {
      const found = firstOf(db, state, name, wish);
      if (found !== undefined && wish.first === 'newest') return found;
      if (found !== undefined && found.attempts < (best?.attempts ?? Infinity)) best = found;
    }
    if (best !== undefined) return best;
  }
  return undefined;
}

/** When the next one that waits is due. @throws {DeviceError} `queue.failed` */
export function nextDueAt(db: Sqlite, wish: Wish): Millis | undefined {
  const times = openStates(db).flatMap((state) => wish.classes.map((name) =>
    db.get(
      `SELECT next_at AS at FROM item WHERE ${whichOf(state)} ORDER BY next_at LIMIT 1`, bound(wish, name),
    )?.['at']));
  const known = times.filter((at) => typeof at === 'number');
  return known.length === 0 ? undefined : millis(Math.min(...known));
}

function firstOf(
  db: Sqlite, state: OpenState, name: UploadClass, { now, longest, first, ...wish }: NextWish,
): QueueItem | undefined {
  const which = whichOf(state);
  const values = bound(wish, name);
  const latest = now + longest;
  // Very many may wait for their time: that one is due is asked by time, before which is asked by value.
  const isDue = db.get(
    `SELECT 1 FROM item WHERE ${which} AND next_at <= :now LIMIT 1`, { ...values, now },
  ) !== undefined
    || db.get(`SELECT 1 FROM item WHERE ${which} AND next_at > :latest LIMIT 1`, { ...values, latest }) !== undefined;
  if (!isDue) return undefined;
  const order = first === 'newest' ? 'value DESC' : 'attempts, value DESC';
  const row = db.get(
    `SELECT * FROM item WHERE ${which} AND (next_at <= :now OR next_at > :latest) ORDER BY ${order} LIMIT 1`,
    { ...values, now, latest },
  );
  return row && itemOf(row);
}

const whichOf = (state: OpenState): string => `${OPEN} AND state = '${state}' AND class = :class AND ${HERE}`;

const bound = ({ place, mayBegin }: Wish, name: UploadClass) =>
  ({ place, mayBegin: mayBegin ? 1 : 0, class: classNumber(name) });

/** Those that there are any of: mostly none, and an idle device asks this every second. */
const openStates = (db: Sqlite): readonly OpenState[] => OPEN_STATES.filter((state) =>
  db.get(`SELECT 1 FROM item WHERE ${OPEN} AND state = '${state}' LIMIT 1`) !== undefined);
