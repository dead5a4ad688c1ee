import assert from 'node:assert/strict';
import { once } from 'node:events';
import path from 'node:path';
import { call } from '../../test/http/client.ts';
import { startWeb } from '../../test/web/start-web.ts';
import type { OutputView } from '../contract/outputs-view.ts';
import { silentLog } from '../core/log.ts';
import { serveOutputs } from '../outputs/outputs-service.ts';

const phone: OutputView = {
  name: 'phone', type: 'ntfy', problem: null,
  counts: { waiting: 0, delivered: 1, dead: 2, throttled: 0, quiet: 0, stale: 0, overflow: 0 },
  last: [{
    event: '1795252530.123456-k3x9ab', phase: 'new', state: 'delivered', time: 1, attempts: 1, ms: 4, result: 'sent',
  }],
};

describe('outputs, on the page\'s API', () => {
  it('are none where none are set up', async () => {
    await using web = await startWeb();
    const cookie = await web.owner();
    assert.deepEqual((await call(web.port, 'GET', '/api/outputs', { headers: { cookie } })).body, { outputs: [] });
    assert.equal(
      (await call(web.port, 'POST', '/api/outputs/phone/test', { headers: { cookie } })).code, 'outputs.unknown',
    );
  });

  it('are shown, tried out and driven again by the process that serves them', async () => {
    await using folder = await startWeb(); // its folder alone is used, for the socket
    const socket = path.join(folder.folder, 'outputs.sock');
    await using web = await startWeb({ outputsSocket: socket });
    const headers = { cookie: await web.owner() };
    const ask = (method: 'GET' | 'POST', route: string) => call(web.port, method, route, { headers });
    assert.deepEqual(
      [(await ask('GET', '/api/outputs')).status, (await ask('GET', '/api/outputs')).code], [503, 'outputs.no-answer'],
    );
    const server = serveOutputs(socket, {
      view: () => ({ outputs: [phone] }),
      test: (name) => Promise.resolve(name === 'phone' ? { ok: false, ms: 3, result: 'answered with 401' } : undefined),
      redrive: (name) => (name === 'phone' ? { redriven: 2 } : undefined),
    }, silentLog);
    await once(server, 'listening');
    assert.deepEqual((await ask('GET', '/api/outputs')).body, { outputs: [phone] });
    assert.deepEqual((await ask('POST', '/api/outputs/phone/test')).body, {
      ok: false, ms: 3, result: 'answered with 401',
    });
    assert.deepEqual((await ask('POST', '/api/outputs/phone/redrive')).body, { redriven: 2 });
    for (const route of ['/api/outputs/fax/test', '/api/outputs/fax/redrive']) {
      const { status, code } = await ask('POST', route);
      assert.deepEqual([status, code], [404, 'outputs.unknown']);
    }
    server.close();
    server.closeAllConnections();
  });
});
