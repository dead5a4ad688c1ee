import { hours, type Millis } from '../../../device/core/units.ts';
import type { OwnerBook } from '../owner-book.ts';
import type { Place } from '../place.ts';
import type { DynamoConnection } from './connection.ts';

/** For so long it is known whose an event is that was not filed yet: longer than it may lie in the landing. */
const BROUGHT_LASTS = hours(100 * 24);

/** Items of the index's tables that stand in no list. */
export class DynamoOwnerBook implements OwnerBook {
  readonly #connection: DynamoConnection;
  readonly #now: () => Millis;
  constructor(connection: DynamoConnection, now: () => Millis) { this.#connection = connection; this.#now = now; }

  async give(device: string, account: string): Promise<void> {
    await this.#connection.put('devices', { ...ownerKey(device), owner: account });
  }

  async bring(place: Place, account: string): Promise<void> {
    await this.#connection.put('events', {
      ...broughtKey(place), owner: account, expires_at: Math.floor((this.#now() + BROUGHT_LASTS) / 1000),
    });
  }

  async ownerOf(place: Place): Promise<string | undefined> {
    const brought = await this.#connection.get('events', broughtKey(place));
    const found = brought ?? await this.#connection.get('devices', ownerKey(place.device));
    return found === undefined ? undefined : String(found['owner']);
  }
}

/** No device has such a name, and each device has a partition of its own. */
const ownerKey = (device: string): { readonly device: string; readonly account: string } =>
  ({ device: `#owner ${device}`, account: '#' });
const broughtKey = ({ device, id }: Place): { readonly pk: string; readonly sk: string } =>
  ({ pk: `O#${device}#${id}`, sk: 'O' });
