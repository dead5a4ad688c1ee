import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from '../../test/eventually.ts';
import { call, openCall, type Answer } from '../../test/http/client.ts';
import { makeTestStream, type TestStream } from '../../test/video/test-stream.ts';
import { sampleEvent } from '../../test/web/fake-device.ts';
import { PASSWORD, startWeb, type RunningWeb } from '../../test/web/start-web.ts';
import type { TytoEvent } from '../contract/event.ts';
import { routeName } from '../access/route.ts';
import { millis } from '../core/units.ts';
import type { EventsView, StateView } from './api.ts';
import { arm } from './arm.ts';
import { DEVICE_ROUTES, ROUTES } from './routes.ts';
import { serveWeb } from './web-app.ts';

const START = 1_795_252_530;

describe('routes of the page\'s server, by role', () => {
  let web: RunningWeb;
  beforeEach(async () => { web = await startWeb(); });
  afterEach(() => web[Symbol.asyncDispose]());

  const paths = { id: '1795252530.000000-aaaaaa' };
  const concrete = (route: string) => route.replace(':id', paths.id);
  const isRefused = ({ status, code }: Answer) => status === 401 && code === 'access.sign-in';

  it('let nobody past the doorkeeper without the owner\'s session', async () => {
    await web.owner();
    for (const route of ROUTES) {
      for (const headers of [{}, { cookie: `${web.access.cookieName}=1.aaaa.bbbb.1.cccc` }]) {
        const answer = await call(web.port, route.method, concrete(route.path), { headers });
        assert.equal(isRefused(answer), route.role === 'owner', `${routeName(route)}: ${answer.status} ${answer.code}`);
      }
    }
  });

  it('let the owner in everywhere', async () => {
    const cookie = await web.owner();
    for (const route of ROUTES) {
      if (routeName(route) === 'DELETE /api/session') continue; // it would end the session that the others are tried with
      const headers = { cookie };
      const answer = await openCall(web.port, route.method, concrete(route.path), { headers });
      assert.notEqual(answer.statusCode, 401, routeName(route));
      assert.ok((answer.statusCode ?? 0) < 500 || routeName(route) === 'GET /api/snapshot.jpg', `${routeName(route)}: ${answer.statusCode}`);
      answer.destroy();
    }
  });

  it('change nothing for the page of another site, even with the owner\'s cookie', async () => {
    const cookie = await web.owner();
    for (const route of ROUTES.filter(({ method }) => method !== 'GET')) {
      const answer = await call(web.port, route.method, concrete(route.path), { headers: { cookie, origin: 'http://evil.example' } });
      assert.deepEqual([answer.status, answer.code], [403, 'access.foreign-origin'], routeName(route));
    }
  });

  it('all stand in the reference, with their role', async () => {
    const reference = await readFile(new URL('../../docs/reference/http.md', import.meta.url), 'utf8');
    for (const route of ROUTES) {
      const line = reference.split('\n').find((text) => text.startsWith(`| \`${routeName(route)}\` |`));
      assert.ok(line, `${routeName(route)} is not in docs/reference/http.md`);
      assert.equal(line.split('|')[2]?.trim(), route.role, routeName(route));
    }
    const told = [...reference.matchAll(/^\| `((?:GET|POST|PUT|DELETE) [^`]+)` \|/gm)].map(([, name]) => name);
    assert.deepEqual(told.filter((name) => !ROUTES.some((route) => routeName(route) === name)), []);
  });

  it('are each named once', () => {
    assert.equal(new Set(ROUTES.map(routeName)).size, ROUTES.length);
    assert.ok(DEVICE_ROUTES.length < ROUTES.length);
  });
});

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
    assert.ok(Math.abs(time - Date.now() / 1000) < 5);
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
    await assert.rejects(arm(web.bus, false, millis(20)), { status: 503, code: 'camera.no-answer', message: /disarmed/ });
    assert.equal(web.bus.listeners, 0);
  });

  it('refuses what is no switch', async () => {
    for (const body of [{}, { armed: 'off' }, { armed: null }, [], 'armed']) {
      assert.equal((await put('/api/armed', body)).status, 400, JSON.stringify(body));
    }
    assert.equal(web.bus.armed(), true);
  });

  it('is alive for whoever asks, and ready once the bus is', async () => {
    assert.deepEqual((await call(web.port, 'GET', '/healthz')).body, { status: 'ok' });
    assert.equal((await call(web.port, 'GET', '/readyz')).status, 200);
    web.bus.connected = false;
    assert.equal((await call(web.port, 'GET', '/readyz')).status, 503);
  });

  it('answers an unknown route in JSON, and keeps to methods', async () => {
    for (const [method, route] of [['GET', '/api/nothing'], ['GET', '/api'], ['DELETE', '/api/state'], ['GET', '/api/events/../../etc/passwd']] as const) {
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
    assert.doesNotMatch(String((await get('/api/state', { host: 'a b;script-src *' })).headers['content-security-policy']), /\*/);
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
      assert.deepEqual([ids(await get('/api/events?limit=2')), ids(await get('/api/events?day=2026-11-22'))], [[64, 63], []]);
    });

    it('knows the last page from a full one', async () => {
      assert.equal(((await get('/api/events?limit=65')).body as EventsView).next, null);
    });

    it('refuses queries that it does not understand, all at once', async () => {
      for (const query of ['limit=0', 'limit=101', 'limit=x', 'before=yesterday', 'day=2026-13-01', 'day=today', 'sort=up', 'limit=1&limit=2']) {
        assert.equal((await get(`/api/events?${query}`)).status, 400, query);
      }
      assert.match(String(((await get('/api/events?limit=0&day=x')).body as { error: { message: string } }).error.message), /limit.*day/);
    });

    it('shows one, and says so when there is none', async () => {
      const event = sampleEvent(START, 5);
      assert.deepEqual((await get(`/api/events/${event.id}`)).body, event);
      for (const id of ['1795252530.000000-zzzzzz', 'x', '%2e%2e', '..%2fowner.json']) {
        assert.equal((await get(`/api/events/${id}`)).code, 'events.unknown', id);
      }
      assert.equal((await get(`/api/events/${event.id}/clip.mp4`)).code, 'media.none');
    });
  });

  describe('of recorded media', () => {
    let file: string;
    let event: TytoEvent;
    let etag: string;
    const content = Buffer.from(Array.from({ length: 1000 }, (_, n) => n % 251));
    beforeEach(async () => {
      file = path.join(web.folder, '20261121T101530.123Z_tyto-1_yard_1795252530.123456-k3x9ab.mp4');
      await writeFile(file, content);
      const sha256 = createHash('sha256').update(content).digest('hex');
      etag = `"${sha256}"`;
      event = sampleEvent(START, 5);
      web.archive.put(event, { clip: { path: file, sha256 }, snapshot: { path: file, sha256 } });
    });
    const clip = (headers: Record<string, string> = {}, method = 'GET') => get(`/api/events/${event.id}/clip.mp4`, headers, method);

    it('is sent whole, with its hash as its tag and its own name', async () => {
      const { status, headers, bytes } = await clip();
      assert.equal(status, 200);
      assert.deepEqual(bytes, content);
      assert.deepEqual([headers['content-type'], headers.etag, headers['accept-ranges']], ['video/mp4', etag, 'bytes']);
      assert.match(headers['content-disposition'] ?? '', /^inline; filename="?20261121T101530\.123Z_tyto-1_yard_/);
      assert.equal((await get(`/api/events/${event.id}/snapshot.jpg`)).headers['content-type'], 'image/jpeg');
    });

    it('is sent in parts', async () => {
      for (const [range, first, last] of [['bytes=0-99', 0, 99], ['bytes=900-', 900, 999], ['bytes=-1', 999, 999]] as const) {
        const { status, headers, bytes } = await clip({ range });
        assert.deepEqual([status, headers['content-range'], headers['content-length']], [206, `bytes ${first}-${last}/1000`, String(last - first + 1)]);
        assert.deepEqual(bytes, content.subarray(first, last + 1));
      }
    });

    it('has no part beyond its end', async () => {
      const { status, headers, code } = await clip({ range: 'bytes=1000-' });
      assert.deepEqual([status, code, headers['content-range']], [416, 'media.range', 'bytes */1000']);
      assert.match(headers['content-type'] ?? '', /json/);
    });

    it('answers HEAD with the same head and nothing else', async () => {
      const { status, headers, bytes } = await clip({ range: 'bytes=0-9' }, 'HEAD');
      assert.deepEqual([status, headers['content-length'], bytes.byteLength], [206, '10', 0]);
    });

    it('is not sent again to who has it, nor in parts of another version', async () => {
      assert.equal((await clip({ 'if-none-match': etag })).status, 304);
      assert.equal((await clip({ range: 'bytes=0-9', 'if-range': etag })).status, 206);
      assert.equal((await clip({ range: 'bytes=0-9', 'if-range': '"older"' })).status, 200);
    });

    it('grows while the event runs: sent as far as it is written, and never kept', async () => {
      web.archive.put({ ...event, end_time: null }, { clip: { path: file, sha256: undefined } });
      const { headers } = await clip({ range: 'bytes=0-' });
      assert.deepEqual([headers['content-range'], headers.etag, headers['cache-control']], ['bytes 0-999/1000', undefined, 'no-store']);
      await appendFile(file, content);
      assert.equal((await clip({ range: 'bytes=1000-' })).headers['content-range'], 'bytes 1000-1999/2000');
      await writeFile(file, '');
      assert.equal((await clip()).code, 'media.empty');
    });

    it('says so when retention took it', async () => {
      await rm(file);
      assert.deepEqual([(await clip()).status, (await clip()).code], [404, 'media.gone']);
    });

    it('may be left in the middle', async () => {
      await writeFile(file, Buffer.alloc(8 * 1024 * 1024));
      for (let n = 0; n < 5; n++) (await openCall(web.port, 'GET', `/api/events/${event.id}/clip.mp4`, { headers: { cookie } })).destroy();
      assert.equal((await get('/api/state')).status, 200);
    });
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

describe('the page\'s files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-page-'));
    await mkdir(path.join(folder, 'assets'));
    await writeFile(path.join(folder, 'index.html'), '<!doctype html><title>Tyto</title>');
    await writeFile(path.join(folder, 'assets', 'page-1a2b.js'), 'export {};');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are for everybody: every screen is the same page, and what has a hash in its name is kept', async () => {
    await using web = await startWeb({ pageFolder: folder });
    for (const screen of ['/', '/events/1795252530.123456-k3x9ab', '/index.html', '/settings']) {
      const { status, headers, bytes } = await call(web.port, 'GET', screen);
      assert.deepEqual([status, headers['content-type'], headers['cache-control']], [200, 'text/html; charset=utf-8', 'no-cache'], screen);
      assert.match(bytes.toString('utf8'), /Tyto/);
    }
    const asset = await call(web.port, 'GET', '/assets/page-1a2b.js');
    assert.match(asset.headers['cache-control'] ?? '', /immutable/);
    assert.match(asset.headers['content-type'] ?? '', /javascript/);
    assert.equal((await call(web.port, 'GET', '/assets/page-1a2b.js', { headers: { 'if-none-match': asset.headers.etag ?? '' } })).status, 304);
  });

  it('are those of its folder and nothing else', async () => {
    await writeFile(path.join(path.dirname(folder), 'tyto-secret.txt'), 'secret');
    await using web = await startWeb({ pageFolder: folder });
    for (const escape of ['/../tyto-secret.txt', '/assets/../../tyto-secret.txt', '/%2e%2e/tyto-secret.txt', '/assets/missing.js', '/.env', '/robots.txt']) {
      assert.equal((await call(web.port, 'GET', escape)).status, 404, escape);
    }
    await rm(path.join(path.dirname(folder), 'tyto-secret.txt'));
  });

  it('say what to do when they were not built', async () => {
    await using web = await startWeb();
    const { status, bytes } = await call(web.port, 'GET', '/');
    assert.equal(status, 503);
    assert.match(bytes.toString('utf8'), /npm run build/);
  });
});

describe('the page\'s server', () => {
  it('names the port and the setting when the port is taken', async () => {
    await using web = await startWeb();
    const other = serveWeb({ handle: () => {} }, { port: web.port, host: '127.0.0.1' }, { signal: new AbortController().signal });
    await assert.rejects(other, { name: 'ConfigError', code: 'web.port-in-use', message: new RegExp(`port ${web.port} .*TYTO_WEB_PORT`) });
  });

  it('stops within a moment, whoever still listens', async () => {
    const web = await startWeb();
    const cookie = await web.owner();
    const answer = await openCall(web.port, 'GET', '/api/updates', { headers: { cookie } });
    answer.on('error', () => {});
    answer.resume();
    const before = performance.now();
    await web[Symbol.asyncDispose]();
    assert.ok(performance.now() - before < 2000);
  });

  it('says nothing of what went wrong inside', async () => {
    await using web = await startWeb();
    const cookie = await web.owner();
    web.archive.list = () => { throw new Error('SQLITE_CORRUPT /data/archive.db'); };
    const answer = await call(web.port, 'GET', '/api/events', { headers: { cookie } });
    assert.deepEqual([answer.status, answer.code], [500, 'internal']);
    assert.doesNotMatch(answer.bytes.toString('utf8'), /archive\.db|SQLITE|\.ts/);
    assert.equal((await call(web.port, 'POST', '/api/session', { body: { password: PASSWORD } })).status, 204);
  });
});
