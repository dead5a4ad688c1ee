import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { call, openCall, type Answer } from '../../test/http/client.ts';
import { startWeb, type RunningWeb } from '../../test/web/start-web.ts';
import { routeName } from '../access/route.ts';
import { DEVICE_ROUTES, ROUTES } from './routes.ts';

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
        assert.equal(
          isRefused(answer), route.role !== 'anyone', `${routeName(route)}: ${answer.status} ${answer.code}`,
        );
      }
    }
  });

  it('let the owner in everywhere', async () => {
    const cookie = await web.owner();
    for (const route of ROUTES) {
      // it would end the session that the others are tried with
      if (routeName(route) === 'DELETE /api/session') continue;
      const headers = { cookie };
      const answer = await openCall(web.port, route.method, concrete(route.path), { headers });
      assert.notEqual(answer.statusCode, 401, routeName(route));
      assert.ok((answer.statusCode ?? 0) < 500
        || routeName(route) === 'GET /api/snapshot.jpg', `${routeName(route)}: ${answer.statusCode}`);
      answer.destroy();
    }
  });

  it('change nothing for the page of another site, even with the owner\'s cookie', async () => {
    const cookie = await web.owner();
    for (const route of ROUTES.filter(({ method }) => method !== 'GET')) {
      const answer = await call(
        web.port, route.method, concrete(route.path), { headers: { cookie, origin: 'http://evil.example' } },
      );
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
