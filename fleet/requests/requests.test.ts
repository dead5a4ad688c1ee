import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TytoEvent } from '../../device/contract/event.ts';
import type { FleetFindings } from '../../device/contract/fleet-findings.ts';
import type { HeldFile } from '../../device/contract/manifest.ts';
import { parseRequestKey, reportKey, type Report } from '../../device/contract/mail.ts';
import { silentLog } from '../../device/core/log.ts';
import { hours, millis, seconds } from '../../device/core/units.ts';
import { DirectoryLanding } from '../../device/landing/directory-landing.ts';
import { VirtualClock } from '../../device/runtime/virtual-clock.ts';
import { eventually } from '../../test/eventually.ts';
import { endedEvent } from '../../test/fixtures/ended-events.ts';
import { faceOf } from '../../test/fixtures/told-events.ts';
import { readAskRules, type AskRule } from './ask-rules.ts';
import type { KnownEvents, NewsOfEvents, RequestRow } from './port.ts';
import { Requests, type RequestsParts } from './requests.ts';
import { SqliteRegister } from './sqlite-register.ts';

const NOON = millis(1_795_262_400_000);
const CLIP: readonly HeldFile[] = [{ role: 'clip', bytes: 2000 }];
const OWNER = { who: 'owner' };

/** An index that is a list. */
class ListedIndex implements KnownEvents, NewsOfEvents {
  readonly rows = new Map<string, { readonly event: TytoEvent; readonly held: readonly HeldFile[] }>();
  readonly #news: {
    readonly what: 'accepted' | 'updated';
    readonly row: { readonly event: TytoEvent; readonly held: readonly HeldFile[]; readonly findings: FleetFindings };
  }[] = [];

  put(event: TytoEvent, held: readonly HeldFile[] = [], findings: FleetFindings = {}): void {
    const what = this.rows.has(event.id) ? 'updated' : 'accepted';
    this.rows.set(event.id, { event, held });
    this.#news.push({ what, row: { event, held, findings } });
  }
  async event(device: string, id: string) { return [this.rows.get(id)].find((row) => row?.event.device === device); }
  async since(cursor: string, limit: number) {
    const from = Number(cursor);
    // of what was deleted there is nothing to tell
    const told = this.#news.slice(from, from + limit).filter(({ row }) => this.rows.has(row.event.id));
    return {
      news: told, cursor: String(Math.min(from + limit, this.#news.length)), more: this.#news.length > from + limit,
    };
  }
  async latest() { return String(this.#news.length); }
}

describe('requests for footage', () => {
  let folder: string;
  let index: ListedIndex;
  let clock: VirtualClock;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-requests-'));
    [index, clock] = [new ListedIndex(), new VirtualClock(NOON)];
  });
  afterEach(() => rm(folder, { recursive: true }));

  const landing = (): string => path.join(folder, 'landing');
  /** What lies in the landing, as a device reads it. */
  const asked = async () => {
    const { entries } = await new DirectoryLanding(landing(), { create: true }).list(
      'yard/', undefined, new AbortController().signal,
    );
    return entries.map(({ key }) => parseRequestKey(key));
  };
  const report = (request: string, change: Partial<Report>): Report =>
    ({ version: 1, request, state: 'sending', at: 1, bytes: 0, sent_bytes: 0, events: [], reason: '', ...change });

  /** A fleet that runs until it is disposed of, as when it is killed: the next finds what this one left. */
  async function fleet(
    { rules = [], parts = {} }: { readonly rules?: readonly AskRule[]; readonly parts?: Partial<RequestsParts> } = {},
  ) {
    const register = SqliteRegister.open(path.join(folder, 'requests.db'));
    const requests = new Requests({
      register, index, landing: new DirectoryLanding(landing(), { create: true }), rules, clock, log: silentLog,
      ...parts,
    });
    await requests.begin();
    const stop = new AbortController();
    const running = requests.run(stop.signal);
    return {
      requests,
      state: async ({ id }: RequestRow) => (await requests.get(id))?.row.state,
      trail: async ({ id }: RequestRow) =>
        ((await requests.get(id))?.trail ?? []).map(({ who, what }) => `${who} ${what}`),
      async [Symbol.asyncDispose]() {
        stop.abort();
        await running;
        register[Symbol.dispose]();
      },
    };
  }
  /** Lets the fleet look, at its own pace, until something holds. */
  const comes = (what: string, check: () => Promise<boolean>): Promise<unknown> => eventually(what, async () => {
    await clock.advance(seconds(2));
    return check();
  });

  it('are found by the device in the landing, and leave it when the footage has come', async () => {
    const event = endedEvent(1);
    index.put(event, CLIP);
    await using one = await fleet();
    const { row } = await one.requests.ask('yard', { event: event.id }, OWNER);
    await comes('the request', async () => (await one.trail(row)).includes('fleet put'));
    assert.deepEqual(await asked(), [{ id: row.id, event: event.id, until: (NOON + hours(7 * 24)) / 1000 }]);
    await one.requests.take('yard', report(row.id, { state: 'accepted' }));
    await one.requests.take('yard', report(row.id, { bytes: 2000, sent_bytes: 500, events: [event.id] }));
    assert.deepEqual(
      (await one.requests.list({ limit: 1 })).map(({ state, bytes, sentBytes }) => [state, bytes, sentBytes]),
      [['sending', 2000, 500]],
    );
    await one.requests.take('yard', report(row.id, { state: 'done', bytes: 2000, sent_bytes: 2000 }));
    assert.equal(await one.state(row), 'sending', 'until the library has it');
    index.put(event);
    await comes('done', async () => await one.state(row) === 'done');
    await comes('its removal', async () => (await one.trail(row)).includes('fleet removed'));
    assert.deepEqual(await asked(), []);
    assert.equal((await one.requests.get(row.id))?.row.sentBytes, 2000);
    assert.deepEqual(await one.trail(row), [
      'owner asked', 'fleet put', 'device accepted', 'device sending', 'fleet done', 'fleet removed',
    ]);
  });

  it('for a time are done when all that the device names has come, and when it has nothing', async () => {
    await using one = await fleet();
    const wanted = { from: NOON / 1000 - 600, to: NOON / 1000 };
    const { row } = await one.requests.ask('yard', wanted, OWNER);
    assert.deepEqual(await one.requests.ask('yard', wanted, OWNER), { row, isNew: false });
    const [first, second] = [endedEvent(1), endedEvent(2)];
    await one.requests.take('yard', report(row.id, { state: 'done', events: [first.id, second.id] }));
    index.put(first);
    await comes('a look', async () => true);
    assert.equal(await one.state(row), 'sending');
    index.put(second);
    await comes('done', async () => await one.state(row) === 'done');
    const { row: empty } = await one.requests.ask('yard', { ...wanted, to: wanted.to - 60 }, OWNER);
    await one.requests.take('yard', report(empty.id, { state: 'done', reason: 'nothing was recorded then' }));
    assert.equal(await one.state(empty), 'done');
  });

  it('are believed to have come when the library has it, whatever the device says', async () => {
    const event = endedEvent(1);
    index.put(event, CLIP);
    await using one = await fleet();
    const { row } = await one.requests.ask('yard', { event: event.id }, OWNER);
    index.put(event);
    await one.requests.take('yard', report(row.id, { state: 'refused', reason: 'it was deleted' }));
    assert.equal(await one.state(row), 'done');
  });

  it('are refused by the device, taken back, or out of date; and stay as they are then', async () => {
    const wanted = (n: number) => ({ from: NOON / 1000 - 600 - n, to: NOON / 1000 });
    await using one = await fleet();
    const ask = async (n: number) => (await one.requests.ask('yard', wanted(n), { who: 'owner', lasts: hours(1) })).row;
    const [refused, withdrawn, late] = [await ask(1), await ask(2), await ask(3)];
    await one.requests.take('yard', report(refused.id, { state: 'refused', reason: 'it was deleted' }));
    await one.requests.take('shed', report(withdrawn.id, { state: 'refused' })); // not its own
    await one.requests.withdraw(withdrawn.id, 'owner');
    await one.requests.take('yard', report(withdrawn.id, { state: 'sending' }));
    await clock.advance(hours(1));
    await comes('expired', async () => await one.state(late) === 'expired');
    assert.deepEqual([await one.state(refused), await one.state(withdrawn)], ['refused', 'withdrawn']);
    assert.equal((await one.requests.get(refused.id))?.row.reason, 'it was deleted');
    await comes('an empty landing', async () => (await asked()).length === 0);
    assert.equal((await one.requests.withdraw(late.id, 'owner'))?.state, 'expired');
    assert.equal(await one.requests.withdraw('1795256130-k3x9ab', 'owner'), undefined);
  });

  it('have all of it when the library has, also when the device told of no more than the beginning', async () => {
    const event = endedEvent(1);
    index.put(event, CLIP);
    await using one = await fleet();
    const { row } = await one.requests.ask('yard', { event: event.id }, OWNER);
    await one.requests.take('yard', report(row.id, { bytes: 2000, sent_bytes: 500, events: [event.id] }));
    index.put(event);
    await comes('done', async () => await one.state(row) === 'done');
    assert.deepEqual(
      (await one.requests.list({ limit: 1 })).map(({ bytes, sentBytes }) => [bytes, sentBytes]), [[2000, 2000]],
    );
  });

  it('are made by rules for people whose faces the fleet found', async () => {
    await using one = await fleet({ rules: await readAskRules('[{"name":"ada","people":["Ada"]}]') });
    index.put(endedEvent(1), CLIP, { faces: [faceOf('Grace')] });
    index.put(endedEvent(2), CLIP, { faces: [faceOf('Ada')] });
    await comes('the request', async () => (await one.requests.list({ limit: 9 })).length > 0);
    const rows = await one.requests.list({ limit: 9 });
    assert.deepEqual(rows.map(({ wanted }) => wanted), [{ event: endedEvent(2).id }]);
  });

  it('are made by rules behind any number of events that were deleted before a rule saw them', async () => {
    const rules = await readAskRules('[{"name":"all"}]');
    await using one = await fleet({ rules });
    for (let n = 1; n <= 500; n++) index.put(endedEvent(n), CLIP);
    index.rows.clear();
    const event = endedEvent(501);
    index.put(event, CLIP);
    await comes('the request', async () => (await one.requests.list({ event: event.id, limit: 1 })).length === 1);
  });

  it('are not made for what is unknown, whole, too long, or yet to come', async () => {
    index.put(endedEvent(1));
    await using one = await fleet();
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
    index.put(event, CLIP);
    const stores = (at: number) => {
      const real = new DirectoryLanding(landing(), { create: true });
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
        await using one = await fleet({ parts: { landing: store } });
        ({ row: { id } } = await one.requests.ask('yard', { event: event.id }, OWNER));
        await comes('its death', async () => {
          if (store.calls() >= 2 && at > 2) await one.requests.withdraw(id, 'owner');
          return store.calls() >= at;
        });
      }
      await using next = await fleet();
      if (at <= 2) await comes('the request', async () => (await asked()).some((one) => one?.id === id));
      await next.requests.withdraw(id, 'owner');
      await comes('an empty landing', async () => (await asked()).length === 0);
      assert.equal((await next.requests.get(id))?.row.state, 'withdrawn', `killed at step ${at}`);
    }
  });

  it('are made by rules, once for each event whose clip the device holds', async () => {
    const rules = await readAskRules('[{"name": "strangers", "people": "unknown", "devices": ["yard"]}]');
    index.put(endedEvent(1), CLIP); // before there was a rule
    await using one = await fleet({ rules });
    const stranger = { faces: [faceOf(null)] };
    index.put({ ...endedEvent(2), ...stranger }, CLIP);
    index.put({ ...endedEvent(3), ...stranger });
    index.put(endedEvent(4), CLIP);
    index.put({ ...endedEvent(5), ...stranger, device: 'shed' }, CLIP);
    await comes('a request', async () => (await one.requests.list({ limit: 10 })).length > 0);
    const [row] = await one.requests.list({ limit: 10 });
    assert.deepEqual([row?.who, row?.wanted], ['rule strangers', { event: endedEvent(2).id }]);
    await one.requests.take('yard', report(row?.id ?? '', { state: 'refused', reason: 'no' }));
    index.put({ ...endedEvent(2), ...stranger }, CLIP);
    await comes('another look', async () => true);
    assert.equal((await one.requests.list({ limit: 10 })).length, 1);
  });

  it('have rules that are checked, in a setting or in a file', async () => {
    const file = path.join(folder, 'ask.json');
    await writeFile(file, '[{"name": "cars", "kinds": ["vehicle"], "score": 0.5}]');
    assert.deepEqual(await readAskRules(file), [{ name: 'cars', kinds: ['vehicle'], score: 0.5 }]);
    assert.deepEqual(await readAskRules(''), []);
    await assert.rejects(readAskRules('[{"name": "a b", "kind": 1}]'), {
      code: 'requests.settings', message: /TYTO_FLEET_ASK: rule "a b": name must have .*there is no setting "kind"/,
    });
    await assert.rejects(readAskRules('[{'), { code: 'requests.settings', message: /a list in JSON/ });
    await assert.rejects(readAskRules('/no/such'), {
      code: 'requests.settings', message: /file \/no\/such: it cannot be read/,
    });
  });

  it('hear of the device from the landing itself where no ingest hands reports on', async () => {
    const store = new DirectoryLanding(landing(), { create: true });
    await using one = await fleet({ parts: { reports: store } });
    const { row } = await one.requests.ask('yard', { from: NOON / 1000 - 60, to: NOON / 1000 }, OWNER);
    const tell = async (data: Buffer) => {
      const sha256 = createHash('sha256').update(data).digest('hex');
      await store.put(reportKey('yard', row.id), {
        content: { data }, bytes: data.byteLength, sha256, contentType: 'application/json',
      }, new AbortController().signal);
    };
    await tell(Buffer.from('{"half'));
    await comes('a look', async () => true);
    await tell(Buffer.from(JSON.stringify(report(row.id, { bytes: 9, sent_bytes: 3 }))));
    await comes('its word', async () => await one.state(row) === 'sending');
    await tell(Buffer.from(JSON.stringify(report(row.id, { state: 'done', reason: 'nothing was recorded then' }))));
    await comes('done', async () => await one.state(row) === 'done');
    await comes('an empty landing', async () => (await asked()).length === 0);
  });

  it('wait for a landing that is out of reach', async () => {
    index.put(endedEvent(1), CLIP);
    let isAway = true;
    const real = new DirectoryLanding(landing(), { create: true });
    const store = {
      put: async (...args: Parameters<DirectoryLanding['put']>) => {
        if (isAway) throw new Error('away');
        await real.put(...args);
      },
      remove: real.remove.bind(real),
    };
    await using one = await fleet({ parts: { landing: store } });
    const { row } = await one.requests.ask('yard', { event: endedEvent(1).id }, OWNER);
    await comes('a try', async () => true);
    assert.equal(await one.state(row), 'asked');
    isAway = false;
    await comes('the request', async () => (await asked()).length === 1);
  });

  it('refuse a register that is damaged or newer', async () => {
    const file = path.join(folder, 'requests.db');
    await writeFile(file, 'not a database, but long enough to be looked at'.repeat(50));
    assert.throws(() => SqliteRegister.open(file), { code: 'requests.damaged' });
  });
});

const hang = (signal: AbortSignal): Promise<never> => new Promise((_, reject) => {
  const stop = (): void => reject(signal.reason as Error);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
});
