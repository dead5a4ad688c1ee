import assert from 'node:assert/strict';
import { manifestKey } from '../../../device/contract/names.ts';
import { hours, millis, seconds } from '../../../device/core/units.ts';
import { add, eventOf, filingOf, itIsAnIndex, listed, NOON, rejection } from '../../../test/fleet/index-suite.ts';
import { DynamoServer } from '../../../test/servers/dynalite.ts';
import type { News } from '../port.ts';
import { DynamoConnection, type Condition, type Item, type Key } from './connection.ts';
import { DynamoIndex } from './dynamodb-index.ts';
import type { TableName } from './tables.ts';

/** When the workers of these tests work: behind all events. */
const LATER = millis(NOON + hours(5 * 24));

class Killed extends Error {}

/** What a worker feels that is killed at its write number `at`: neither this one nor any after it has an effect. */
class DyingConnection extends DynamoConnection {
  at = Infinity;
  writes = 0;
  #check(): void { if (++this.writes >= this.at) throw new Killed(); }
  override async put(table: TableName, item: Item, condition?: Condition): Promise<boolean> {
    this.#check();
    return super.put(table, item, condition);
  }
  override async delete(table: TableName, key: Key, condition?: Condition): Promise<boolean> {
    this.#check();
    return super.delete(table, key, condition);
  }
}

describe('index in DynamoDB', function () {
  let server: DynamoServer;
  const open: DynamoIndex[] = [];
  before(async () => { server = await DynamoServer.start(); });
  after(async () => {
    for (const index of open.splice(0)) index[Symbol.dispose]();
    await server[Symbol.asyncDispose]();
  });
  const over = async (connection: DynamoConnection, now = (): number => LATER): Promise<DynamoIndex> => {
    const index = await DynamoIndex.open(connection, { now: () => millis(now()), shards: 2 });
    open.push(index);
    return index;
  };

  describe('is an index:', () => itIsAnIndex(async () => over(new DynamoConnection(await server.freshTables())), 3));

  it('knows whose what comes is, for whoever files it, and lists nothing of that', async () => {
    const tables = await server.freshTables();
    const [serving, filing] = [await over(new DynamoConnection(tables)), await over(new DynamoConnection(tables))];
    const [event, other] = [eventOf({ at: NOON, device: 'yard' }), eventOf({ at: NOON + 1000, device: 'yard' })];
    assert.equal(await filing.owners.ownerOf(event), undefined);
    await serving.owners.bring(event, 'shed');
    assert.deepEqual([await filing.owners.ownerOf(event), await filing.owners.ownerOf(other)], ['shed', undefined]);
    await serving.owners.give('yard', 'farm');
    assert.deepEqual([await filing.owners.ownerOf(event), await filing.owners.ownerOf(other)], ['shed', 'farm']);
    assert.deepEqual([await filing.devices(), (await filing.events({ limit: 9, continuous: true })).rows], [[], []]);
  });

  describe('whose worker is killed between any two writes comes to the same end when it is done again:', () => {
    const event = eventOf({ at: NOON, kinds: ['motion', 'person'], person: 'Ada' });
    const more = eventOf({ at: NOON, kinds: ['motion', 'vehicle'], clipBytes: 9 });
    const nameless = { ...eventOf({ at: NOON, kinds: ['motion', 'person'] }), revision: 1 };
    const file = (index: DynamoIndex): Promise<void> => index.accept(filingOf(event), [manifestKey(event)], 0);
    const forget = (index: DynamoIndex): Promise<void> => index.accept(filingOf(nameless), [], 1);
    const works: readonly (readonly [
      string, (index: DynamoIndex) => Promise<unknown>, (index: DynamoIndex) => Promise<unknown>,
    ])[] = [
      ['an event that is filed', async (index) => index.reject(rejection(manifestKey(event))), file],
      ['more of an event', file, (index) => index.accept(filingOf(more), [], 1)],
      ['a name that is forgotten', file, forget],
      ['a deletion', file, (index) => index.remove('yard', event.id, NOON)],
      ['a rejection', file, async (index) => {
        await index.reject(rejection('yard/a.json'));
        await index.finishRejection('yard/a.json');
      }],
    ];
    const naming = async (who: string): Promise<readonly string[]> =>
      (await Promise.all((['events', 'devices', 'news'] as const).map((table) => server.items(table)))).flat()
        .filter((item) => item.includes(who));
    const told = (news: readonly News[]): readonly string[] =>
      [
        ...new Set(news.map((one) =>
          (one.what === 'rejected' ? one.rejection.key : `${one.what} ${one.row.event.id}`))),
      ];
    const outcome = async (index: DynamoIndex) => ({
      lists: await Promise.all([
        {}, { device: 'yard' }, { kind: 'person' }, { kind: 'vehicle' }, { person: 'Ada' },
      ].map((query) => listed(index, { from: NOON, to: millis(NOON + 1000), ...query } as object))),
      devices: await index.devices(), people: await index.people(9), named: await naming('Ada'),
      known: await index.known('yard', event.id), rejected: await index.rejected({ limit: 9 }),
      unfinished: await index.unfinishedRejection('yard/a.json'),
      news: told((await (await over(
        new DynamoConnection(server.settings(`t${server.latest}`)), () => millis(LATER + hours(1)),
      )).since('', 99)).news),
    });
    for (const [what, first, work] of works) {
      it(what, async () => {
        const whole = new DyingConnection(await server.freshTables());
        const index = await over(whole);
        await first(index);
        whole.writes = 0;
        await work(index);
        const expected = await outcome(index);
        if (work === forget) assert.deepEqual([expected.named, expected.people], [[], []]);
        const { writes } = whole;
        assert.ok(writes > 1);
        for (let at = 1; at <= writes; at++) {
          const dying = new DyingConnection(await server.freshTables());
          const killed = await over(dying);
          await first(killed);
          [dying.writes, dying.at] = [0, at];
          await assert.rejects(work(killed), Killed);
          const next = await over(new DynamoConnection(server.settings(`t${server.latest}`)));
          await work(next);
          assert.deepEqual(await outcome(next), expected, `killed before write ${at}`);
        }
      });
    }
  });

  it('leaves no name in its tables to a worker that filed older words at the same time, and came too late', async () => {
    const settings = await server.freshTables();
    const forget = await over(new DynamoConnection(settings));
    const [event, nameless] = ['Ada', undefined].map((person) =>
      eventOf({ at: NOON, kinds: ['motion', 'face'], ...(person === undefined ? {} : { person }) }));
    assert.ok(event && nameless);
    const slow = new class extends DynamoConnection {
      override async put(table: TableName, item: Item, condition?: Condition): Promise<boolean> {
        if (item['sk'] === event.id) await forget.accept(filingOf({ ...nameless, revision: 1 }), [], 0);
        return super.put(table, item, condition);
      }
    }(settings);
    const late = await over(slow);
    await assert.rejects(late.accept(filingOf(event), [], 0), { code: 'index.raced' });
    assert.deepEqual((await server.items('events')).filter((item) => item.includes('Ada')), []);
    assert.deepEqual([await forget.people(9), await listed(forget, { kind: 'face' })], [[], ['yard 0']]);
  });

  it('shows in its lists only events that are there, not what was written before one that never came', async () => {
    const dying = new DyingConnection(await server.freshTables());
    const index = await over(dying);
    const event = eventOf({ at: NOON, kinds: ['person'] });
    [dying.writes, dying.at] = [0, 6]; // account, its month, label, device, news; the event itself would be the sixth
    await assert.rejects(index.accept(filingOf(event), [], 0), Killed);
    assert.deepEqual(
      [await listed(index, { kind: 'person' }), await index.known('yard', event.id)], [[], { state: 'new' }],
    );
  });

  it('tells the news in order once no slower worker can come before them, page by page, over days', async () => {
    const settings = await server.freshTables();
    let now = NOON;
    const index = await over(new DynamoConnection(settings), () => now);
    const start = await index.latest();
    await add(index, eventOf({ at: NOON }));
    assert.deepEqual((await index.since(start, 10)).news, []);
    now = millis(NOON + hours(26));
    await index.reject(rejection('yard/a.json'));
    await add(index, eventOf({ at: NOON + 5000, device: 'shed' }));
    now = millis(now + seconds(11));
    const first = await index.since(start, 1);
    assert.deepEqual([first.news.map((one) => [one.what, one.what !== 'rejected' && one.isFirst]), first.more], [
      [['accepted', true]], true,
    ]);
    const second = await index.since(first.cursor, 5);
    assert.deepEqual([second.news.map(({ what }) => what).toSorted(), second.more], [['accepted', 'rejected'], false]);
    assert.deepEqual((await index.since(second.cursor, 5)).news, []);
    assert.equal((await index.since('another.index', 5)).news.length, 3);
  });

  it('says which table is missing, and what to do', async () => {
    await assert.rejects(over(new DynamoConnection(server.settings('nowhere'))), {
      name: 'ConfigError', code: 'index.no-table', message: /nowhere-events at http.*cloud\.md/,
    });
  });
});
