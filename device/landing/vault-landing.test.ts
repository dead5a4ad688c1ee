import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { deliveryOf } from '../../test/landing-suite.ts';
import { readAuthority } from './authority.ts';
import { VaultLanding } from './vault-landing.ts';

const never = new AbortController().signal;

describe('the landing of a fleet by HTTP', () => {
  async function served<T>(listener: RequestListener, use: (url: string) => Promise<T>): Promise<T> {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  it('puts straight to the store where it was given leave, without the key of the device', async () => {
    const clip = deliveryOf(randomBytes(300 * 1024), 'video/mp4');
    const asked: string[] = [];
    let taken: Buffer | undefined;
    await served((request, response) => {
      void buffer(request).then((body) => {
        asked.push(`${request.method} ${request.url} ${request.headers.authorization
          ?? 'no key'} ${String(request.headers['x-signed'])}`);
        taken = body;
        response.writeHead(200).end();
      });
    }, (store) => served((request, response) => {
      void buffer(request).then((body) => {
        asked.push(`${request.method} ${request.url} ${body.toString()}`);
        response.writeHead(201).end(JSON.stringify({
          method: 'PUT', url: `${store}/bucket/a?signature=1`, headers: { 'x-signed': 'yes' }, expires_at: 0,
        }));
      });
    }, async (url) => {
      using landing = new VaultLanding({ url, key: 'tyto_secret', ca: '' });
      await landing.put('yard/a.mp4', clip, never);
    }));
    assert.deepEqual(asked, [
      `POST /landing/grants ${JSON.stringify({
        key: 'yard/a.mp4', bytes: clip.bytes, sha256: clip.sha256, content_type: 'video/mp4',
      })}`,
      'PUT /bucket/a?signature=1 no key yes',
    ]);
    assert.ok('data' in clip.content && taken?.equals(clip.content.data));
  });

  it('blames the leave, not the object, for what the store refuses', async () => {
    await served((request, response) => {
      request.resume().on('end', () => response.writeHead(403).end());
    }, (store) => served((request, response) => {
      request.resume().on(
        'end',
        () => response.writeHead(201).end(JSON.stringify({ method: 'PUT', url: store, headers: {}, expires_at: 0 })),
      );
    }, async (url) => {
      using landing = new VaultLanding({ url, key: 'tyto_secret', ca: '' });
      await assert.rejects(landing.put('yard/a.mp4', deliveryOf(randomBytes(100 * 1024)), never), {
        name: 'RemoteError', code: 'vault.failing',
      });
    }));
  });

  it('tells a login page, a server that is full or fails, and one that refuses the object from one another', async () => {
    for (const [status, text, code] of [
      [200, '<html>Please log in</html>', 'vault.not-vault'],
      [404, '', 'vault.not-vault'], [307, '', 'vault.address-wrong'],
      [403, '{"error":{"code":"landing.foreign-key","message":""}}', 'vault.access-denied'],
      [429, '', 'vault.failing'], [502, '', 'vault.failing'], [507, '', 'vault.full'],
    ] as const) {
      await served((request, response) => {
        request.resume().on('end', () => response.writeHead(status).end(text));
      }, async (url) => {
        using landing = new VaultLanding({ url, key: 'tyto_secret', ca: '' });
        await assert.rejects(landing.list('yard/', undefined, never), { code }, `HTTP ${status}`);
      });
    }
    await served((request, response) => {
      request.resume().on(
        'end', () => response.writeHead(403).end('{"error":{"code":"landing.foreign-key","message":""}}'),
      );
    }, async (url) => {
      using landing = new VaultLanding({ url, key: 'tyto_secret', ca: '' });
      await assert.rejects(landing.list('yard/', undefined, never), {
        name: 'ConfigError', message: /device of another name: set device\.id \(TYTO_DEVICE_ID\)/,
      });
    });
    await served((request, response) => {
      request.resume().on('end', () => response.writeHead(413).end());
    }, async (url) => {
      using landing = new VaultLanding({ url, key: 'tyto_secret', ca: '' });
      await assert.rejects(landing.put('yard/a.jpg', deliveryOf(Buffer.from('x')), never), {
        code: 'landing.object-refused',
      });
    });
  });

  it('does not take the login page of a network for an object that was put', async () => {
    await served((request, response) => {
      request.resume().on(
        'end', () => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Please log in</html>'),
      );
    }, async (url) => {
      using landing = new VaultLanding({ url, key: 'tyto_secret', ca: '' });
      for (const bytes of [1, 9 * 1024 * 1024])
        await assert.rejects(
          landing.put('yard/a.jpg', deliveryOf(Buffer.alloc(bytes)), never), { name: 'RemoteError' }, String(bytes),
        );
    });
  });

  it('believes the authority that it was told, and no other', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tyto-tls-'));
    const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
    await promisify(execFile)('openssl', [
      'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj',
      '/CN=fleet', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert,
    ]);
    const server = createTlsServer({ key: await readFile(key), cert: await readFile(cert) }, (request, response) => {
      request.resume().on('end', () => response.writeHead(200).end('{"entries":[],"next":null}'));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
      using stranger = new VaultLanding({ url, key: 'tyto_secret', ca: '' });
      await assert.rejects(stranger.list('yard/', undefined, never), {
        name: 'ConfigError', code: 'vault.certificate-refused',
      });
      using friend = new VaultLanding({ url, key: 'tyto_secret', ca: readAuthority(cert, 'upload.vault.ca') });
      assert.deepEqual((await friend.list('yard/', undefined, never)).entries, []);
    } finally {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true });
    }
  });

  it('says at once what is missing', () => {
    assert.throws(() => new VaultLanding({ url: 'fleet', key: '', ca: '' }), {
      name: 'ConfigError', code: 'vault.settings', message: /address.*key/,
    });
  });
});
