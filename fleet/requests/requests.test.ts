import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { reportKey } from '../../device/contract/mail.ts';
import { hours } from '../../device/core/units.ts';
import type { DirectoryLanding } from '../../device/landing/directory-landing.ts';
import { CLIP, NOON, OWNER, report, RequestsScene } from '../../test/fleet/requests-scene.ts';
import { endedEvent } from '../../test/fixtures/ended-events.ts';
import type { Requests } from './requests.ts';
import { SqliteRegister } from './sqlite-register.ts';

describe('requests for footage', () => {
  let scene: RequestsScene;
  beforeEach(async () => { scene = await RequestsScene.make(); });
  afterEach(() => scene[Symbol.asyncDispose]());

  it('are found by the device in the landing, and leave it when the footage has come', async () => {
    const event = endedEvent(1);
    scene.index.put(event, CLIP);
    await using one = await scene.fleet();
    const { row } = await one.requests.ask('yard', { event: event.id }, OWNER);
    await scene.comes('the request', async () => (await one.trail(row)).includes('fleet put'));
    assert.deepEqual(await scene.asked(), [{ id: row.id, event: event.id, until: (NOON + hours(7 * 24)) / 1000 }]);
    await one.requests.take('yard', report(row.id, { state: 'accepted' }));
    await one.requests.take('yard', report(row.id, { bytes: 2000, sent_bytes: 500, events: [event.id] }));
    assert.deepEqual(
      (await one.requests.list({ limit: 1 })).map(({ state, bytes, sentBytes }) => [state, bytes, sentBytes]),
      [['sending', 2000, 500]],
    );
    await one.requests.take('yard', report(row.id, { state: 'done', bytes: 2000, sent_bytes: 2000 }));
    assert.equal(await one.state(row), 'sending', 'until the library has it');
    scene.index.put(event);
    await scene.comes('done', async () => await one.state(row) === 'done');
    await scene.comes('its removal', async () => (await one.trail(row)).includes('fleet removed'));
    assert.deepEqual(await scene.asked(), []);
    assert.equal((await one.requests.get(row.id))?.row.sentBytes, 2000);
    assert.deepEqual(await one.trail(row), [
      'owner asked', 'fleet put', 'device accepted', 'device sending', 'fleet done', 'fleet removed',
    ]);
  });

  it('for a time are done when all that the device names has come, and when it has nothing', async () => {
    await using one = await scene.fleet();
    const wanted = { from: NOON / 1000 - 600, to: NOON / 1000 };
    const { row } = await one.requests.ask('yard', wanted, OWNER);
    assert.deepEqual(await one.requests.ask('yard', wanted, OWNER), { row, isNew: false });
    const [first, second] = [endedEvent(1), endedEvent(2)];
    await one.requests.take('yard', report(row.id, { state: 'done', events: [first.id, second.id] }));
    scene.index.put(first);
    await scene.comes('a look', async () => true);
    assert.equal(await one.state(row), 'sending');
    scene.index.put(second);
    await scene.comes('done', async () => await one.state(row) === 'done');
    const { row: empty } = await one.requests.ask('yard', { ...wanted, to: wanted.to - 60 }, OWNER);
    await one.requests.take('yard', report(empty.id, { state: 'done', reason: 'nothing was recorded then' }));
    assert.equal(await one.state(empty), 'done');
  });

  it('are believed to have come when the library has it, whatever the device says', async () => {
    const event = endedEvent(1);
    scene.index.put(event, CLIP);
    await using one = await scene.fleet();
    const { row } = await one.requests.ask('yard', { event: event.id }, OWNER);
    scene.index.put(event);
    await one.requests.take('yard', report(row.id, { state: 'refused', reason: 'it was deleted' }));
    assert.equal(await one.state(row), 'done');
  });

  it('are refused by the device, taken back, or out of date; and stay as they are then', async () => {
    const wanted = (n: number) => ({ from: NOON / 1000 - 600 - n, to: NOON / 1000 });
    await using one = await scene.fleet();
    const ask = async (n: number) => (await one.requests.ask('yard', wanted(n), { who: 'owner', lasts: hours(1) })).row;
    const [refused, withdrawn, late] = [await ask(1), await ask(2), await ask(3)];
    await one.requests.take('yard', report(refused.id, { state: 'refused', reason: 'it was deleted' }));
    await one.requests.take('shed', report(withdrawn.id, { state: 'refused' })); // not its own
    await one.requests.withdraw(withdrawn.id, 'owner');
    await one.requests.take('yard', report(withdrawn.id, { state: 'sending' }));
    await scene.clock.advance(hours(1));
    await scene.comes('expired', async () => await one.state(late) === 'expired');
    assert.deepEqual([await one.state(refused), await one.state(withdrawn)], ['refused', 'withdrawn']);
    assert.equal((await one.requests.get(refused.id))?.row.reason, 'it was deleted');
    await scene.comes('an empty landing', async () => (await scene.asked()).length === 0);
    assert.equal((await one.requests.withdraw(late.id, 'owner'))?.state, 'expired');
    assert.equal(await one.requests.withdraw('1795256130-k3x9ab', 'owner'), undefined);
  });

  it('have all of it when the library has, also when the device told of no more than the beginning', async () => {
    const event = endedEvent(1);
    scene.index.put(event, CLIP);
    await using one = await scene.fleet();
    const { row } = await one.requests.ask('yard', { event: event.id }, OWNER);
    await one.requests.take('yard', report(row.id, { bytes: 2000, sent_bytes: 500, events: [event.id] }));
    scene.index.put(event);
    await scene.comes('done', async () => await one.state(row) === 'done');
    assert.deepEqual(
      (await one.requests.list({ limit: 1 })).map(({ bytes, sentBytes }) => [bytes, sentBytes]), [[2000, 2000]],
    );
  });

  it('are not made for what is unknown, whole, too long, or yet to come', async () => {
    scene.index.put(endedEvent(1));
    await using one = await scene.fleet();
    const at = NOON / 1000;
    const refused = (wanted: Parameters<Requests['ask']>[1], code: string) =>
      assert.rejects(one.requests.ask('yard', wanted, OWNER), { code });
    await refused({ event: endedEvent(2).id }, 'requests.unknown-event');
    await refused({ event: endedEvent(1).id }, 'requests.nothing-held');
    await refused({ from: at - 90_000, to: at }, 'requests.bad-time');
    await refused({ from: at, to: at - 1 }, 'requests.bad-time');
    await refused({ from: at + 60, to: at + 120 }, 'requests.bad-time');
    assert.deepEqual(await one.requests.list({ limit: 10 }), []);
  });

  it('go on where they were when the fleet is killed between any two steps', async () => {
    const event = endedEvent(1);
    scene.index.put(event, CLIP);
    const stores = (at: number) => {
      const real = scene.landing();
      let calls = 0;
      const dying = async <T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> => {
        const [before, after] = [++calls === at, ++calls === at];
        if (before) await hang(signal);
        const result = await work();
        if (after) await hang(signal);
        return result;
      };
      return {
        put: (...args: Parameters<DirectoryLanding['put']>) => dying(() => real.put(...args), args[2]),
        remove: (key: string, signal: AbortSignal) => dying(() => real.remove(key, signal), signal),
        calls: () => calls,
      };
    };
    for (let at = 1; at <= 4; at++) {
      let id = '';
      const store = stores(at);
      {
        await using one = await scene.fleet({ parts: { landing: store } });
        ({ row: { id } } = await one.requests.ask('yard', { event: event.id }, OWNER));
        await scene.comes('its death', async () => {
          if (store.calls() >= 2 && at > 2) await one.requests.withdraw(id, 'owner');
          return store.calls() >= at;
        });
      }
      await using next = await scene.fleet();
      if (at <= 2) await scene.comes('the request', async () => (await scene.asked()).some((one) => one?.id === id));
      await next.requests.withdraw(id, 'owner');
      await scene.comes('an empty landing', async () => (await scene.asked()).length === 0);
      assert.equal((await next.requests.get(id))?.row.state, 'withdrawn', `killed at step ${at}`);
    }
  });

  it('hear of the device from the landing itself where no ingest hands reports on', async () => {
    const store = scene.landing();
    await using one = await scene.fleet({ parts: { reports: store } });
    const { row } = await one.requests.ask('yard', { from: NOON / 1000 - 60, to: NOON / 1000 }, OWNER);
    const tell = async (data: Buffer) => {
      const sha256 = createHash('sha256').update(data).digest('hex');
      await store.put(reportKey('yard', row.id), {
        content: { data }, bytes: data.byteLength, sha256, contentType: 'application/json',
      }, new AbortController().signal);
    };
    await tell(Buffer.from('{"half'));
    await scene.comes('a look', async () => true);
    await tell(Buffer.from(JSON.stringify(report(row.id, { bytes: 9, sent_bytes: 3 }))));
    await scene.comes('its word', async () => await one.state(row) === 'sending');
    await tell(Buffer.from(JSON.stringify(report(row.id, { state: 'done', reason: 'nothing was recorded then' }))));
    await scene.comes('done', async () => await one.state(row) === 'done');
    await scene.comes('an empty landing', async () => (await scene.asked()).length === 0);
  });

  it('wait for a landing that is out of reach', async () => {
    scene.index.put(endedEvent(1), CLIP);
    let isAway = true;
    const real = scene.landing();
    const store = {
      put: async (...args: Parameters<DirectoryLanding['put']>) => {
        if (isAway) throw new Error('away');
        await real.put(...args);
      },
      remove: real.remove.bind(real),
    };
    await using one = await scene.fleet({ parts: { landing: store } });
    const { row } = await one.requests.ask('yard', { event: endedEvent(1).id }, OWNER);
    await scene.comes('a try', async () => true);
    assert.equal(await one.state(row), 'asked');
    isAway = false;
    await scene.comes('the request', async () => (await scene.asked()).length === 1);
  });

  it('refuse a register that is damaged or newer', async () => {
    const file = path.join(scene.folder, 'requests.db');
    await writeFile(file, 'not a database, but long enough to be looked at'.repeat(50));
    assert.throws(() => SqliteRegister.open(file), { code: 'requests.damaged' });
  });
});

const hang = (signal: AbortSignal): Promise<never> => new Promise((_, reject) => {
  const stop = (): void => reject(signal.reason as Error);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
});
