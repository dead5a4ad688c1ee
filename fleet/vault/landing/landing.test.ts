import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { RemoteError } from '../../../device/core/errors.ts';
import { RunningVault } from '../../../test/fleet/vault.ts';
import { call } from '../../../test/http/client.ts';

const sha256 = (data: string): string => createHash('sha256').update(data).digest('hex');
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('the landing over HTTP', () => {
  let fleet: RunningVault;
  let yard: Readonly<Record<string, string>>;
  beforeEach(async () => {
    fleet = await RunningVault.start();
    fleet.account('farm');
    yard = fleet.deviceKey('yard', 'farm');
  });
  afterEach(() => fleet[Symbol.asyncDispose]());

  const put = (key: string, data: string, headers: Readonly<Record<string, string>> = {}) =>
    call(fleet.port, 'PUT', `/landing/objects/${key}`, {
      body: data, headers: { ...yard, 'content-type': 'image/jpeg', 'x-tyto-sha256': sha256(data), ...headers },
    });
  const tus = (method: string, where: string, headers: Readonly<Record<string, string>>, body?: string) =>
    call(fleet.port, method, where, {
      headers: { ...yard, 'tus-resumable': '1.0.0', ...headers }, ...(body === undefined ? {} : { body }),
    });
  const begin = (key: string, data: string, hash = sha256(data)) => tus('POST', '/landing/tus/', {
    'upload-length': String(data.length),
    'upload-metadata': `key ${base64(key)},sha256 ${base64(hash)},contenttype ${base64('video/mp4')}`,
  });
  const patch = (where: string, offset: number, data: string) =>
    tus('PATCH', where, { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' }, data);

  it('takes what a device puts, whole and durable when it answers', async () => {
    assert.equal((await put('yard/2026/11/21/a.jpg', 'a picture')).status, 204);
    assert.equal(await readFile(path.join(fleet.folder, 'landing/yard/2026/11/21/a.jpg'), 'utf8'), 'a picture');
    assert.deepEqual(await readdir(path.join(fleet.folder, 'uploads/plain')), []);
  });

  it('lists what lies below the prefix of the device, page by page', async () => {
    for (const name of ['a', 'b', 'c']) await put(`yard/${name}.jpg`, name);
    const { body } = await call(fleet.port, 'GET', '/landing?prefix=yard/', { headers: yard });
    const { entries, next } = body as {
      readonly entries: readonly { readonly key: string; readonly bytes: number; readonly modified_at: number }[];
      readonly next: string | null;
    };
    assert.deepEqual(
      entries.map(({ key, bytes }) => [key, bytes]), [['yard/a.jpg', 1], ['yard/b.jpg', 1], ['yard/c.jpg', 1]],
    );
    assert.ok(entries.every(({ modified_at: at }) => Math.abs(at - Date.now() / 1000) < 600));
    assert.equal(next, null);
    const rest = await call(fleet.port, 'GET', '/landing?prefix=yard/&cursor=yard%2Fb.jpg', { headers: yard });
    const { entries: others } = rest.body as { readonly entries: readonly { readonly key: string }[] };
    assert.deepEqual(others.map(({ key }) => key), ['yard/c.jpg']);
  });

  it('shows nothing that is not what was announced', async () => {
    assert.deepEqual(
      [(await put('yard/x.jpg', 'one', { 'x-tyto-sha256': sha256('another') })).code], ['landing.wrong-hash'],
    );
    assert.equal((await put('yard/x.jpg', 'one', { 'x-tyto-sha256': 'none' })).code, 'landing.no-hash');
    assert.deepEqual(await fleet.landed(), []);
  });

  it('refuses a device that reads, deletes, or leaves its own prefix', async () => {
    await put('yard/a.jpg', 'a picture');
    for (const method of ['GET', 'DELETE', 'POST'])
      assert.equal(
        (await call(fleet.port, method, '/landing/objects/yard/a.jpg', { headers: yard })).status, 404, method,
      );
    for (const key of ['shed/a.jpg', 'yard2/a.jpg', 'yard/answers/x', 'yard/requests/x', 'yard/answers/deep/x']) {
      assert.deepEqual(
        [(await put(key, 'x')).code, (await begin(key, 'x')).code], ['landing.foreign-key', 'landing.foreign-key'], key,
      );
    }
    for (const prefix of ['', 'shed/', 'yar', 'yard']) {
      assert.equal(
        (await call(fleet.port, 'GET', `/landing?prefix=${prefix}`, { headers: yard })).code,
        'landing.foreign-key', prefix,
      );
    }
    assert.deepEqual(await fleet.landed(), ['yard/a.jpg']);
  });

  it('refuses hostile keys with a word on what a key is', async () => {
    const hostile = [
      'yard/../shed/a.jpg', 'yard/..%2fshed%2fa', 'yard/%2e%2e/shed', 'yard//a', 'yard/.hidden', 'yard/a%0ab',
      'yard/a%00', `yard/${'x'.repeat(201)}`, 'yard/a.part', 'yard/%C3%BC', `yard/${'a/'.repeat(500)}a`,
    ];
    for (const key of hostile) {
      const { status, code } = await put(key, 'x');
      assert.ok([400, 403].includes(status), `${key}: ${status}`);
      assert.match(code ?? '', /^landing\.(?:key-invalid|foreign-key)$/, key);
    }
    for (const key of ['yard/../shed/a.jpg', 'yard/a\nb', '/etc/passwd', 'yard/ü'])
      assert.match((await begin(key, 'x')).code ?? '', /^landing\.(?:key-invalid|foreign-key)$/);
    assert.deepEqual(await fleet.landed(), []);
  });

  it('takes in pieces what is larger, goes on where it was broken off, and answers last when it is in the landing', async () => {
    const data = 'in three pieces';
    const { status, headers } = await begin('yard/clip.mp4', data);
    assert.equal(status, 201);
    const where = headers.location ?? '';
    assert.equal((await patch(where, 0, data.slice(0, 5))).status, 204);
    assert.equal((await tus('HEAD', where, {})).headers['upload-offset'], '5');
    assert.equal((await patch(where, 3, 'xx')).status, 409);
    assert.deepEqual(await fleet.landed(), []);
    assert.equal((await patch(where, 5, data.slice(5))).status, 204);
    assert.deepEqual(await fleet.landed(), ['yard/clip.mp4']);
    const head = await tus('HEAD', where, {});
    assert.deepEqual([head.status, head.headers['upload-offset'], head.headers['upload-length']], [200, '15', '15']);
  });

  it('forgets an upload in pieces that is not what was announced, so that it begins anew', async () => {
    const where = (await begin('yard/clip.mp4', 'right', sha256('wrong'))).headers.location ?? '';
    const last = await patch(where, 0, 'right');
    const message = 'what came is not what was announced: its size or its SHA-256 differs';
    assert.equal(last.status, 422);
    assert.deepEqual(JSON.parse(last.bytes.toString()), { error: { code: 'landing.wrong-hash', message } });
    assert.equal((await tus('HEAD', where, {})).status, 404);
    assert.deepEqual(await fleet.landed(), []);
  });

  it('leaves the uploads of one device to that device, and reads none of them out', async () => {
    const where = (await begin('yard/clip.mp4', 'secret')).headers.location ?? '';
    const other = fleet.deviceKey('shed', 'farm');
    assert.equal((await tus('HEAD', where, other)).status, 404);
    assert.equal((await tus(
      'PATCH', where, { ...other, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' }, 'x',
    )).code, 'tus.unknown');
    assert.equal((await tus('GET', where, {})).code, 'http.no-route');
    assert.equal((await tus('DELETE', where, {})).status, 204);
    assert.equal((await tus('HEAD', where, {})).status, 404);
  });

  it('starts again whatever the landing does, and puts there what was whole when it ended', async () => {
    const failing = { is: true };
    await using first = await RunningVault.start({
      landing: (real) => ({
        list: (...asked) => real.list(...asked),
        open: (...asked) => real.open(...asked),
        remove: (...asked) => real.remove(...asked),
        put: (...asked) =>
          (failing.is ? Promise.reject(new DOMException('the disk is gone', 'AbortError')) : real.put(...asked)),
      }),
    });
    first.account('farm');
    const key = first.deviceKey('yard', 'farm');
    const asked = { ...key, 'tus-resumable': '1.0.0' };
    const begun = await call(first.port, 'POST', '/landing/tus/', {
      headers: {
        ...asked, 'upload-length': '4',
        'upload-metadata': `key ${base64('yard/a.mp4')},sha256 ${base64(sha256('film'))}`,
      },
    });
    const where = begun.headers.location ?? '';
    const last = await call(first.port, 'PATCH', where, {
      body: 'film', headers: { ...asked, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
    });
    assert.ok(last.status >= 500, 'what is not in the landing is not acknowledged');
    assert.ok((await call(first.port, 'HEAD', where, { headers: asked })).status >= 500, 'nor is it by HEAD');
    await first.stop();
    const hanging = await RunningVault.start({
      folder: first.folder,
      landing: (real) => Object.assign(Object.create(real) as typeof real, { put: () => new Promise<void>(() => {}) }),
    });
    await hanging.stop();
    await using second = await RunningVault.start({ folder: first.folder });
    await second.vault.sweeper.sweep(AbortSignal.timeout(60_000));
    assert.deepEqual(await second.landed(), ['yard/a.mp4']);
    assert.equal((await call(second.port, 'HEAD', where, { headers: asked })).headers['upload-offset'], '4');
  });

  it('tells those that file elsewhere whose a device and a clip is before anything of it is in the landing', async () => {
    const told: string[] = [];
    let away = true;
    const note = (line: string): void => {
      if (away) throw new RemoteError('index.unreachable', 'away');
      told.push(line);
    };
    await using other = await RunningVault.start({ owners: {
      give: async (device, account) => note(`${device} ${account}`),
      bring: async ({ device }, account) => note(`clip of ${device} ${account}`), ownerOf: async () => undefined,
    } });
    const keys = other.account('farm');
    const key = other.deviceKey('shed', 'farm');
    const send = (where: string, headers: Readonly<Record<string, string>>) =>
      fetch(`http://127.0.0.1:${other.port}${where}`, { method: 'PUT', body: 'object', headers });
    const object = () => send('/landing/objects/shed/a.jpg', { ...key, 'x-tyto-sha256': sha256('object') });
    const clip = () => send('/api/vault/v1/devices/gate/clips/a.mp4', { ...keys, 'content-type': 'video/mp4' });
    assert.deepEqual([(await object()).status, (await clip()).status], [503, 503]);
    assert.deepEqual((await other.landed()).filter((name) => name.endsWith('.json') || name.startsWith('shed')), []);
    away = false;
    assert.deepEqual([(await object()).status, (await object()).status, (await clip()).status], [204, 204, 201]);
    assert.deepEqual(told, ['shed farm', 'clip of gate farm']);
    other.deviceKey('roof', 'farm');
    await other.vault.sweeper.sweep(AbortSignal.timeout(60_000));
    assert.deepEqual(told.slice(2), ['roof farm'], 'what the command gives, too');
  });

  it('gives no leave to put directly where the landing is a folder', async () => {
    const { code } = await call(fleet.port, 'POST', '/landing/grants', {
      body: { key: 'yard/a.mp4', bytes: 9, sha256: sha256('x'), content_type: 'video/mp4' }, headers: yard,
    });
    assert.equal(code, 'grants.none');
  });
});
