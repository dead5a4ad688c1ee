import assert from 'node:assert/strict';
import path from 'node:path';
import type { RequestView } from '../../../device/contract/fleet-api.ts';
import { manifestKey } from '../../../device/contract/names.ts';
import { eventually } from '../../../test/eventually.ts';
import { makePicture } from '../../../test/fleet/footage.ts';
import { land, manifestOf, mediaOf, uploadOf } from '../../../test/fleet/uploads.ts';
import { RunningVault } from '../../../test/fleet/vault.ts';
import { call } from '../../../test/http/client.ts';

const API = '/api/vault/v1';
const NOON = Date.parse('2026-11-20T12:00:00Z');

describe('the vault\'s own API for footage on demand', () => {
  let fleet: RunningVault;
  let farm: Readonly<Record<string, string>>;
  beforeEach(async () => {
    fleet = await RunningVault.start();
    farm = fleet.account('farm', { quota: 100_000_000, days: 30 });
  });
  afterEach(() => fleet[Symbol.asyncDispose]());

  const ask = (
    method: string, where: string,
    { headers = farm, body }: { readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown } = {},
  ) =>
    call(fleet.port, method, API + where, { headers, ...(body === undefined ? {} : { body }) });

  it('asks a device for footage for whom it was given to, tells how far it is, and takes it back', async () => {
    fleet.deviceKey('gate', 'farm');
    const time = { from: NOON / 1000, to: NOON / 1000 + 900 };
    const first = await ask('POST', '/devices/gate/requests', { body: { ...time, lasts: '2h' } });
    const view = first.body as RequestView;
    assert.deepEqual([first.status, view.state, view.who, view.from, Math.round(view.until - view.asked_at)], [
      201, 'asked', 'account farm', time.from, 7200,
    ]);
    assert.equal((await ask('POST', '/devices/gate/requests', { body: time })).status, 200, 'it was asked before');
    assert.deepEqual((await ask('GET', '/devices/gate/requests')).body, { requests: [view], next: null });
    const gone = await ask('DELETE', `/devices/gate/requests/${view.id}`);
    assert.deepEqual([gone.status, (gone.body as RequestView).state], [200, 'withdrawn']);
  });

  it('asks for an event of its own whose clip the device holds, and for no other', async () => {
    fleet.deviceKey('gate', 'farm');
    const sent = uploadOf({ picture: await makePicture() }, { device: 'gate', at: NOON });
    const { event } = sent;
    const manifest = [manifestKey(event), manifestOf(event, [{ role: 'clip', bytes: 9 }])] as const;
    await land(path.join(fleet.folder, 'landing'), [...mediaOf(sent), manifest]);
    fleet.ingest();
    await eventually('it in the library', async () => await fleet.index.event('gate', event.id) !== undefined);
    const { status, body } = await ask('POST', '/devices/gate/requests', { body: { event: event.id } });
    assert.deepEqual([status, (body as RequestView).event], [201, event.id]);
    const nothing = await ask('POST', '/devices/gate/requests', { body: { event: '1795252530.123456-k3x9ab' } });
    assert.equal(nothing.status, 404);
  });

  it('lets no account ask a device of another, nor one that it merely named first, nor see what was asked', async () => {
    fleet.deviceKey('gate', 'farm');
    const shop = fleet.account('shop');
    const body = { from: NOON / 1000, to: NOON / 1000 + 60 };
    const { id } = (await ask('POST', '/devices/gate/requests', { body })).body as RequestView;
    await ask('POST', '/devices/till/heartbeat', { headers: shop, body: {} });
    for (const [method, where] of [['POST', '/devices/gate/requests'], ['GET', '/devices/gate/requests'],
      ['DELETE', `/devices/gate/requests/${id}`], ['POST', '/devices/till/requests']] as const) {
      const refused = await ask(method, where, { headers: shop, ...(method === 'POST' ? { body } : {}) });
      assert.deepEqual([refused.status, refused.code], [404, 'vault.no-such-device'], `${method} ${where}`);
    }
    fleet.deviceKey('barn', 'shop');
    assert.equal((await ask('DELETE', `/devices/barn/requests/${id}`, { headers: shop })).code, 'requests.unknown');
  });

  it('says what is wrong with what is asked for', async () => {
    fleet.deviceKey('gate', 'farm');
    for (const body of [
      {}, { from: 5 }, { from: 9, to: 5 }, { from: 5, to: 9, lasts: 'long' },
      { event: '1795252530.123456-k3x9ab', from: 5, to: 9 },
    ])
      assert.equal((await ask('POST', '/devices/gate/requests', { body })).status, 400, JSON.stringify(body));
  });
});
