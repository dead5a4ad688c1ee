import assert from 'node:assert/strict';
import type {
  FleetDevicesView,
  FleetEventsView,
  FleetEventView,
  FleetStatusView,
  RejectedPageView,
  RequestsView,
  RequestTrailView,
  RequestView,
  SubscribersView,
} from '../../device/contract/fleet-api.ts';
import { millis } from '../../device/core/units.ts';
import { Keyring } from '../../device/vault/wrapped-key.ts';
import { newKeyPair } from '../../device/vault/x25519.ts';
import { RunningConsole } from '../../test/fleet/console.ts';
import { uploadOf } from '../../test/fleet/uploads.ts';
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
  const first = async (): Promise<FleetEventView> => {
    const [view] = ((await get('/api/events')).body as FleetEventsView).events;
    assert.ok(view);
    return view;
  };

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

  describe('links to media', () => {
    beforeEach(() => add(NOON));
    /** Without the cookie: a link is its own permission. */
    const follow = (link: string | null, headers: Record<string, string> = {}, method = 'GET') =>
      call(fleet.port, method, link ?? '', { headers });

    it('lead to thumbnail and preview, too, of an event that has them', async () => {
      await fleet.add(
        uploadOf({ thumbnail: Buffer.from('small'), preview: Buffer.from('a film') }, { at: NOON + 5000 }),
      );
      const { links } = await first();
      assert.deepEqual([links.clip, links.picture], [null, null]);
      const found = await Promise.all([follow(links.thumbnail), follow(links.preview)]);
      assert.deepEqual(found.map(({ headers, bytes }) => [headers['content-type'], bytes.toString()]), [
        ['image/jpeg', 'small'], ['video/mp4', 'a film'],
      ]);
    });

    it('open clip and picture without signing in, as what they are and nothing else', async () => {
      const { links: { clip, picture } } = await first();
      const video = await follow(clip);
      assert.deepEqual(
        [video.status, video.headers['content-type'], video.bytes.equals(CLIP)],
        [200, 'video/mp4', true],
      );
      const image = await follow(picture);
      assert.deepEqual(
        [image.status, image.headers['content-type'], image.bytes.toString()],
        [200, 'image/jpeg', 'picture'],
      );
      for (const { headers } of [video, image]) {
        assert.deepEqual([headers['x-content-type-options'], headers['cache-control']], ['nosniff', 'no-store']);
        assert.match(String(headers['content-disposition']), /^inline; filename="20261121T120000\.000Z_yard_camera_/);
      }
    });

    it('give parts, so that players can seek', async () => {
      const { links: { clip } } = await first();
      const ranges: readonly (readonly [string, number, string | undefined, string])[] = [
        ['bytes=0-9', 206, 'bytes 0-9/1000', '0123456789'],
        ['bytes=995-', 206, 'bytes 995-999/1000', '56789'],
        ['bytes=-3', 206, 'bytes 997-999/1000', '789'],
        ['bytes=998-5000', 206, 'bytes 998-999/1000', '89'],
      ];
      for (const [range, status, place, content] of ranges) {
        const answer = await follow(clip, { range });
        assert.deepEqual(
          [answer.status, answer.headers['content-range'], answer.bytes.toString()],
          [status, place, content],
          range,
        );
        assert.equal(answer.headers['content-length'], String(content.length));
      }
      const beyond = await follow(clip, { range: 'bytes=1000-' });
      assert.deepEqual(
        [beyond.status, beyond.headers['content-range'], beyond.code],
        [416, 'bytes */1000', 'media.range'],
      );
      assert.equal((await follow(clip, { range: 'bytes=0-1,4-5' })).bytes.byteLength, 1000);
      const head = await follow(clip, { range: 'bytes=0-9' }, 'HEAD');
      assert.deepEqual([head.status, head.headers['content-length'], head.bytes.byteLength], [206, '10', 0]);
    });

    it('give what is empty as empty', async () => {
      await fleet.add(uploadOf({ picture: Buffer.alloc(0) }, { at: NOON + 1000 }));
      const answer = await follow((await first()).links.picture);
      assert.deepEqual([answer.status, answer.bytes.byteLength], [200, 0]);
    });

    it('die after 100 seconds, and a fresh one is had for the asking', async () => {
      const start = Date.now();
      fleet.now = () => millis(start);
      const { links: { clip }, expires_at: expires, event } = await first();
      assert.equal(expires, (start + 100_000) / 1000);
      fleet.now = () => millis(start + 99_999);
      assert.equal((await follow(clip)).status, 200);
      fleet.now = () => millis(start + 100_000);
      const dead = await follow(clip, { range: 'bytes=0-9' });
      assert.deepEqual([dead.status, dead.code, dead.headers['content-range']], [403, 'link.expired', undefined]);
      const fresh = (await get(`/api/events/${event.device}/${event.id}`)).body as FleetEventView;
      assert.equal((await follow(fresh.links.clip)).status, 200);
    });

    it('tell a person with a dead link what to do', async () => {
      const { links: { clip } } = await first();
      fleet.now = () => millis(Date.now() + 200_000);
      const page = await follow(clip, { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
      assert.deepEqual([page.status, page.headers['content-type']], [403, 'text/html; charset=utf-8']);
      assert.match(page.bytes.toString(), /This link no longer works.*links work for 100 seconds.*<a href="\/">/s);
      assert.doesNotMatch(String(page.headers['content-security-policy']), /unsafe/);
    });

    it('cannot be made up, stretched or turned to another object', async () => {
      const { links: { clip, picture } } = await first();
      const link = new URL(clip ?? '', 'http://x');
      const changed = (change: (url: URL) => void): string => {
        const url = new URL(link);
        change(url);
        return url.pathname + url.search;
      };
      const forged = [
        link.pathname,
        changed(({ searchParams }) => searchParams.set('expires', '9999999999')),
        changed(({ searchParams }) => searchParams.set('expires', '9999999999.000')),
        changed(({ searchParams }) => searchParams.set('signature', 'A'.repeat(43))),
        changed(({ searchParams }) => searchParams.append('signature', 'x')),
        changed((url) => {
          url.pathname = new URL(picture ?? '', 'http://x').pathname;
        }),
        changed((url) => {
          url.pathname = '/media/..%2findex.db';
        }),
        changed((url) => {
          url.pathname = url.pathname.replace('yard', 'yar%64');
        }),
      ];
      for (const path of forged)
        assert.deepEqual([(await follow(path)).status, (await follow(path)).code], [403, 'link.invalid'], path);
    });

    it('are told apart from media that is gone only to who may know', async () => {
      const { links: { clip }, event } = await first();
      await fleet.library.remove(`yard/2026/11/21/${event.clip?.name}`);
      assert.deepEqual([(await follow(clip)).status, (await follow(clip)).code], [404, 'media.gone']);
      const told = await follow(clip, { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
      assert.deepEqual([told.status, told.headers['content-type']], [404, 'text/html; charset=utf-8']);
    });
  });
});

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
