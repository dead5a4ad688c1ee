/** What happened in the index, in order, in DynamoDB: for whoever tells others. */
import { hours, millis, seconds, type Millis } from '../../../device/core/units.ts';
import type { News, NewsFeed, NewsPage, Rejection } from '../port.ts';
import type { DynamoConnection, Item } from './connection.ts';
import { readEventItem } from './event-items.ts';
import { dayOf, eventKey, momentText, newsDay, shardOf } from './keys.ts';
import { readRejection } from './rejected-list.ts';

export interface NewsNote {
  readonly at: Millis;
  readonly what: News['what'];
  readonly device: string;
  /** Id of the event, or key of the rejection. */
  readonly subject: string;
  readonly isFirst: boolean;
}

/** News are remembered for so long. */
const KEPT = hours(8 * 24);
/** What is younger is not told yet: a worker with a slower clock may still write down something before it. */
export const NEWS_LAG = seconds(10);

export class DynamoNews implements NewsFeed {
  readonly #connection: DynamoConnection;
  readonly #form: { readonly shards: number; readonly generation: string };
  readonly #now: () => Millis;
  constructor(
    connection: DynamoConnection, form: { readonly shards: number; readonly generation: string }, now: () => Millis,
  ) {
    this.#connection = connection;
    this.#form = form;
    this.#now = now;
  }

  async note({ at, what, device, subject, isFirst }: NewsNote): Promise<void> {
    await this.#connection.put('news', {
      pk: newsDay(dayOf(at), shardOf(device, this.#form.shards)), sk: momentText(at, `${what} ${device} ${subject}`),
      at, what, device, subject, first: isFirst, expires_at: Math.floor((at + KEPT) / 1000),
    });
  }

  async since(cursor: string, limit: number): Promise<NewsPage> {
    const [now, from] = [this.#now(), this.#readCursor(cursor)];
    const until = momentText(millis(now - NEWS_LAG), '').slice(0, 14);
    const items: Item[] = [];
    let day = millis(Math.max(Number(from.slice(0, 14)), now - KEPT));
    for (; dayOf(day) <= dayOf(now) && items.length <= limit; day = millis(day + hours(24))) {
      const each = await Promise.all(Array.from({ length: this.#form.shards }, (_, shard) => this.#connection.query({
        table: 'news', hash: newsDay(dayOf(day), shard), above: from, order: 'rising', limit: limit + 1,
      })));
      items.push(...each.flat().filter((item) => String(item['sk']) < until)
        .toSorted((a, b) => (String(a['sk']) < String(b['sk']) ? -1 : 1)));
    }
    const shown = items.slice(0, limit);
    const last = shown.at(-1);
    return {
      news: (await Promise.all(shown.map((item) => this.#newsOf(item)))).flat(),
      cursor: `${this.#form.generation}.${last === undefined ? from : String(last['sk'])}`,
      more: items.length > limit,
    };
  }

  async latest(): Promise<string> {
    return `${this.#form.generation}.${momentText(millis(this.#now() - NEWS_LAG), '').slice(0, 14)}`;
  }

  #readCursor(cursor: string): string {
    const at = cursor.indexOf('.');
    const place = cursor.slice(at + 1);
    return cursor.slice(0, at) === this.#form.generation && /^\d{14}(?:\.[0-9a-f]{16})?$/.test(place) ? place
      : '0'.repeat(14);
  }

  async #newsOf(item: Item): Promise<readonly News[]> {
    const [at, device, subject] = [millis(Number(item['at'])), String(item['device']), String(item['subject'])];
    if (item['what'] === 'rejected') {
      const found = await this.#connection.get('rejected', { key: subject });
      const rejection: Rejection | undefined = found && readRejection(found);
      return rejection === undefined ? [] : [{ at, what: 'rejected', rejection }];
    }
    const row = readEventItem(await this.#connection.get('events', eventKey({ device, id: subject })))?.row;
    return row === undefined ? []
      : [{ at, what: item['what'] === 'updated' ? 'updated' : 'accepted', row, isFirst: item['first'] === true }];
  }
}
