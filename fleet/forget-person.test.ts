import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TytoEvent } from '../device/contract/event.ts';
import { manifestKey } from '../device/contract/names.ts';
import { hours, millis, type Millis } from '../device/core/units.ts';
import { filesBelow } from '../test/files-below.ts';
import { add, eventOf, filingOf, NOON } from '../test/fleet/index-suite.ts';
import { DynamoServer } from '../test/servers/dynalite.ts';
import { forgetPerson, sharedForgetting } from './forget-person.ts';
import { DynamoConnection } from './index/dynamodb/connection.ts';
import { DynamoIndex } from './index/dynamodb/dynamodb-index.ts';
import { SqliteIndex } from './index/sqlite-index.ts';
import { DirectoryStore } from './storage/directory-store.ts';

describe('somebody who is forgotten on the fleet', () => {
  let home: string;
  let index: SqliteIndex;
  let library: DirectoryStore;
  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'tyto-fleet-forget-'));
    index = SqliteIndex.open(path.join(home, 'index.db'));
    library = new DirectoryStore(path.join(home, 'library'));
  });
  afterEach(async () => {
    index[Symbol.dispose]();
    await rm(home, { recursive: true });
  });
  const forget = (name: string, device?: string, over = {}): Promise<number> => {
    const parts = { index, library, work: path.join(home, 'forgetting'), ...over };
    return forgetPerson({ name, device }, parts, new AbortController().signal);
  };
  const manifest = async (event: TytoEvent): Promise<string> =>
    readFile(path.join(home, 'library', manifestKey(event)), 'utf8').catch(() => '');
  const seen = (at: number, device: string, person: string): TytoEvent =>
    eventOf({ at, device, person, kinds: ['face', 'motion'] });

  it('is called so in no event any more, of all devices or of one, while others keep their names', async () => {
    const events = Array.from({ length: 250 }, (_, n) =>
      seen(NOON - n * 1000, n % 2 === 0 ? 'yard' : 'shed', n % 5 === 0 ? 'Grace' : 'Ada'));
    for (const event of events) await add(index, event);
    assert.equal(await forget('Ada', 'shed'), 100);
    assert.deepEqual(await index.people(9), ['Ada', 'Grace']);
    assert.equal(await forget('Ada'), 100);
    assert.deepEqual([await index.people(9), await forget('Ada')], [['Grace'], 0]);
    const told = await Promise.all(events.map(manifest));
    assert.deepEqual([told.filter((text) => text !== '').length, told.join('').includes('Ada')], [200, false]);
    const { rows } = await index.events({ limit: 1, person: 'Grace' });
    assert.equal(rows[0]?.event.revision, undefined, 'who is not meant is not touched');
    assert.deepEqual((await filesBelow(home)).filter((file) => file.startsWith('forgetting')), []);
  });

  it('is gone after one run, however many ask for it meanwhile, and is asked for anew after that', async () => {
    const { signal } = new AbortController();
    for (let n = 0; n < 3; n++) await add(index, seen(NOON - n * 1000, 'yard', 'Ada'));
    const ask = sharedForgetting({ index, library, work: path.join(home, 'forgetting') }, signal);
    assert.deepEqual(await Promise.all([ask('Ada', undefined), ask('Ada', undefined)]), [3, 3]);
    assert.equal(index.revision, 6, 'three that came, three that changed');
    assert.equal(await ask('Ada', undefined), 0);
  });

  it('is left in the events that are not done when the fleet stops, and is found there again', async () => {
    const stop = new AbortController();
    for (let n = 0; n < 3; n++) await add(index, seen(NOON - n * 1000, 'yard', 'Ada'));
    const stopping = {
      put: async (key: string, file: string) => { stop.abort(); await library.put(key, file); },
      remove: (key: string) => library.remove(key),
    };
    const parts = { index, library: stopping, work: path.join(home, 'forgetting') };
    await assert.rejects(sharedForgetting(parts, stop.signal)('Ada', undefined), { name: 'AbortError' });
    assert.equal(await forget('Ada'), 2);
  });

  it('is offered by an index in DynamoDB no more', async () => {
    await using server = await DynamoServer.start();
    const now = (): Millis => millis(NOON + hours(24));
    using dynamo = await DynamoIndex.open(new DynamoConnection(await server.freshTables()), { now, shards: 2 });
    for (let n = 0; n < 5; n++) await add(dynamo, seen(NOON - n * hours(24 * 20), 'yard', n === 4 ? 'Grace' : 'Ada'));
    assert.equal(await forget('Ada', undefined, { index: dynamo }), 4);
    assert.deepEqual(await dynamo.people(9), ['Grace']);
    const items = [...await server.items('events'), ...await server.items('devices')];
    assert.deepEqual(items.filter((item) => item.includes('Ada')), []);
  });

  it('is forgotten also where the fleet itself knew the face', async () => {
    const event = eventOf({ at: NOON });
    const { faces } = eventOf({ at: NOON, person: 'Ada' });
    await add(index, event, { findings: { faces } });
    assert.equal(await forget('Ada'), 1);
    const row = await index.event('yard', event.id);
    assert.deepEqual([row?.findings?.faces?.[0]?.person, row?.event.revision, await index.people(9)], [
      null, undefined, [],
    ]);
    assert.deepEqual(row?.findings?.forgotten, []);
  });

  it('stays forgotten where more of an event is taken in at the same time, and nothing is left of one that is deleted', async () => {
    const [event, gone] = [seen(NOON, 'yard', 'Ada'), seen(NOON - 1000, 'yard', 'Ada')];
    for (const one of [event, gone]) await add(index, one);
    let puts = 0;
    const slow = {
      put: async (key: string, file: string) => {
        if (puts++ === 0) await index.accept(filingOf({ ...event, top_score: 0.9 }), [], 1);
        if (key === manifestKey(gone)) await index.remove('yard', gone.id, NOON);
        await library.put(key, file);
      },
      remove: (key: string) => library.remove(key),
    };
    await forget('Ada', undefined, { library: slow });
    assert.deepEqual(await index.people(9), []);
    const row = await index.event('yard', event.id);
    assert.deepEqual([row?.event.faces[0]?.person, row?.event.top_score], [null, 0.9]);
    assert.doesNotMatch(await manifest(event), /Ada/);
    assert.equal(await manifest(gone), '');
  });
});
