/** Where an event stands in the order of all: newest first, and of the same moment by device. */
import { EVENT_ID_PATTERN } from '../../device/contract/event.ts';
import { NAME_PATTERN } from '../../device/contract/name-pattern.ts';
import { eventId } from '../../device/contract/names.ts';
import { ConfigError } from '../../device/core/errors.ts';
import type { Millis } from '../../device/core/units.ts';

export interface Place { readonly id: string; readonly device: string }

/** Before every event: no id and no name begins with it. */
const TOP: Place = { id: '~', device: '' };

/** Below zero when `a` is listed before `b`. */
export const comparePlaces = (a: Place, b: Place): number => compareText(b.id, a.id) || compareText(b.device, a.device);

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The least that an id of this moment or later can be. */
export const idAt = (at: Millis): string => eventId(at, 0).replace(/-.*$/, '');

/** `<event id>_<device>`: neither holds a `_`. It means the same in every index. */
export const cursorOf = ({ id, device }: Place): string => `${id}_${device}`;

/**
 * The place that a cursor speaks of. An event id alone will do, too: what is older.
 * @throws {ConfigError} `index.cursor`
 */
export function readCursor(cursor: string | undefined): Place {
  if (cursor === undefined) return TOP;
  const [id = '', device = '', ...more] = cursor.split('_');
  if (!EVENT_ID_PATTERN.test(id) || (device !== '' && !NAME_PATTERN.test(device)) || more.length > 0) throw badCursor();
  return { id, device };
}

export const badCursor = (): ConfigError =>
  new ConfigError('index.cursor', 'the cursor is none that a page of this list gave out; begin with the first page');
