import assert from 'node:assert/strict';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { call } from '../../test/http/client.ts';
import { PASSWORD, startWeb, type RunningWeb } from '../../test/web/start-web.ts';
import { Access } from '../access/access.ts';
import { systemClock } from '../runtime/clock.ts';
import type { NewTokenView, TokensView } from '../contract/device-api.ts';

describe('keys that let a program look', () => {
  let web: RunningWeb;
  let cookie: string;
  beforeEach(async () => {
    web = await startWeb();
    cookie = await web.owner();
  });
  afterEach(() => web[Symbol.asyncDispose]());

  const make = async (name: string): Promise<NewTokenView> => {
    const answer = await call(web.port, 'POST', '/api/tokens', { body: { name }, headers: { cookie } });
    assert.equal(answer.status, 201);
    return answer.body as NewTokenView;
  };
  /** 503: let in, but there is no picture. */
  const look = async (query: string, headers: Readonly<Record<string, string>> = {}): Promise<number> =>
    (await call(web.port, 'GET', `/api/snapshot.jpg${query}`, { headers })).status;
  const basic = (user: string, password: string) =>
    ({ authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` });

  const json = async (file: string) => JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;

  it('are told once, and kept as a hash', async () => {
    const { id, token, name } = await make('Home Assistant');
    assert.match(token, /^tyto_[\w-]{43}$/);
    const listed = await call(web.port, 'GET', '/api/tokens', { headers: { cookie } });
    assert.deepEqual((listed.body as TokensView).tokens.map((kept) => [kept.id, kept.name]), [[id, name]]);
    for (const told of [listed.bytes.toString(), await readFile(path.join(web.folder, 'view-tokens.json'), 'utf8')])
      assert.equal(told.includes(token), false);
  });

  it('are taken as a bearer\'s, as a password of any user, and in the address', async () => {
    const { token } = await make('hall');
    assert.deepEqual(await Promise.all([
      look(`?token=${token}`), look('', { authorization: `Bearer ${token}` }), look('', basic('anybody', token)),
      look(''), look('?token=tyto_0000'),
      look('', { authorization: `Bearer ${token.slice(0, -1)}0` }), look('', basic(token, '')),
    ]), [503, 503, 503, 401, 401, 401, 401]);
  });

  it('are asked for where a program shows none, for some wait for that, and never of a browser', async () => {
    const { token } = await make('hall');
    const asked = async (route: string, headers: Readonly<Record<string, string>> = {}) => {
      const answer = await call(web.port, 'GET', route, { headers });
      return [answer.status, answer.headers['www-authenticate']];
    };
    const challenge = 'Basic realm="tyto", charset="UTF-8"';
    for (const route of ['/api/snapshot.jpg', '/api/live.mjpeg', '/metrics'])
      assert.deepEqual(await asked(route, { 'user-agent': 'Wget/1.21.3' }), [401, challenge], route);
    assert.deepEqual(await asked('/api/snapshot.jpg', basic('key', token.slice(0, -1))), [401, challenge]);
    for (const browser of [
      { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0' },
      { 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-mode': 'no-cors' }, { cookie: `${cookie}0` },
    ]) {
      assert.deepEqual(await asked('/api/snapshot.jpg', browser), [401, undefined], JSON.stringify(browser));
    }
    assert.deepEqual(await asked('/api/state'), [401, undefined], 'a route that no key opens');
    assert.deepEqual(await asked('/api/snapshot.jpg', { cookie }), [503, undefined]);
    assert.deepEqual(await asked('/api/snapshot.jpg', basic('key', token)), [503, undefined]);
  });

  it('in the address are found behind a proxy that has its own password, too', async () => {
    const [{ token }, gone] = [await make('hall'), `tyto_${'0'.repeat(43)}`];
    assert.deepEqual(await Promise.all([
      look(`?token=${token}`, basic('proxy', 'its own password')),
      look(`?token=${token}`, { authorization: `Bearer ${gone}` }),
      look(`?token=${gone}`, basic('proxy', token)), look(`?token=${gone}`, basic('proxy', 'its own password')),
    ]), [503, 503, 503, 401]);
  });

  it('open nothing else, and may be shown by pages of other sites', async () => {
    const { token } = await make('hall');
    for (const route of ['/api/state', '/api/events', '/api/tokens', '/api/places']) {
      assert.equal((await call(web.port, 'GET', `${route}?token=${token}`)).status, 401, route);
    }
    const policy = async (query: string) =>
      (await call(
        web.port, 'GET', `/api/snapshot.jpg${query}`, { headers: { cookie } },
      )).headers['cross-origin-resource-policy'];
    assert.deepEqual([await policy(`?token=${token}`), await policy('')], ['cross-origin', 'same-origin']);
  });

  it('outlive the password and a restart, until they are deleted', async () => {
    const [kept, gone] = [await make('kept'), await make('gone')];
    assert.equal((await call(web.port, 'DELETE', `/api/tokens/${gone.id}`, { headers: { cookie } })).status, 204);
    assert.equal((await call(web.port, 'DELETE', `/api/tokens/${gone.id}`, { headers: { cookie } })).status, 404);
    await web.access.changePassword(PASSWORD, 'Zwei Meisen im Mai', { address: '10.0.0.9', token: undefined });
    assert.deepEqual([await look(`?token=${kept.token}`), await look(`?token=${gone.token}`)], [503, 401]);
    const again = await Access.open({ folder: web.folder, clock: systemClock });
    assert.deepEqual([again.isViewToken(kept.token), again.isViewToken(gone.token)], [true, false]);
  });

  it('leave the owner\'s file as a build that knows no keys reads it, so that an update can be rolled back', async () => {
    const { token } = await make('hall');
    const file = path.join(web.folder, 'owner.json');
    assert.deepEqual(Object.keys(await json(file)).sort(), ['owner', 'signedOut', 'version']);
    const access = await Access.open({ folder: web.folder, clock: systemClock });
    assert.deepEqual([access.hasOwner, access.isViewToken(token)], [true, true]);
  });

  it('that stand in the owner\'s file, as they once did, hold and move to a file of their own', async () => {
    const [hall, gone] = [await make('hall'), await make('gone')];
    const [file, own] = ['owner.json', 'view-tokens.json'].map((name) =>
      path.join(web.folder, name)) as [string, string];
    await writeFile(file, JSON.stringify({ ...await json(file), viewTokens: (await json(own))['tokens'] }));
    await rm(own);
    const access = await Access.open({ folder: web.folder, clock: systemClock });
    assert.deepEqual([access.isViewToken(hall.token), access.isViewToken(gone.token)], [true, true]);
    assert.equal((await stat(own)).mode & 0o777, 0o600);
    await access.revokeViewToken(gone.id);
    const again = await Access.open({ folder: web.folder, clock: systemClock });
    assert.deepEqual([again.isViewToken(hall.token), again.isViewToken(gone.token), 'viewTokens' in await json(file)], [
      true, false, false,
    ]);
  });

  it('end with the owner\'s file', async () => {
    const { token } = await make('hall');
    await rm(path.join(web.folder, 'owner.json'));
    const access = await Access.open({ folder: web.folder, clock: systemClock, cost: { N: 2, r: 1, p: 1 } });
    assert.equal(access.isViewToken(token), false);
    await access.createOwner(PASSWORD);
    assert.equal((await Access.open({ folder: web.folder, clock: systemClock })).isViewToken(token), false);
  });

  it('have each a name of its own, for only by that they can be told apart', async () => {
    const { id } = await make('hall');
    const again = (name: string) => call(web.port, 'POST', '/api/tokens', { body: { name }, headers: { cookie } });
    const answer = await again(' Hall ');
    assert.deepEqual([answer.status, answer.code], [409, 'access.token-name-taken']);
    assert.match(answer.bytes.toString(), /there is an access key \\"hall\\" already; choose another name/);
    assert.equal((await call(web.port, 'DELETE', `/api/tokens/${id}`, { headers: { cookie } })).status, 204);
    assert.equal((await again('hall')).status, 201);
  });

  it('are not made without end, nor without a name', async () => {
    for (let made = 0; made < 32; made++) await web.access.createViewToken(`key ${made}`);
    const answer = await call(web.port, 'POST', '/api/tokens', { body: { name: 'one more' }, headers: { cookie } });
    assert.deepEqual([answer.status, answer.code], [409, 'access.too-many-tokens']);
    assert.equal(
      (await call(web.port, 'POST', '/api/tokens', { body: { name: ' ' }, headers: { cookie } })).status, 400,
    );
  });
});
