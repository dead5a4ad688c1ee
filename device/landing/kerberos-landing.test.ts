import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { CutLine } from '../../test/fixtures/cut-line.ts';
import { RunningVault } from '../../test/fleet/vault.ts';
import { deliveryOf, KeptToken } from '../../test/landing-suite.ts';
import { describeError, RemoteError } from '../core/errors.ts';
import { agentClip } from './agent-file-name.ts';
import { writeToken } from './token.ts';
import { KerberosLanding, type KerberosSettings } from './kerberos-landing.ts';

const never = new AbortController().signal;
const KEY = 'yard/2026/11/21/20261121T101525.123Z_yard_camera_1795256130.123000-k3x9ab.mp4';
const NAME = '1795256125_6-123000_camera_0-0-0-0_0_1215914051.mp4';
const settings: KerberosSettings = {
  kind: 'vault', url: '', accessKey: 'farm', secretAccessKey: 'hush-hush', provider: '', directory: 'farm', region: '',
  ca: '',
};

interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** A server that answers what it is told to, and remembers what it heard. */
async function serverOf(
  answer: (heard: Heard) => number, headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly url: string; readonly heard: Heard[]; readonly server: Server }> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const one = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
      heard.push(one);
      response.writeHead(answer(one), headers).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`, heard, server };
}

describe('a Kerberos Vault or Hub as a store', () => {
  it('names a clip as agents do, and knows what is none', () => {
    assert.deepEqual(agentClip(KEY), { fileName: NAME, at: Date.parse('2026-11-21T10:15:25.123Z'), device: 'yard' });
    assert.equal(
      agentClip('yard/2026/11/21/20261121T101525.123Z_yard_camera_continuous.mp4')?.fileName,
      '1795256125_6-123000_camera_0-0-0-0_0_0.mp4',
    );
    for (const other of [
      KEY.replace('.mp4', '.preview.mp4'), KEY.replace('.mp4', '.jpg'), 'yard/2026/11/21/1795256130.123000-k3x9ab.json',
      'yard/reports/1.json',
    ]) {
      assert.equal(agentClip(other), undefined, other);
    }
  });

  it('says at once what is missing', () => {
    assert.throws(() => new KerberosLanding({ ...settings, url: 'vault', secretAccessKey: '', directory: '' }), {
      name: 'ConfigError', code: 'kerberos.settings', message: /address.*key.*directory/,
    });
    assert.throws(() => new KerberosLanding({ ...settings, kind: 'hub', url: 'https://hub' }), { message: /region/ });
  });

  it('brings a clip to a vault that knows pieces, on where it was cut, and passes over everything else', async () => {
    await using fleet = await RunningVault.start();
    const keys = fleet.account('farm');
    const address = `http://127.0.0.1:${fleet.port}`;
    await using line = await CutLine.to(address);
    using landing = new KerberosLanding({
      ...settings, url: line.by(address), accessKey: keys['X-Kerberos-Storage-AccessKey'] ?? '',
      secretAccessKey: keys['X-Kerberos-Storage-SecretAccessKey'] ?? '',
    });
    assert.deepEqual((await landing.list('yard/', undefined, never)).entries, []);
    await landing.put(KEY.replace('.mp4', '.jpg'), deliveryOf(Buffer.from('x')), never);
    const clip = deliveryOf(randomBytes(12 * 1024 * 1024), 'video/mp4');
    const kept = new KeptToken();
    line.cutAfter(10 * 1024 * 1024);
    await assert.rejects(landing.put(KEY, clip, never, { checkpoint: kept.checkpoint }), RemoteError);
    line.sentBytes = 0;
    await landing.put(KEY, clip, never, { checkpoint: kept.checkpoint });
    assert.ok(line.sentBytes < 5 * 1024 * 1024, `${line.sentBytes} bytes went a second time`);
    const landed = await fleet.landed();
    assert.ok(landed.some((key) => key.endsWith('.mp4')), landed.join());
  });

  it('brings it whole to a vault that knows no pieces, and asks that one for pieces once', async () => {
    const { url, heard, server } = await serverOf(({ path }) => (path.includes('/tus') ? 404 : 200));
    using landing = new KerberosLanding({ ...settings, url, provider: 'minio' });
    const clip = deliveryOf(Buffer.from('a clip'), 'video/mp4');
    for (let time = 0; time < 2; time++) await landing.put(KEY, clip, never);
    assert.deepEqual(heard.map(({ method, path }) => `${method} ${path}`), [
      'POST /api/storage/tus/', 'POST /api/storage', 'POST /api/storage',
    ]);
    assert.equal(createHash('sha256').update(heard[1]?.body ?? '').digest('hex'), clip.sha256);
    const told = Object.entries(heard[1]?.headers ?? {}).filter(([name]) => name.startsWith('x-kerberos'));
    assert.deepEqual(told.sort(([a], [b]) => (a < b ? -1 : 1)), [
      ['x-kerberos-storage-accesskey', 'farm'],
      ['x-kerberos-storage-capture', 'IPCamera'], ['x-kerberos-storage-device', 'yard'],
      ['x-kerberos-storage-directory', 'farm'],
      ['x-kerberos-storage-filename', NAME], ['x-kerberos-storage-provider', 'minio'],
      ['x-kerberos-storage-secretaccesskey', 'hush-hush'], ['x-kerberos-storage-timestamp', '1795256125123'],
    ]);
    server.close();
  });

  it('asks a hub whether it takes the clip before it sends it', async () => {
    const { url, heard, server } = await serverOf(({ path }) => (path.includes('/tus') ? 405 : 200));
    using landing = new KerberosLanding({ ...settings, kind: 'hub', url, region: 'eu-west-1' });
    await landing.put(KEY, deliveryOf(Buffer.from('a clip'), 'video/mp4'), never);
    await landing.list('yard/', undefined, never);
    assert.deepEqual(heard.map(({ method, path }) => `${method} ${path}`), [
      'POST /api/storage/tus/', 'HEAD /api/storage/upload', 'POST /api/storage/upload', 'POST /api/subscription/verify',
    ]);
    assert.deepEqual(['publickey', 'privatekey', 'region'].map((name) =>
      heard[2]?.headers[`x-kerberos-hub-${name}`]), ['farm', 'hush-hush', 'eu-west-1']);
    server.close();
  });

  it('does not take the login page of a network for a clip that was stored', async () => {
    for (const tus of [404, 200]) {
      const { url, server } = await serverOf(
        ({ path }) => (path.includes('/tus') ? tus : 200), { 'content-type': 'text/html' },
      );
      using landing = new KerberosLanding({ ...settings, url });
      await assert.rejects(landing.put(KEY, deliveryOf(Buffer.from('a clip'), 'video/mp4'), never), {
        name: 'RemoteError', code: 'kerberos.not-kerberos',
      });
      await assert.rejects(landing.list('yard/', undefined, never), { code: 'kerberos.not-kerberos' });
      server.close();
    }
  });

  it('does not take a friendly word about an upload that was begun for a clip that was stored', async () => {
    const { url, server } = await serverOf(
      ({ method }) => (method === 'HEAD' ? 200 : 500), { 'content-type': 'application/json' },
    );
    const clip = deliveryOf(Buffer.from('a clip'), 'video/mp4');
    const kept = new KeptToken();
    writeToken(kept.checkpoint, { place: `kerberos ${url}/ ${KEY}`, delivery: clip }, { id: 'begun' });
    using landing = new KerberosLanding({ ...settings, url });
    await assert.rejects(landing.put(KEY, clip, never, { checkpoint: kept.checkpoint }), {
      name: 'RemoteError', code: 'kerberos.not-kerberos',
    });
    server.close();
  });

  it('does not take an answer that came before the clip was sent for one about the clip', async () => {
    const server = createServer((request, response) => {
      response.writeHead(request.url?.includes('/tus') === true ? 404 : 200, { 'content-type': 'application/json' })
        .end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    using landing = new KerberosLanding({
      ...settings, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    });
    await assert.rejects(
      landing.put(KEY, deliveryOf(randomBytes(32 * 1024 * 1024), 'video/mp4'), never, { pace: async () => {} }),
      RemoteError,
    );
    server.closeAllConnections();
    server.close();
  });

  it('tells what a refusal means, and never the secret', async () => {
    for (const [status, code] of [
      [401, 'kerberos.credentials-refused'], [403, 'kerberos.access-denied'], [413, 'landing.object-refused'],
      [500, 'kerberos.failing'], [507, 'kerberos.full'],
    ] as const) {
      const { url, server } = await serverOf(() => status);
      using landing = new KerberosLanding({ ...settings, url });
      await assert.rejects(landing.put(KEY, deliveryOf(Buffer.from('a clip'), 'video/mp4'), never), (error: Error) => {
        assert.equal((error as unknown as { code: string }).code, code);
        return !describeError(error).includes('hush-hush');
      });
      server.close();
    }
  });
});
