/** The lists of events as they stand in DynamoDB: by day, and of accounts and labels in shards. */
import { hours, millis, type Millis } from '../../../device/core/units.ts';
import type { Shelf, Shelves, Stretch } from '../list-events.ts';
import { comparePlaces, idAt, type Place } from '../place.ts';
import type { IndexedEvent } from '../port.ts';
import type { DynamoConnection } from './connection.ts';
import { monthsOf } from './count-device.ts';
import { readEventItem } from './event-items.ts';
import {
  accountDay, ACCOUNTS, dayOf, daysOf, deviceDay, eventKey, labelMonth, monthsOfAccount, placeText, readPlace,
} from './keys.ts';
import { walk } from './walk.ts';

export class EventShelves implements Shelves {
  readonly #connection: DynamoConnection;
  readonly #shards: number;
  readonly #now: () => Millis;
  constructor(connection: DynamoConnection, shards: number, now: () => Millis) {
    this.#connection = connection;
    this.#shards = shards;
    this.#now = now;
  }

  async accounts(): Promise<readonly string[]> {
    const items = await this.#connection.query({ table: 'devices', hash: ACCOUNTS, order: 'rising' });
    return items.map((item) => String(item['account']));
  }

  async places({ of, by }: Shelf, stretch: Stretch): Promise<readonly Place[]> {
    const { below, floor, count } = stretch;
    const [ahead, earliest] = [dayOf(millis(this.#now() + AHEAD)), floor === '' ? '' : dayOf(floor)];
    const latest = below.id < idAt(millis(this.#now() + AHEAD)) ? dayOf(below.id) : ahead;
    const months = (await this.#months(of)).filter((month) =>
      month <= latest.slice(0, 6) && month >= earliest.slice(0, 6)).toSorted().toReversed();
    const days = months.flatMap(daysOf).filter((day) => day <= latest && day >= earliest);
    const look = 'device' in of
      // A device has few events a day: what it is looked through for is found among them.
      ? await walk(days, count, (day) => this.#ofDevice(of.device, day, 'label' in by ? false : by.continuous, stretch))
      : 'label' in by
        ? await walk(months, count, (month) =>
          this.#shardsTogether((shard) => labelMonth(of.account, by.label, month, shard), undefined, stretch))
        : await walk(days, count, (day) =>
          this.#shardsTogether((shard) => accountDay(of.account, by.continuous, day, shard), 'by-account', stretch));
    return look.filter(({ id }) => id >= floor);
  }

  async rows(places: readonly Place[]): Promise<readonly IndexedEvent[]> {
    const items = await this.#connection.getAll('events', places.map(eventKey));
    const rows = new Map(items.flatMap((item) => {
      const row = readEventItem(item)?.row;
      return row === undefined ? [] : [[placeText(row.event), row] as const];
    }));
    return places.flatMap((place) => rows.get(placeText(place)) ?? []);
  }

  async #months(of: Shelf['of']): Promise<readonly string[]> {
    if ('account' in of) {
      const items = await this.#connection.query({
        table: 'devices', hash: monthsOfAccount(of.account), order: 'falling',
      });
      return items.map((item) => String(item['account']));
    }
    const items = await this.#connection.query({ table: 'devices', hash: of.device, order: 'rising' });
    return [...new Set(items.flatMap(monthsOf))];
  }

  async #ofDevice(
    device: string, day: string, continuous: boolean, { below, count }: Stretch,
  ): Promise<readonly Place[]> {
    const found: Place[] = [];
    // Of the cursor's own moment the device comes after it when its name is less: a space stands behind the id alone.
    let sk = device < below.device ? `${below.id} ` : below.id;
    for (;;) {
      const items = await this.#connection.query({
        table: 'events', hash: deviceDay(device, day), below: sk, order: 'falling', limit: Math.max(count, LEAST_READ),
      });
      found.push(...items.filter((item) => item['continuous'] === continuous)
        .map((item) => ({ id: String(item['sk']), device })));
      const last = items.at(-1);
      if (last === undefined || items.length < LEAST_READ || found.length >= count) return found.slice(0, count);
      sk = String(last['sk']);
    }
  }

  async #shardsTogether(partition: (
    shard: number,
  ) => string, index: string | undefined, { below, count }: Stretch): Promise<readonly Place[]> {
    const each = await Promise.all(Array.from({ length: this.#shards }, (_, shard) => this.#connection.query({
      table: 'events', ...(index === undefined ? {} : { index }), hash: partition(shard),
      below: placeText(below), order: 'falling', limit: count,
    })));
    return each.flat()
      .map((item) => readPlace(String(index === undefined ? item['sk'] : item['place'])))
      .sort(comparePlaces)
      .slice(
        0, count,
      );
  }
}

/** Ingest takes nothing that is further ahead of its clock than half of this: days behind it are not looked into. */
const AHEAD = hours(48);
/** Of a device's day at once: pieces of continuous recording lie among its events. */
const LEAST_READ = 100;
