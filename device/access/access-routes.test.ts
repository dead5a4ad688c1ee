import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Koa from 'koa';
import { call as httpCall } from '../../test/http/client.ts';
import { silentLog } from '../core/log.ts';
import { minutes } from '../core/units.ts';
import { systemClock } from '../runtime/clock.ts';
import { Access } from './access.ts';
import { accessRoutes } from './access-routes.ts';
import { refuseForeign } from './guards.ts';
import type { LoginLimits } from './login-limit.ts';
import { jsonErrors } from '../http/http-error.ts';

const GOOD = 'gutter lantern 41';

describe('routes of access', () => {
  let folder: string;
  let server: Server;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-access-'));
    await serve({ perAddress: 2, altogether: 50, within: minutes(1) });
  });
  afterEach(async () => {
    await close();
    await rm(folder, { recursive: true, force: true });
  });

  const serve = async (limits: LoginLimits): Promise<void> => {
    const access = await Access.open({ folder, clock: systemClock, cost: { N: 1024, r: 8, p: 1 }, limits });
    const app = new Koa();
    app.use(jsonErrors(silentLog)).use(refuseForeign()).use(accessRoutes(access).routes());
    server = createServer((req, res) => { void app.callback()(req, res); });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  };
  const close = (): Promise<void> => new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
  const call = (method: string, route: string, body?: unknown, headers: Record<string, string> = {}) =>
    httpCall((server.address() as AddressInfo).port, method, route, { body, headers });

  it('lead from the first visit over sign-out to the next sign-in', async () => {
    assert.deepEqual((await call('GET', '/api/session')).body, { owner: false, signedIn: false, locked: false });
    const made = await call('POST', '/api/owner', { password: GOOD });
    assert.equal(made.status, 201);
    assert.deepEqual((await call('GET', '/api/session', undefined, { cookie: made.cookie })).body, {
      owner: true, signedIn: true, locked: false,
    });
    const left = await call('DELETE', '/api/session', undefined, { cookie: made.cookie });
    assert.equal(left.status, 204);
    assert.match(left.headers['set-cookie']?.[0] ?? '', /expires=Thu, 01 Jan 1970/);
    assert.deepEqual((await call('GET', '/api/session', undefined, { cookie: made.cookie })).body, {
      owner: true, signedIn: false, locked: false,
    });
    const again = await call('POST', '/api/session', { password: GOOD });
    assert.equal(again.status, 204);
    assert.deepEqual((await call('GET', '/api/session', undefined, { cookie: `other=1; ${again.cookie}` })).body, {
      owner: true, signedIn: true, locked: false,
    });
  });

  it('give a cookie that scripts and other sites never see, and that stays on https when it came by https', async () => {
    const [plain = ''] = (await call('POST', '/api/owner', { password: GOOD })).headers['set-cookie'] ?? [];
    assert.match(plain, /^tyto_[0-9a-f]{8}=/);
    assert.match(plain, /; path=\/; expires=.*; samesite=strict; httponly$/i);
    const [secure = ''] = (await call(
      'POST', '/api/session', { password: GOOD }, { 'x-forwarded-proto': 'https' },
    )).headers['set-cookie'] ?? [];
    assert.match(secure, /; secure/i);
  });

  it('let one of two first visitors win', async () => {
    const answers = await Promise.all(['a', 'b'].map((name) =>
      call('POST', '/api/owner', { password: `${GOOD} ${name}` })));
    assert.deepEqual(answers.map(({ status }) => status).sort((a, b) => a - b), [201, 409]);
    assert.equal(answers.filter(({ cookie }) => cookie !== '').length, 1);
  });

  it('set the first password only through a name of the house', async () => {
    const answer = await call('POST', '/api/owner', { password: GOOD }, {
      host: 'evil.example', origin: 'http://evil.example',
    });
    assert.deepEqual([answer.status, answer.code], [403, 'access.public-name']);
  });

  it('refuse what the page of another origin sends', async () => {
    const answer = await call('POST', '/api/owner', { password: GOOD }, { origin: 'http://evil.example' });
    assert.deepEqual([answer.status, answer.code], [403, 'access.foreign-origin']);
    assert.deepEqual((await call('GET', '/api/session')).body, { owner: false, signedIn: false, locked: false });
  });

  it('say when to come back after too many wrong passwords', async () => {
    await call('POST', '/api/owner', { password: GOOD });
    for (const status of [401, 401, 429]) {
      const answer = await call('POST', '/api/session', { password: 'wrong password' });
      assert.equal(answer.status, status);
      assert.equal(answer.cookie, '');
      if (status === 429) assert.ok(Number(answer.headers['retry-after']) > 0);
    }
  });

  it('let the owner in with the cookie of a known browser while strangers have used up the tries of all', async () => {
    await close();
    await serve({ perAddress: 5, altogether: 1, within: minutes(1) });
    const { cookie } = await call('POST', '/api/owner', { password: GOOD });
    for (const status of [401, 429])
      assert.equal((await call('POST', '/api/session', { password: 'wrong password' })).status, status);
    assert.equal((await call('POST', '/api/session', { password: GOOD }, { cookie })).status, 204);
  });

  it('change the password for who knows it and is signed in', async () => {
    const { cookie } = await call('POST', '/api/owner', { password: GOOD });
    const change = { password: GOOD, newPassword: 'Zwei Meisen im Mai' };
    assert.equal((await call('PUT', '/api/owner', change)).status, 401);
    const changed = await call('PUT', '/api/owner', change, { cookie });
    assert.equal(changed.status, 204);
    assert.deepEqual((await call('GET', '/api/session', undefined, { cookie })).body, {
      owner: true, signedIn: false, locked: false,
    });
    assert.deepEqual((await call('GET', '/api/session', undefined, { cookie: changed.cookie })).body, {
      owner: true, signedIn: true, locked: false,
    });
  });

  it('answer junk with one clear line, never with a stack trace', async () => {
    const junk: readonly [string | object, number, string][] = [
      ['{"password"', 400, 'http.bad-request'], ['"text"', 400, 'http.bad-request'],
      ['[]', 400, 'http.bad-request'], [{}, 400, 'http.bad-request'],
      [{ password: 5 }, 400, 'http.bad-request'], [{ password: GOOD, admin: true }, 400, 'http.bad-request'],
      [{ password: 'x'.repeat(5000) }, 413, 'http.too-large'],
      [{ password: 'short' }, 422, 'access.password-too-short'],
    ];
    for (const [body, status, expected] of junk) {
      const answer = await call('POST', '/api/owner', body);
      assert.deepEqual([answer.status, answer.code], [status, expected], JSON.stringify(body).slice(0, 60));
      assert.doesNotMatch(JSON.stringify(answer.body), /\.ts|node:|\\n/);
    }
    assert.equal((await call('POST', '/api/owner', 'password=x', { 'content-type': 'text/plain' })).status, 400);
  });
});
