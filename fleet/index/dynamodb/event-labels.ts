/**
 * The lists that events stand in by a label, and whom there is to look for: a name, for as long as an event bears it.
 */
import { randomUUID } from 'node:crypto';
import { isPerson, labelsOf, peopleAmong } from '../labels.ts';
import type { IndexedEvent } from '../port.ts';
import type { DynamoConnection, Key } from './connection.ts';
import { labelItems } from './event-items.ts';
import { dayOf, labelMonth, monthOfDay, monthsOfAccount, peopleOfAccount } from './keys.ts';

export class EventLabels {
  readonly #connection: DynamoConnection;
  readonly #shards: number;
  constructor(connection: DynamoConnection, shards: number) {
    this.#connection = connection;
    this.#shards = shards;
  }

  /** Puts `row` into its lists; its account's month is marked by now. Safe to repeat. */
  async add(row: IndexedEvent): Promise<void> {
    for (const item of labelItems(row, this.#shards)) await this.#connection.put('events', item);
    for (const label of labelsOf(row).filter(isPerson)) await this.#offer(row.account, label);
  }

  /** Takes `row` out of its lists, but for those that `next`, which takes its place, is in. Safe to repeat. */
  async drop(row: IndexedEvent, next?: IndexedEvent): Promise<void> {
    const kept = (next === undefined ? [] : labelItems(next, this.#shards)).map(({ pk }) => pk);
    for (const { pk, sk } of labelItems(row, this.#shards)) {
      if (!kept.includes(pk)) await this.#connection.delete('events', { pk: String(pk), sk: String(sk) });
    }
    const still = next === undefined ? [] : labelsOf(next);
    for (const label of labelsOf(row).filter((one) => isPerson(one) && !still.includes(one)))
      await this.#withdraw(row.account, label, monthOfDay(dayOf(row.event.id)));
  }

  async people(accounts: readonly string[], limit: number): Promise<readonly string[]> {
    const each = await Promise.all(accounts.map((account) => this.#connection.query({
      table: 'devices', hash: peopleOfAccount(account), order: 'rising', limit,
    })));
    return peopleAmong(each.flat().map((item) => String(item['account']))).slice(0, limit);
  }

  /** After its label, so that whoever takes the mark away meanwhile sees the label, or is seen here. */
  async #offer(account: string, label: string): Promise<void> {
    const mark = markOf(account, label);
    const found = await this.#connection.get('devices', mark);
    if (found === undefined || found['leaving'] !== undefined) await this.#connection.put('devices', mark);
  }

  /** Nobody is offered whom no event shows any more: of many that go, the last one sees to it. */
  async #withdraw(account: string, label: string, month: string): Promise<void> {
    const mark = markOf(account, label);
    if (await this.#isBorne(account, label, month)) return;
    if (await this.#connection.get('devices', mark) === undefined) return;
    const leaving = randomUUID();
    await this.#connection.put('devices', { ...mark, leaving });
    if (await this.#isBorne(account, label, month)) return;
    await this.#connection.delete('devices', mark, {
      text: '#leaving = :leaving', names: ['leaving'], values: { ':leaving': leaving },
    });
  }

  /**
   * @param near - The month in which another one is most likely. Of the others it is the oldest: devices tell of the
   * newest events first.
   */
  async #isBorne(account: string, label: string, near: string): Promise<boolean> {
    const marks = await this.#connection.query({
      table: 'devices', hash: monthsOfAccount(account), order: 'rising', fresh: true,
    });
    for (const month of new Set([near, ...marks.map((mark) => String(mark['account']))])) {
      const each = await Promise.all(Array.from({ length: this.#shards }, (_, shard) => this.#connection.query({
        table: 'events', hash: labelMonth(account, label, month, shard), order: 'rising', limit: 1, fresh: true,
      })));
      if (each.flat().length > 0) return true;
    }
    return false;
  }
}

const markOf = (account: string, label: string): Key => ({ device: peopleOfAccount(account), account: label });
