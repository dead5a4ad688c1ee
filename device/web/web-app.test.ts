import assert from 'node:assert/strict';
import { eventually } from '../../test/eventually.ts';
import { call, openCall, type Answer } from '../../test/http/client.ts';
import { makeTestStream, type TestStream } from '../../test/video/test-stream.ts';
import { sampleEvent } from '../../test/web/fake-device.ts';
import { startWeb, type RunningWeb } from '../../test/web/start-web.ts';
import { DeviceError } from '../core/errors.ts';
import { millis, seconds } from '../core/units.ts';
import type { EventsView, LedgerView, StateView } from '../contract/device-api.ts';
import { arm } from './arm.ts';

const START = 1_795_252_530;

describe('the device\'s API', () => {
  let web: RunningWeb;
  let cookie: string;
  beforeEach(async () => {
    web = await startWeb();
    cookie = await web.owner();
  });
  afterEach(() => web[Symbol.asyncDispose]());
  const get = (route: string, headers: Record<string, string> = {}, method = 'GET') =>
    call(web.port, method, route, { headers: { cookie, ...headers } });
  const put = (route: string, body: unknown) => call(web.port, 'PUT', route, { body, headers: { cookie } });

  it('tells how the camera is, and whether it is armed', async () => {
    const { camera, armed, device, version, time } = (await get('/api/state')).body as StateView;
    assert.deepEqual([camera?.state, armed, device, version], ['online', true, 'tyto-1', '0.1.0']);
    assert.ok(Math.abs(time - Date.now() / 1000) < 60);
  });

  it('arms and disarms, and answers when it is so', async () => {
    const answer = await put('/api/armed', { armed: false });
    assert.deepEqual([answer.status, answer.body, web.bus.armed()], [200, { armed: false }, false]);
    assert.equal((await put('/api/armed', { armed: true })).status, 200);
    assert.equal(web.bus.armed(), true);
    assert.equal(web.bus.listeners, 0);
  });

  it('says so when the camera does not answer', async () => {
    web.bus.answers = false;
    await assert.rejects(arm(web.bus, false, millis(20)), {
      status: 503, code: 'camera.no-answer', message: /disarmed/,
    });
    assert.equal(web.bus.listeners, 0);
  });

  it('refuses what is no switch', async () => {
    for (const body of [{}, { armed: 'off' }, { armed: null }, [], 'armed']) {
      assert.equal((await put('/api/armed', body)).status, 400, JSON.stringify(body));
    }
    assert.equal(web.bus.armed(), true);
  });

  it('is well, for whoever asks, while the camera\'s process speaks', async () => {
    const health = async () => {
      const { status, body } = await call(web.port, 'GET', '/healthz');
      return [status, body];
    };
    assert.deepEqual(await health(), [200, { status: 'ok' }]);
    web.bus.silence = seconds(30);
    assert.deepEqual(await health(), [200, { status: 'ok' }]);
    web.bus.setCamera({ loss: 'the disk is full' });
    assert.deepEqual(await health(), [200, { status: 'degraded', loss: 'the disk is full' }]);
    web.bus.silence = seconds(31.25);
    assert.deepEqual(await health(), [503, { status: 'failing', silentSeconds: 31 }]);
    web.bus.silence = undefined;
    assert.deepEqual(await health(), [503, { status: 'failing', silentSeconds: null }]);
  });

  it('is ready once the bus is reached and the camera is known', async () => {
    const ready = async () => {
      const { status, body } = await call(web.port, 'GET', '/readyz');
      return [status, body];
    };
    assert.deepEqual(await ready(), [200, { ready: true }]);
    web.bus.connected = false;
    assert.deepEqual(await ready(), [503, { ready: false }]);
    web.bus.connected = true;
    web.bus.loseCamera();
    assert.deepEqual(await ready(), [503, { ready: false }]);
  });

  it('answers an unknown route in JSON, and keeps to methods', async () => {
    for (const [method, route] of [
      ['GET', '/api/nothing'], ['GET', '/api'], ['DELETE', '/api/state'], ['GET', '/api/events/../../etc/passwd'],
    ] as const) {
      const answer = await get(route, {}, method);
      assert.deepEqual([answer.status, answer.code], [404, 'http.no-route'], `${method} ${route}`);
    }
  });

  it('allows the page nothing but its own host', async () => {
    const { headers } = await get('/api/state', { host: 'cam.local:8080' });
    const policy = String(headers['content-security-policy']);
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /connect-src 'self' ws:\/\/cam\.local:8080 wss:\/\/cam\.local:8080;/);
    assert.doesNotMatch(policy, /unsafe|\*/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
    assert.doesNotMatch(
      String((await get('/api/state', { host: 'a b;script-src *' })).headers['content-security-policy']), /\*/,
    );
  });

  describe('of events', () => {
    const ids = ({ body }: Answer) => (body as EventsView).events.map(({ start_time: start }) => start - START);
    beforeEach(() => { for (let n = 0; n < 65; n++) web.archive.put(sampleEvent(START + n, 5)); });

    it('lists the newest first, page by page, to the oldest', async () => {
      const first = await get('/api/events');
      assert.deepEqual(ids(first), Array.from({ length: 30 }, (_, n) => 64 - n));
      const second = await get(`/api/events?before=${(first.body as EventsView).next}`);
      const third = await get(`/api/events?before=${(second.body as EventsView).next}`);
      assert.deepEqual([ids(second)[0], ids(third)], [34, [4, 3, 2, 1, 0]]);
      assert.equal((third.body as EventsView).next, null);
      assert.deepEqual(
        [ids(await get('/api/events?limit=2')), ids(await get('/api/events?day=2026-11-22'))], [[64, 63], []],
      );
    });

    it('knows the last page from a full one', async () => {
      assert.equal(((await get('/api/events?limit=65')).body as EventsView).next, null);
    });

    it('refuses queries that it does not understand, all at once', async () => {
      for (const query of [
        'limit=0', 'limit=101', 'limit=x', 'before=yesterday', 'day=2026-13-01', 'day=today', 'sort=up',
        'limit=1&limit=2',
      ]) {
        assert.equal((await get(`/api/events?${query}`)).status, 400, query);
      }
      assert.match((await get('/api/events?limit=0&day=x')).bytes.toString('utf8'), /limit.*day/);
    });

    it('lists only those that are all that is asked for', async () => {
      web.archive.put(sampleEvent(START + 200, 5, { kinds: ['motion', 'person'], entered_zones: ['drive'] }));
      web.archive.put(sampleEvent(START + 201, 5, { kinds: ['person'], has_clip: false }));
      const { id } = sampleEvent(START + 200, 5);
      assert.equal((await put(`/api/events/${id}/star`, { starred: true })).status, 200);
      for (const query of [
        'kind=person&zone=drive', 'starred=1', 'kind=person&clip=true', `from=${START + 200}&to=${START + 201}`,
        'camera=yard&zone=drive',
      ]) {
        assert.deepEqual(ids(await get(`/api/events?${query}`)), [200], query);
      }
      for (const query of ['kind=ghost', 'starred=0', 'clip=no', 'camera=a/b', 'from=yesterday'])
        assert.equal((await get(`/api/events?${query}`)).status, 400, query);
    });

    it('stars and deletes one, and says why not', async () => {
      const { id } = sampleEvent(START, 5);
      const route = `/api/events/${id}`;
      assert.deepEqual((await put(`${route}/star`, { starred: true })).body, { starred: true });
      assert.equal((await get(route, {}, 'DELETE')).code, 'events.starred');
      assert.deepEqual((await put(`${route}/star`, { starred: false })).body, { starred: false });
      assert.equal((await get(route, {}, 'DELETE')).status, 204);
      assert.equal((await get(route)).code, 'events.unknown');
      assert.equal((await get(route, {}, 'DELETE')).status, 404);
      assert.equal((await put(`/api/events/${sampleEvent(START + 1, 5).id}/star`, { starred: 'yes' })).status, 400);
      web.archive.fault = new DeviceError('archive.no-answer', 'the camera\'s process does not answer');
      const answer = await put(`/api/events/${sampleEvent(START + 1, 5).id}/star`, { starred: true });
      assert.deepEqual([answer.status, answer.code, answer.headers['retry-after']], [503, 'archive.no-answer', '5']);
    });

    it('shows one, and says so when there is none', async () => {
      const event = sampleEvent(START, 5);
      assert.deepEqual((await get(`/api/events/${event.id}`)).body, { ...event, starred: false });
      for (const id of ['1795252530.000000-zzzzzz', 'x', '%2e%2e', '..%2fowner.json']) {
        assert.equal((await get(`/api/events/${id}`)).code, 'events.unknown', id);
      }
      assert.equal((await get(`/api/events/${event.id}/clip.mp4`)).code, 'media.none');
    });
  });

  it('accounts for the last day, or for what is asked for', async () => {
    web.archive.ledgerEntries.push({ from: START, to: START + 60, state: 'lost', reason: 'the device was off' });
    const { entries, seconds: sums } =
      (await get(`/api/ledger?from=${START - 100}&to=${START + 100}`)).body as LedgerView;
    assert.deepEqual([entries, sums.lost], [web.archive.ledgerEntries, 60]);
    const day = (await get('/api/ledger')).body as LedgerView;
    assert.equal(day.to - day.from, 86_400);
    for (const query of ['from=5&to=5', 'from=0&to=9000000', 'from=soon'])
      assert.equal((await get(`/api/ledger?${query}`)).status, 400, query);
  });

  it('tells how the disk stands, and when that needs a person', async () => {
    assert.equal(((await get('/api/state')).body as StateView).storage, null);
    web.bus.storageState = {
      used: { events: 1, continuous: 0, timelapse: 0, pictures: 0 }, most: 10, free: 5, kept_free: 1,
      rate: 0, deleted: { events: 0, segments: 0, bytes: 0 },
      written: { day: '2026-11-21', recordings: 0, pictures: 0, catalogue: 0, other: 0 },
      alarms: [{ code: 'storage.full', message: 'full' }],
    };
    assert.deepEqual(((await get('/api/state')).body as StateView).storage, web.bus.storageState);
  });

  describe('of live pictures', () => {
    let stream: TestStream;
    before(async () => { stream = await makeTestStream(); });

    it('has none while nothing is live', async () => {
      const answer = await get('/api/snapshot.jpg');
      assert.deepEqual([answer.status, answer.code, answer.headers['retry-after']], [503, 'camera.no-picture', '5']);
    });

    it('takes one still for all who ask within a second', async () => {
      web.hub.begin(stream.init);
      for (const part of stream.fragments.slice(0, 4)) web.hub.fragment(part);
      const answers = await Promise.all([1, 2, 3].map(() => get('/api/snapshot.jpg')));
      for (const { status, bytes, headers } of answers) {
        assert.deepEqual([status, headers['content-type'], bytes[0], bytes[1]], [200, 'image/jpeg', 0xff, 0xd8]);
        assert.deepEqual(bytes, answers[0]?.bytes);
      }
    });
  });

  describe('of updates', () => {
    /** Everything heard so far, as text. */
    const follow = async (): Promise<{ heard(): string; ended(): boolean; leave(): void }> => {
      const answer = await openCall(web.port, 'GET', '/api/updates', { headers: { cookie } });
      assert.equal(answer.headers['content-type'], 'text/event-stream');
      let heard = '';
      answer.on('data', (chunk: Buffer) => { heard += chunk.toString('utf8'); });
      answer.on('error', () => {});
      return { heard: () => heard, ended: () => answer.readableEnded, leave: () => answer.destroy() };
    };

    it('tell the state at once, then every change and event as it happens', async () => {
      const listener = await follow();
      await eventually('the state', () => listener.heard().includes('event: state\n'));
      web.bus.setCamera({ state: 'offline', reason: 'the camera does not answer' });
      await eventually('the change', () => listener.heard().includes('the camera does not answer'));
      web.bus.say('new', sampleEvent(START, undefined));
      await eventually('the event', () => /event: event\ndata: \{"type":"new".*\}\n\n/.test(listener.heard()));
      listener.leave();
      await eventually('nobody listens', () => web.bus.listeners === 0);
    });

    it('say nothing of counters that only run', async () => {
      const listener = await follow();
      await eventually('the state', () => listener.heard().includes('event: state\n'));
      web.bus.setCamera({ framesAnalysed: 101 });
      web.bus.setCamera({ recording: true });
      await eventually('the change', () => listener.heard().includes('"recording":true'));
      assert.equal(listener.heard().split('event: state').length - 1, 2);
      listener.leave();
    });

    it('end with the session', async () => {
      const listener = await follow();
      await eventually('the state', () => listener.heard().includes('event: state\n'));
      await call(web.port, 'DELETE', '/api/session', { headers: { cookie } });
      await eventually('the end', () => listener.ended());
      assert.equal(web.bus.listeners, 0);
    });
  });
});
