import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { eventually } from '../../../test/eventually.ts';
import { RunningVault } from '../../../test/fleet/vault.ts';
import { call } from '../../../test/http/client.ts';
import { ADMIN_ROUTES } from '../admin/admin-routes.ts';
import { openPath } from '../swagger/openapi.ts';
import { VAULT_ROUTES } from '../vault-app.ts';

interface Described {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, {
    readonly security: readonly unknown[];
    readonly parameters?: readonly {
      readonly name: string;
      readonly in: string;
      readonly required: boolean;
      readonly schema: { readonly type?: string };
    }[];
    readonly responses: Readonly<Record<string, unknown>>;
  }>>>>;
}

describe('the doors of the vault', () => {
  let fleet: RunningVault;
  beforeEach(async () => { fleet = await RunningVault.start(); });
  afterEach(() => fleet[Symbol.asyncDispose]());
  const sample = (route: string): string =>
    route.replace(':device', 'yard')
      .replace('/:id', '/1795262400.000000-abcdef')
      .replace(':file', 'a.mp4')
      .replace(':role', 'clip')
      .replace(':name', 'farm')
      .replace('*key', 'yard/a');
  const ask = (method: string, route: string, headers: Readonly<Record<string, string>> = {}) =>
    call(fleet.port, method, sample(route), { headers });

  it('are shut until there is an account', async () => {
    for (const { method, path: route } of VAULT_ROUTES) {
      const { status, code } = await ask(method, route);
      assert.equal(status, 404, `${method} ${route}`);
      if (method !== 'HEAD') assert.equal(code, 'vault.off', `${method} ${route}`);
    }
  });

  it('open to whom the table says, and to nobody else', async () => {
    const account = fleet.account('farm');
    const device = fleet.deviceKey('yard', 'farm');
    const cookie = { cookie: await fleet.owner() };
    for (const { method, path: route, role } of VAULT_ROUTES) {
      for (const [who, headers] of Object.entries({ nobody: {}, cookie, account, device })) {
        const { status } = await ask(method, route, headers);
        if (role === who || role === 'anyone') assert.notEqual(status, 401, `${who}: ${method} ${route}`);
        else assert.equal(status, 401, `${who}: ${method} ${route}`);
      }
    }
    for (const { method, path: route } of ADMIN_ROUTES) {
      for (const headers of [{}, account, device])
        assert.equal((await ask(method, route, headers)).status, 401, `${method} ${route}`);
      assert.notEqual((await ask(method, route, cookie)).status, 401, `${method} ${route}`);
    }
  });

  it('take an account\'s keys as Basic, too', async () => {
    const keys = fleet.account('farm');
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    const basic = (secret: string) =>
      ({ authorization: `Basic ${base64(`${keys['X-Kerberos-Storage-AccessKey']}:${secret}`)}` });
    assert.equal(
      (await ask('GET', '/api/vault/v1/account', basic(keys['X-Kerberos-Storage-SecretAccessKey'] ?? ''))).status, 200,
    );
    assert.equal((await ask('GET', '/api/vault/v1/account', basic('another'))).code, 'vault.wrong-key');
  });

  it('let nobody try keys for long, and hold up nobody who has the right one meanwhile', async () => {
    const [farm, shed] = [fleet.account('farm'), fleet.account('shed')];
    const wrong = { ...farm, 'X-Kerberos-Storage-SecretAccessKey': 'guess' };
    for (let n = 0; n < 10; n++) assert.equal((await ask('POST', '/ping', wrong)).status, 401);
    const { status, headers } = await ask('POST', '/ping', wrong);
    assert.deepEqual([status, Number(headers['retry-after']) > 0], [429, true]);
    assert.equal(
      (await ask('POST', '/ping', farm)).status, 200, 'an agent that was not told the new secret shuts out no other',
    );
    assert.equal((await ask('POST', '/ping', wrong)).status, 429);
    assert.equal((await ask('POST', '/ping', shed)).status, 200);
  });

  it('are shut to accounts that are switched off and to keys that were withdrawn', async () => {
    const farm = fleet.account('farm');
    const yard = fleet.deviceKey('yard', 'farm');
    const { registry } = fleet.vault;
    const list = () => call(fleet.port, 'GET', '/landing?prefix=yard/', { headers: yard });
    assert.equal((await list()).status, 200);
    registry.changeAccount('farm', { disabled: true }, 'test');
    assert.deepEqual(
      [(await list()).code, (await ask('POST', '/ping', farm)).code], ['vault.disabled', 'vault.disabled'],
    );
    registry.changeAccount('farm', { disabled: false }, 'test');
    assert.equal((await list()).status, 200);
    registry.withdrawDeviceKey(registry.deviceKeys('farm')[0]?.id ?? '', 'test');
    assert.equal((await list()).code, 'vault.wrong-key');
    registry.renewSecret('farm', 'test');
    assert.equal((await ask('POST', '/ping', farm)).code, 'vault.wrong-key');
  });

  it('are not held open by who was turned away and goes on sending', async () => {
    const socket = connect(fleet.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write('PUT /landing/objects/yard/a.mp4 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n');
    const [answer] = await once(socket, 'data') as [Buffer];
    assert.match(answer.toString(), /^HTTP\/1\.1 404 /);
    await eventually('the end of the connection', () => socket.destroyed || (socket.write('x'), false));
  });

  it('keep no secret on the disk', async () => {
    const { 'X-Kerberos-Storage-SecretAccessKey': secret = '' } = fleet.account('farm');
    const { authorization = '' } = fleet.deviceKey('yard', 'farm');
    const files = (await readdir(fleet.folder)).filter((name) => name.startsWith('vault.db'));
    const kept = Buffer.concat(await Promise.all(files.map((name) => readFile(path.join(fleet.folder, name)))));
    for (const told of [secret, authorization.slice(-43)]) assert.ok(told.length === 43 && !kept.includes(told));
  });

  it('are described by OpenAPI, every one of them and no other', async () => {
    const { status, body } = await call(fleet.port, 'GET', '/swagger/openapi.json');
    const described = body as Described;
    assert.deepEqual([status, described.openapi], [200, '3.1.0']);
    const told = Object.entries(described.paths)
      .flatMap(([route, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${route}`));
    assert.deepEqual(told.sort(), VAULT_ROUTES.map((route) => `${route.method} ${openPath(route.path)}`).sort());
    for (const { method, path: route, role, answers } of VAULT_ROUTES) {
      const one = described.paths[openPath(route)]?.[method.toLowerCase()];
      assert.deepEqual(Object.keys(one?.responses ?? {}).sort(), Object.keys(answers).sort(), `${method} ${route}`);
      assert.equal((one?.security.length ?? 0) > 0, role !== 'anyone', `${method} ${route}`);
      const inPath = [...route.matchAll(/[:*]([A-Za-z]+)/g)].map(([, name]) => name);
      assert.deepEqual(
        one?.parameters?.filter((parameter) => parameter.in === 'path').map(({ name }) => name) ?? [],
        inPath, `${method} ${route}`,
      );
    }
    const limit = described.paths['/api/vault/v1/events']?.['get']?.parameters?.find(({ name }) => name === 'limit');
    assert.deepEqual([limit?.required, limit?.schema.type], [false, 'integer']);
  });

  it('stand in the reference, each with its role', async () => {
    const reference = await readFile(new URL('../../../docs/reference/vault-api.md', import.meta.url), 'utf8');
    const told = [...reference.matchAll(/^\| `([A-Z]+ \/[^`]*)` \| (\w+) \|/gm)]
      .map(([, route, role]) => `${route} ${role}`);
    assert.deepEqual(
      told.sort(),
      [...VAULT_ROUTES, ...ADMIN_ROUTES].map(({ method, path: route, role }) => `${method} ${route} ${role}`).sort(),
    );
  });

  it('show the description on a page whose scripts are files of ours', async () => {
    const page = await call(fleet.port, 'GET', '/swagger/index.html');
    assert.match(String(page.headers['content-security-policy']), /script-src 'self';/);
    assert.doesNotMatch(page.bytes.toString(), /<script>|onload=|style=/);
    for (const [, file = ''] of page.bytes.toString().matchAll(/(?:src|href)="([^"]+)"/g))
      assert.equal((await call(fleet.port, 'GET', file)).status, 200, file);
  });
});
