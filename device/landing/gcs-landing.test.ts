import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { deliveryOf, KeptToken } from '../../test/landing-suite.ts';
import { GcsLanding } from './gcs-landing.ts';

const never = new AbortController().signal;
const LARGE = 9 * 1024 * 1024;

describe('a landing in Google Cloud Storage', () => {
  const pem = String(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs8', format: 'pem',
  }));
  const key = JSON.stringify({ client_email: 'yard@owls', private_key: pem });

  async function served<T>(listener: RequestListener, use: (landing: GcsLanding) => Promise<T>): Promise<T> {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      using landing = new GcsLanding({
        endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bucket: 'owls', prefix: '', key,
      });
      return await use(landing);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  it('takes nothing for stored but an answer that tells its size', async () => {
    await served((request, response) => {
      request.resume().on(
        'end', () => response.writeHead(200, { location: '/session?upload_id=1' }).end('<html>Please log in</html>'),
      );
    }, async (landing) => {
      for (const bytes of [1, LARGE])
        await assert.rejects(landing.put('yard/a.mp4', deliveryOf(Buffer.alloc(bytes)), never), {
          name: 'RemoteError', code: 'gcs.not-gcs',
        }, String(bytes));
    });
  });

  it('knows both words for a large object that is stored', async () => {
    await served((request, response) => {
      void buffer(request).then((body) => {
        if (request.method === 'POST') response.writeHead(200, { location: '/session?upload_id=1' }).end();
        else response.writeHead(201).end(JSON.stringify({ size: String(body.byteLength) }));
      });
    }, async (landing) => {
      const kept = new KeptToken();
      await landing.put('yard/a.mp4', deliveryOf(randomBytes(LARGE)), never, { checkpoint: kept.checkpoint });
      assert.equal(kept.checkpoint.token, undefined);
    });
  });

  it('gives no session up because the server is busy when it is asked how far it came', async () => {
    const heard: string[] = [];
    let busy = 0;
    await served((request, response) => {
      void buffer(request).then((body) => {
        heard.push(`${request.method} ${body.byteLength > 1000 ? 'content'
          : String(request.headers['content-range'])}`);
        if (request.method === 'POST') return response.writeHead(200, { location: '/session?upload_id=1' }).end();
        if (busy++ < 2) return response.writeHead(503).end();
        if (body.byteLength === 0) return response.writeHead(308).end();
        return response.writeHead(200).end(JSON.stringify({ size: String(body.byteLength) }));
      });
    }, async (landing) => {
      const kept = new KeptToken();
      const clip = deliveryOf(randomBytes(LARGE));
      for (let time = 0; time < 2; time++)
        await assert.rejects(
          landing.put('yard/a.mp4', clip, never, { checkpoint: kept.checkpoint }), { code: 'gcs.failing' },
        );
      await landing.put('yard/a.mp4', clip, never, { checkpoint: kept.checkpoint });
    });
    assert.deepEqual(
      heard, ['POST undefined', 'PUT content', `PUT bytes */${LARGE}`, `PUT bytes */${LARGE}`, 'PUT content'],
    );
  });
});
