import assert from 'node:assert/strict';
import type {
  FleetDevicesView,
  FleetEventsView,
  FleetStatusView,
  RejectedPageView,
} from '../../device/contract/fleet-api.ts';
import { millis } from '../../device/core/units.ts';
import { Keyring } from '../../device/vault/wrapped-key.ts';
import { newKeyPair } from '../../device/vault/x25519.ts';
import { RunningConsole } from '../../test/fleet/console.ts';
import { uploadOf, withManifest } from '../../test/fleet/uploads.ts';
import { call } from '../../test/http/client.ts';
import { cipherFor, encryptedParts } from '../../test/recording/cipher.ts';
import { ROUTES } from './routes.ts';

const NOON = Date.parse('2026-11-21T12:00:00Z');
const CLIP = Buffer.from('0123456789'.repeat(100));
const facts = { codec: 'avc1.64001f', width: 1280, height: 720, duration: 12 };

describe('the fleet\'s API', () => {
  let fleet: RunningConsole;
  let cookie: string;
  beforeEach(async () => {
    fleet = await RunningConsole.start();
    cookie = await fleet.owner();
  });
  afterEach(() => fleet[Symbol.asyncDispose]());
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    call(fleet.port, method, path, { headers: { cookie, ...headers } });
  const add = (at: number, device = 'yard') =>
    fleet.add(uploadOf({ clip: CLIP, picture: Buffer.from('picture') }, { at, device, facts }));

  it('opens each route to whom the table says, and to nobody else', async () => {
    const sample = (path: string): string =>
      path.replace(':device', 'yard').replace(':id', '1795262400.000000-abcdef').replace('*key', 'x');
    for (const { method, path, role } of ROUTES) {
      const { status, code } = await call(fleet.port, method, sample(path));
      if (role === 'owner') assert.deepEqual([status, code], [401, 'access.sign-in'], `${method} ${path}`);
      else assert.notEqual(status, 401, `${method} ${path}`);
    }
    assert.deepEqual(
      ROUTES.filter(({ role }) => role === 'anyone')
        .map(({ method, path }) => `${method} ${path}`)
        .sort(),
      [
        'DELETE /api/session',
        'GET /api/session',
        'GET /healthz',
        'GET /media/*key',
        'GET /readyz',
        'POST /api/owner',
        'POST /api/session',
      ],
    );
    assert.deepEqual(
      [(await get('/api/nothing')).code, (await get('/media')).code, (await get('/media/')).status],
      ['http.no-route', 'http.no-route', 404],
    );
  });

  it('lists events of all devices, newest first, page by page, or of one', async () => {
    for (let n = 0; n < 5; n++) await add(NOON + n * 1000, n % 2 === 0 ? 'yard' : 'shed');
    const seconds = (body: unknown) =>
      (body as FleetEventsView).events.map(({ event }) => event.start_time - NOON / 1000);
    const newest = (await get('/api/events?limit=2')).body as FleetEventsView;
    assert.deepEqual(seconds(newest), [4, 3]);
    assert.deepEqual(seconds((await get(`/api/events?limit=9&before=${newest.next}`)).body), [2, 1, 0]);
    assert.deepEqual(seconds((await get('/api/events?device=shed')).body), [3, 1]);
    assert.deepEqual(seconds((await get('/api/events?device=nobody')).body), []);
    for (const query of ['limit=0', 'limit=1e9', 'before=x', 'device=../x', 'device=a&device=b', 'sort=up']) {
      assert.deepEqual((await get(`/api/events?${query}`)).code, 'http.bad-request', query);
    }
  });

  it('tells of an event whose pictures are damaged in part', async () => {
    const damage = { reason: '3 of 4 pictures decode without fault', decoded_share: 0.75 };
    await fleet.add(uploadOf({}, { at: NOON }), millis(NOON), damage);
    await fleet.add(uploadOf({}, { at: NOON - 1000 }), millis(NOON));
    const { events } = (await get('/api/events')).body as FleetEventsView;
    assert.deepEqual(events.map((event) => event.damage), [damage, null]);
  });

  it('shows what is encrypted to who has a link, decrypted on the way, when it has the key', async () => {
    const pair = newKeyPair();
    const cipher = cipherFor(pair);
    const clip =
      Buffer.concat(encryptedParts(cipher, Buffer.from('head '), [Buffer.from('first '), Buffer.from('second')]));
    const upload = uploadOf(
      { clip, picture: Buffer.from(cipherFor(pair).whole(Buffer.from('a jpeg'))) }, { at: NOON, facts },
    );
    for (const keys of [new Keyring([pair.privateKey]), new Keyring([])]) {
      await using console = await RunningConsole.start({ keys });
      const owner = await console.owner();
      await console.add(upload, millis(NOON), null, true);
      const { body } = await call(console.port, 'GET', '/api/events', { headers: { cookie: owner } });
      const [view] = (body as FleetEventsView).events;
      assert.equal(view?.sealed, true);
      const [whole, part, head, picture] = await Promise.all([
        call(console.port, 'GET', view.links.clip ?? ''),
        call(console.port, 'GET', view.links.clip ?? '', { headers: { range: 'bytes=3-8' } }),
        call(console.port, 'HEAD', view.links.clip ?? ''), call(console.port, 'GET', view.links.picture ?? ''),
      ]);
      if (keys.publicKeys.length === 0) {
        for (const answer of [whole, part, picture])
          assert.deepEqual([answer.status, answer.code], [403, 'media.sealed']);
        continue;
      }
      assert.deepEqual([whole.bytes.toString(), whole.headers['content-length']], ['head first second', '17']);
      assert.deepEqual(
        [part.status, part.bytes.toString(), part.headers['content-range']], [206, 'd firs', 'bytes 3-8/17'],
      );
      assert.deepEqual([head.status, head.headers['content-length']], [200, '17']);
      assert.deepEqual([picture.bytes.toString(), picture.headers['content-type']], ['a jpeg', 'image/jpeg']);
    }
  });

  it('finds events by device, time, kind and clip', async () => {
    await add(NOON);
    await fleet.add(uploadOf({}, { at: NOON - 60_000 }), millis(NOON));
    const found = async (query: string) =>
      ((await get(`/api/events?${query}`)).body as FleetEventsView).events.map(({ event }) =>
        event.start_time - NOON / 1000);
    assert.deepEqual(await found(`device=yard&from=${NOON / 1000 - 60}&to=${NOON / 1000}`), [-60]);
    assert.deepEqual(
      [await found('clip=true'), await found('clip=false'), await found('kind=motion&continuous=true')],
      [[0], [0, -60], [0, -60]],
    );
    assert.deepEqual(
      [await found('kind=person'), await found('person=Ada'), await found('account=farm')], [[], [], []],
    );
    for (const wrong of ['kind=ghost', 'clip=yes', 'from=noon', 'account=a_b'])
      assert.equal((await get(`/api/events?${wrong}`)).code, 'http.bad-request', wrong);
  });

  it('names who was recognised, for who looks for somebody', async () => {
    const { event } = uploadOf({}, { at: NOON });
    const face = { box: [0.1, 0.1, 0.2, 0.2], score: 0.9, time: NOON / 1000, similarity: 0.8 } as const;
    await fleet.add(withManifest({
      ...event, faces: [{ ...face, person: 'Grace' }, { ...face, person: 'Ada' }, { ...face, person: null }],
    }, []));
    assert.deepEqual((await get('/api/people')).body, { people: ['Ada', 'Grace'] });
    assert.equal(((await get('/api/events?person=Grace')).body as FleetEventsView).events.length, 1);
    assert.deepEqual((await get('/api/people/Grace?device=shed', {}, 'DELETE')).body, { events: 0 });
    assert.deepEqual((await get('/api/people/Grace', {}, 'DELETE')).body, { events: 1 });
    assert.deepEqual((await get('/api/people')).body, { people: ['Ada'] });
    assert.equal((await get('/api/people/Ada?who=else', {}, 'DELETE')).code, 'http.bad-request');
  });

  it('tells of devices, and of what was rejected and why', async () => {
    await add(NOON);
    await fleet.index.reject({
      key: 'shed/a.json',
      device: 'shed',
      code: 'file.wrong-hash',
      message: 'not what was announced',
      rejectedAt: millis(NOON),
      folder: 'shed/a-1/',
      objects: [{ key: 'shed/a.json', bytes: 9, kept: true }],
      delivery: 'x',
    });
    const { devices } = (await get('/api/devices')).body as FleetDevicesView;
    assert.deepEqual(
      devices.map(({ device, events, last_event_at: last }) => [device, events, last]),
      [['yard', 1, NOON / 1000]],
    );
    assert.deepEqual((await get('/api/rejected')).body, {
      rejected: [
        {
          key: 'shed/a.json',
          device: 'shed',
          reason: { code: 'file.wrong-hash', message: 'not what was announced' },
          rejected_at: NOON / 1000,
          folder: 'shed/a-1/',
          objects: [{ key: 'shed/a.json', bytes: 9, kept: true }],
        },
      ],
      next: null,
    } satisfies RejectedPageView);
  });

  it('says that something changed, and that the landing cannot be read', async () => {
    const status = async () => (await get('/api/status')).body as FleetStatusView;
    const before = await status();
    assert.equal((await status()).revision, before.revision);
    await add(NOON);
    assert.notEqual((await status()).revision, before.revision);
    assert.equal((await call(fleet.port, 'GET', '/readyz')).status, 200);
    fleet.status = { landingTrouble: 'gone', unreadable: ['shed/'], queued: 1, heldBack: 2 };
    assert.deepEqual((await status()).landing, { place: '/srv/landing', trouble: 'gone', unreadable: ['shed/'] });
    assert.deepEqual(
      [(await call(fleet.port, 'GET', '/readyz')).status, (await call(fleet.port, 'GET', '/healthz')).status],
      [503, 200],
    );
  });
});
