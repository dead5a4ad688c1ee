/**
 * The index in DynamoDB: for a fleet that many workers serve. There are no transactions: what follows from an event
 * is written first, each part so that its repetition changes nothing, and the event's own item last.
 * docs/design/index.md has every step.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { backoffDelay } from '../../../device/core/backoff.ts';
import { ConfigError, RemoteError } from '../../../device/core/errors.ts';
import { millis, seconds, type Millis } from '../../../device/core/units.ts';
import { bytesOf } from '../labels.ts';
import { listEvents } from '../list-events.ts';
import type { OwnerBook } from '../owner-book.ts';
import type {
  DeviceQuery, DeviceRow, EventQuery, Filing, FleetIndex, IndexedEvent, Known, NewsFeed, NewsPage, Page, Rejection,
} from '../port.ts';
import { raced, takeIn, type VersionedRow } from '../take-in.ts';
import type { Condition, DynamoConnection, Item } from './connection.ts';
import { countDevice, isFirst, readDevice, type DeviceChange } from './count-device.ts';
import { eventItem, isTombstone, readEventItem, tombstone } from './event-items.ts';
import { EventLabels } from './event-labels.ts';
import { EventShelves } from './event-shelves.ts';
import {
  accountShard, ACCOUNTS, dayOf, eventKey, monthOfDay, monthsOfAccount, MONTHS_OF_REJECTED,
} from './keys.ts';
import { DynamoNews, NEWS_LAG } from './news-feed.ts';
import { DynamoOwnerBook } from './owner-book.ts';
import { listRejected, readRejection, rejectionItem } from './rejected-list.ts';

export interface DynamoOptions {
  readonly now: () => Millis;
  /** Into how many parts an account's day is split, where the tables are new; later it is what it was. */
  readonly shards?: number;
}

/**
 * A partition takes 1,000 writes a second: these are enough for a million devices of one account at ten times their
 * mean.
 */
const SHARDS = 8;
/** How often something is done over that another worker did at the same time. */
const ATTEMPTS = 20;
const COLLISION = { first: millis(10), most: millis(500) };
/** Others write, too: to whoever waits for changes, everything is changed after so long. */
const STALE_AFTER = seconds(10);
const MOST_MARKED = 10_000;
const FORM_KEY = { pk: '#form', sk: '#form' };

/**
 * @throws {ConfigError | RemoteError | BugError} From every method, as `dynamoError`. What
 * was begun then is safe to repeat.
 */
export class DynamoIndex implements FleetIndex, NewsFeed, Disposable {
  readonly #connection: DynamoConnection;
  readonly #shards: number;
  readonly #shelves: EventShelves;
  readonly #labels: EventLabels;
  readonly #news: DynamoNews;
  readonly #now: () => Millis;
  readonly owners: OwnerBook;
  /** What this process has marked, and need not again. */
  readonly #marked = new Set<string>();
  #changes = 0;

  private constructor(
    connection: DynamoConnection, form: { readonly shards: number; readonly generation: string }, now: () => Millis,
  ) {
    this.#connection = connection;
    this.#shards = form.shards;
    this.#shelves = new EventShelves(connection, form.shards, now);
    this.#labels = new EventLabels(connection, form.shards);
    this.#news = new DynamoNews(connection, form, now);
    this.#now = now;
    this.owners = new DynamoOwnerBook(connection, now);
  }

  /**
   * The tables have to be there.
   * @param connection - Closed with the index.
   * @throws {ConfigError} `index.no-table`, `index.newer`
   */
  static async open(connection: DynamoConnection, { now, shards = SHARDS }: DynamoOptions): Promise<DynamoIndex> {
    try {
      return new DynamoIndex(connection, await formOf(connection, shards), now);
    } catch (error) {
      connection[Symbol.dispose]();
      throw error;
    }
  }

  get revision(): number { return this.#changes + Math.floor(this.#now() / STALE_AFTER); }

  events(query: EventQuery): Promise<Page<IndexedEvent>> { return listEvents(this.#shelves, query); }

  async event(device: string, id: string): Promise<IndexedEvent | undefined> {
    return readEventItem(await this.#connection.get('events', eventKey({ device, id })))?.row;
  }

  async people(limit: number): Promise<readonly string[]> {
    return this.#labels.people(await this.#shelves.accounts(), limit);
  }

  async devices({ account, after = '', limit = Infinity }: DeviceQuery = {}): Promise<readonly DeviceRow[]> {
    const accounts = account === undefined ? await this.#shelves.accounts() : [account];
    const partitions = accounts.flatMap((one) =>
      Array.from({ length: this.#shards }, (_, shard) => accountShard(one, shard)));
    const keys = (await Promise.all(partitions.map((hash) => this.#connection.query({
      table: 'devices', index: 'by-account', hash, above: after === '' ? ' ' : after, order: 'rising', limit,
    })))).flat().map((item) => ({ device: String(item['device']), account: String(item['account']) }));
    const first = keys.sort(byName).slice(0, limit === Infinity ? undefined : limit);
    return (await this.#connection.getAll('devices', first)).map(readDevice).sort(byName);
  }

  async usage(account: string): Promise<{ readonly events: number; readonly bytes: number }> {
    const devices = await this.devices({ account });
    return devices.reduce((sum, { events, bytes }) =>
      ({ events: sum.events + events, bytes: sum.bytes + bytes }), { events: 0, bytes: 0 });
  }

  rejected(query: { readonly before?: string; readonly limit: number }): Promise<Page<Rejection>> {
    return listRejected(this.#connection, this.#shards, query);
  }

  async known(device: string, id: string): Promise<Known> {
    const item = await this.#connection.get('events', eventKey({ device, id }));
    const found = readEventItem(item);
    if (found !== undefined) {
      const { row: { event, held, findings }, version } = found;
      return { state: 'accepted', event, held, version, forgotten: findings?.forgotten ?? [] };
    }
    return { state: item === undefined ? 'new' : 'deleted' };
  }

  async accept(filing: Filing, keys: readonly string[], version: number): Promise<void> {
    const { event } = filing;
    await this.#forgetRejections(keys);
    await this.#untilDone(filing, async () => {
      const item = await this.#connection.get('events', eventKey(event));
      if (item !== undefined && isTombstone(item)) throw raced(filing);
      const known = readEventItem(item);
      const next = takeIn(known, filing, version);
      return next === undefined || this.#put(known, next, filing.ingestedAt);
    });
    this.#changes++;
  }

  async remove(device: string, id: string, at: Millis): Promise<boolean> {
    let isThere = true;
    await this.#untilDone({ event: { device, id } }, async () => {
      const known = readEventItem(await this.#connection.get('events', eventKey({ device, id })));
      isThere = known !== undefined;
      if (known === undefined) return true;
      const { row } = known;
      await this.#labels.drop(row);
      await this.#count({ account: row.account, device, token: `${id} deleted`, events: -1, bytes: -bytesOf(row) });
      return this.#connection.put('events', tombstone({ device, id }, at), ofVersion(known));
    });
    this.#changes++;
    return isThere;
  }

  async unfinishedRejection(key: string): Promise<Rejection | undefined> {
    const item = await this.#connection.get('rejected', { key });
    return item === undefined || item['finished'] === true ? undefined : readRejection(item);
  }

  async rejection(key: string): Promise<Rejection | undefined> {
    const item = await this.#connection.get('rejected', { key });
    return item === undefined ? undefined : readRejection(item);
  }

  async reject(rejection: Rejection): Promise<void> {
    const { device, key, rejectedAt } = rejection;
    await this.#mark(MONTHS_OF_REJECTED, monthOfDay(dayOf(rejectedAt)));
    await this.#news.note({ at: this.#now(), what: 'rejected', device, subject: key, isFirst: false });
    await this.#connection.put('rejected', rejectionItem(rejection, this.#shards));
    this.#changes++;
  }

  async finishRejection(key: string): Promise<void> {
    await this.#untilDone({ event: { device: key, id: 'rejected' } }, async () => {
      const item = await this.#connection.get('rejected', { key });
      if (item === undefined || item['finished'] === true) return true;
      return this.#connection.put('rejected', { ...item, finished: true },
        { text: '#delivery = :delivery', names: ['delivery'], values: { ':delivery': String(item['delivery']) } });
    });
  }

  since(cursor: string, limit: number): Promise<NewsPage> { return this.#news.since(cursor, limit); }
  latest(): Promise<string> { return this.#news.latest(); }

  [Symbol.dispose](): void { this.#connection[Symbol.dispose](); }

  /** @returns False when another worker changed the item at the same time. */
  async #put(known: VersionedRow | undefined, next: VersionedRow, at: Millis): Promise<boolean> {
    const { row, version } = next;
    const { event, account } = row;
    const [day, token] = [dayOf(event.id), `${event.id} ${version}`];
    await this.#mark(ACCOUNTS, account);
    await this.#mark(monthsOfAccount(account), monthOfDay(day));
    await this.#labels.add(row);
    if (known !== undefined) await this.#labels.drop(known.row, row);
    const device = await this.#count({
      account, device: event.device, token, events: known === undefined ? 1 : 0,
      bytes: bytesOf(row) - (known === undefined ? 0 : bytesOf(known.row)),
      ...(known === undefined
      && { seen: { at, eventAt: millis(Math.round(event.start_time * 1000)), month: monthOfDay(day) } }),
    });
    const news = {
      what: known === undefined ? 'accepted' : 'updated', device: event.device, subject: event.id,
      isFirst: isFirst(device, token),
    } as const;
    const notedAt = this.#now();
    await this.#news.note({ ...news, at: notedAt });
    const done = await this.#connection.put(
      'events', eventItem(next, this.#shards), known === undefined ? IS_NEW : ofVersion(known),
    );
    if (!done) return this.#yield(row);
    // Held up for so long that somebody may have read past the note before there was something
    // to tell: it is told behind that.
    if (this.#now() - notedAt > NEWS_LAG / 2) await this.#news.note({ ...news, at: this.#now() });
    return true;
  }

  /** Another worker's row is there: the lists are as that has it, and not as ours would. @returns False. */
  async #yield(ours: IndexedEvent): Promise<false> {
    for (let version = 0; ;) {
      const known = readEventItem(await this.#connection.get('events', eventKey(ours.event)));
      if (known?.version === version) return false;
      if (known !== undefined) await this.#labels.add(known.row);
      await this.#labels.drop(ours, known?.row);
      if (known === undefined) return false;
      version = known.version;
    }
  }

  /** @returns The device's item as it is then. */
  async #count(change: DeviceChange): Promise<Item> {
    const { device, account } = change;
    let now: Item = {};
    await this.#untilDone({ event: { device, id: change.token } }, async () => {
      const known = await this.#connection.get('devices', { device, account });
      const next = countDevice(known, change, this.#shards);
      now = next ?? known ?? {};
      return next === undefined || this.#connection.put('devices', next, known === undefined
        ? { text: 'attribute_not_exists(#device)', names: ['device'] }
        : { text: '#rev = :rev', names: ['rev'], values: { ':rev': Number(known['rev']) } });
    });
    return now;
  }

  async #mark(of: string, what: string): Promise<void> {
    const mark = `${of} ${what}`;
    if (this.#marked.has(mark)) return;
    await this.#connection.put('devices', { device: of, account: what });
    if (this.#marked.size >= MOST_MARKED) this.#marked.clear(); // names can be made up: they do not fill the memory
    this.#marked.add(mark);
  }

  /** Most deliveries were never rejected: to look is cheaper than to delete. */
  async #forgetRejections(keys: readonly string[]): Promise<void> {
    const found = await this.#connection.getAll(
      'rejected', keys.map((key) => ({ key })), { fresh: true, only: ['key'] },
    );
    for (const item of found) await this.#connection.delete('rejected', { key: String(item['key']) });
  }

  /** @param attempt - Says whether it is done, or was in another worker's way. */
  async #untilDone(
    { event }: { readonly event: { readonly device: string; readonly id: string } }, attempt: () => Promise<boolean>,
  ): Promise<void> {
    for (let tried = 1; tried <= ATTEMPTS; tried++) {
      if (await attempt()) return;
      await wait(backoffDelay(COLLISION, tried, Math.random()));
    }
    throw new RemoteError(
      'index.busy',
      `too many workers change ${event.id} of ${event.device} in the index at the same time; it is tried again`,
    );
  }
}

const IS_NEW: Condition = { text: 'attribute_not_exists(#pk)', names: ['pk'] };
const ofVersion = ({ version }: VersionedRow): Condition =>
  ({ text: '#version = :version', names: ['version'], values: { ':version': version } });

const byName = (a: Pick<DeviceRow, 'device' | 'account'>, b: Pick<DeviceRow, 'device' | 'account'>): number =>
  (`${a.device} ${a.account}` < `${b.device} ${b.account}` ? -1 : 1);

/** How the tables are used is written down in them once, by whoever opens them first. */
async function formOf(
  connection: DynamoConnection, shards: number,
): Promise<{ readonly shards: number; readonly generation: string }> {
  await connection.put('events', { ...FORM_KEY, form: 1, shards, generation: randomUUID() }, IS_NEW);
  const item = await connection.get('events', FORM_KEY);
  const [form, split, generation] = [Number(item?.['form']), Number(item?.['shards']), String(item?.['generation'])];
  if (form !== 1)
    throw new ConfigError('index.newer', 'the tables of the index were written by a newer Tyto; update this one');
  return { shards: split, generation };
}
