import assert from 'node:assert/strict';
import type {
  FleetEventsView, RequestsView, RequestTrailView, RequestView, SubscribersView,
} from '../../device/contract/fleet-api.ts';
import { millis } from '../../device/core/units.ts';
import { RunningConsole } from '../../test/fleet/console.ts';
import { uploadOf } from '../../test/fleet/uploads.ts';
import { call } from '../../test/http/client.ts';

const NOON = Date.parse('2026-11-21T12:00:00Z');

describe('the fleet\'s API for footage on demand', () => {
  let fleet: RunningConsole;
  let cookie: string;
  beforeEach(async () => {
    fleet = await RunningConsole.start();
    cookie = await fleet.owner();
  });
  afterEach(() => fleet[Symbol.asyncDispose]());
  const ask = (method: string, path: string, body?: unknown) =>
    call(fleet.port, method, path, { headers: { cookie }, ...(body === undefined ? {} : { body }) });
  const view = (body: unknown) => body as RequestView;

  it('asks for a clip that its device holds, once, lists it, and takes it back', async () => {
    const upload = uploadOf({ picture: Buffer.from('picture') }, { at: NOON });
    await fleet.add(upload, millis(NOON), null, false, [{ role: 'clip', bytes: 5000 }]);
    const [event] = ((await ask('GET', '/api/events')).body as FleetEventsView).events;
    assert.deepEqual(event?.held, [{ role: 'clip', bytes: 5000 }]);
    const made = await ask('POST', '/api/devices/yard/requests', { event: upload.event.id, lasts: '1h' });
    const { id, until, asked_at: since } = view(made.body);
    assert.equal(made.status, 201);
    assert.deepEqual([until - since, view(made.body).state, view(made.body).who], [3600, 'asked', 'owner']);
    const again = await ask('POST', '/api/devices/yard/requests', { event: upload.event.id });
    assert.deepEqual([again.status, view(again.body).id], [200, id]);
    const later = await ask('POST', '/api/devices/yard/requests', { from: NOON / 1000 - 900, to: NOON / 1000 });
    assert.equal(later.status, 201);
    const listed = async (query: string) =>
      ((await ask('GET', `/api/requests${query}`)).body as RequestsView).requests.map((one) => one.id);
    assert.deepEqual(new Set(await listed('')), new Set([view(later.body).id, id]));
    assert.deepEqual([await listed(`?event=${upload.event.id}`), await listed('?device=shed')], [[id], []]);
    assert.equal(view((await ask('DELETE', `/api/requests/${id}`)).body).state, 'withdrawn');
    const { trail } = (await ask('GET', `/api/requests/${id}`)).body as RequestTrailView;
    assert.deepEqual(trail.map(({ who, what }) => `${who} ${what}`), ['owner asked', 'owner withdrawn']);
  });

  it('says why something is not asked', async () => {
    await fleet.add(uploadOf({ picture: Buffer.from('picture') }, { at: NOON }));
    const refused = async (device: string, body: unknown) =>
      (await ask('POST', `/api/devices/${device}/requests`, body)).code;
    const { event } = uploadOf({}, { at: NOON });
    assert.deepEqual(await Promise.all([
      refused('yard', { event: event.id }), refused('yard', { event: '1795262400.000000-zzzzzz' }),
      refused('yard', {}), refused('yard', { from: 1 }), refused('yard', { from: 1, to: 200_000 }),
      refused('shed', { from: 1, to: 2 }), refused('yard', { from: 1, to: 2, lasts: '1s' }),
      ask('GET', '/api/requests/none').then(({ code }) => code),
      ask('DELETE', '/api/requests/none').then(({ code }) => code),
    ]), [
      'requests.nothing-held', 'requests.unknown-event', 'http.bad-request', 'http.bad-request',
      'requests.bad-time', 'devices.unknown', 'http.bad-request',
      'requests.unknown', 'requests.unknown',
    ]);
  });

  it('shows who is told of events, and tries again what was put aside', async () => {
    fleet.subscribers = {
      views: () => [{
        plan: { name: 'bus', type: 'kafka' },
        counts: { waiting: 3, told: 5, dead: 1, forgotten: 0, waitingSince: millis(NOON) },
        dead: [{ id: 'yard/x/accepted', device: 'yard', at: millis(NOON), attempts: 8, result: 'too large' }],
        problem: undefined,
      }],
      redrive: (name) => (name === 'bus' ? 1 : undefined),
    };
    const { subscribers: [first] } = (await ask('GET', '/api/subscribers')).body as SubscribersView;
    assert.deepEqual(
      [first?.name, first?.waiting_since, first?.dead_letters[0]?.reason], ['bus', NOON / 1000, 'too large'],
    );
    assert.deepEqual((await ask('POST', '/api/subscribers/bus/redrive')).body, { redriven: 1 });
    assert.equal((await ask('POST', '/api/subscribers/none/redrive')).code, 'subscribers.unknown');
  });
});
