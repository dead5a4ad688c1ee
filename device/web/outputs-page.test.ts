import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { PageInBrowser } from '../../test/web/page-in-browser.ts';
import type { OutputView } from '../contract/outputs-view.ts';
import { silentLog } from '../core/log.ts';
import { serveOutputs } from '../outputs/outputs-service.ts';

describe('outputs, on the page', () => {
  let run: PageInBrowser;
  let folder: string;
  let server: Server;
  let page: Page;
  let refused = 2;
  const output = (): OutputView => ({
    name: 'house', type: 'webhook', problem: refused === 0 ? null
      : { message: 'cannot be reached (ECONNREFUSED)', since: Date.now() / 1000, retry_at: null },
    counts: { waiting: 1, delivered: 41, dead: refused, throttled: 3, quiet: 0, stale: 0, overflow: 0 },
    last: [{
      event: '1795252530.123456-k3x9ab', phase: 'new', state: 'delivered', time: Date.now() / 1000, attempts: 1, ms: 40,
      result: 'answered with 204',
    }],
  });

  before(async function () {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-outputs-page-'));
    const socket = path.join(folder, 'outputs.sock');
    server = serveOutputs(socket, {
      view: () => ({ outputs: [output()] }),
      test: () => Promise.resolve({ ok: true, ms: 3, result: 'answered with 204' }),
      redrive: () => { const redriven = refused; refused = 0; return { redriven }; },
    }, silentLog);
    await once(server, 'listening');
    run = await PageInBrowser.start(this, { outputsSocket: socket });
    page = await run.open(await run.signedIn(await run.web.owner()));
  });
  after(async () => {
    await run[Symbol.asyncDispose]();
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
  });

  it('are found in the menu, with what became of deliveries', async () => {
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByText('Outputs').click();
    await page.getByText('webhook · 1 waiting, 41 told, 2 refused, 3 held back as too many').waitFor();
    await page.getByText('cannot be reached (ECONNREFUSED)').waitFor();
    await page.getByText('Latest deliveries').click();
    await page.getByText('beginning told in 40 ms: answered with 204').waitFor();
  });

  it('can be tried out, and told again what they refused', async () => {
    await page.getByRole('button', { name: 'Test house' }).click();
    await page.getByText('house: answered with 204').waitFor();
    await page.getByRole('button', { name: 'Try again what house refused' }).click();
    await page.getByText('2 tried again.').waitFor();
    await page.getByText('webhook · 1 waiting, 41 told, 3 held back as too many').waitFor();
    assert.deepEqual(run.faults, []);
  });
});
