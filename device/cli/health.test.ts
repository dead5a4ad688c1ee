import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { notePageAddress } from '../page-address.ts';
import { healthAddress } from './health.ts';
import { basicEnvironment } from '../../test/basic-environment.ts';

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));

type Told = readonly [code: number, line: string];

describe('tyto health', () => {
  let data: string;
  before(async () => { data = await mkdtemp(path.join(tmpdir(), 'tyto-health-')); });
  after(() => rm(data, { recursive: true, force: true }));

  const ask = (more: NodeJS.ProcessEnv = {}, ...options: readonly string[]): Promise<Told> => new Promise((resolve) => {
    const env = { ...basicEnvironment(), TYTO_DATA: data, ...more };
    execFile(process.execPath, [CLI, 'health', ...options], { env },
      (error, stdout, stderr) => resolve([typeof error?.code === 'number' ? error.code : 0, stdout + stderr]));
  });

  /** Asks a device that answers so; its host and port stand in `config.json`. */
  async function asked(answer: RequestListener, ...options: readonly string[]): Promise<Told> {
    const server = createServer(answer).listen(0, '127.0.0.2');
    try {
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      await writeFile(path.join(data, 'config.json'), JSON.stringify({ web: { host: '127.0.0.2', port } }));
      const [code, line] = await ask({}, ...options);
      return [code, line.replace(String(port), 'PORT')];
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  it('asks where the settings say, and says in one line what came', async () => {
    assert.deepEqual(await asked((request, response) =>
      response.end(request.url === '/healthz' ? '{"status":"ok"}' : '')),
      [0, 'ok\n']);
    const failing = '{\n  "status": "failing", "silentSeconds": 42\n}';
    assert.deepEqual(await asked((_request, response) => response.writeHead(503).end(failing)),
      [1, 'failing: the camera\'s process has said nothing for 42 s\n']);
    assert.deepEqual(await asked((_request, response) => response.end('another\nprogram')),
      [1, 'failing: http://127.0.0.2:PORT/healthz answers 200: another program\n']);
  });

  it('tells what runs and records nothing from what fails, and is content with it where only life counts', async () => {
    const full: RequestListener = (_request, response) =>
      response.end('{"status":"degraded","loss":"the disk is full"}');
    const line = 'degraded, nothing is recorded: the disk is full\n';
    assert.deepEqual(await asked(full), [69, line]);
    assert.deepEqual(await asked(full, '--alive'), [0, line]);
    assert.equal(
      (await asked((_request, response) => response.writeHead(503).end('{"status":"failing"}'), '--alive'))[0], 1,
    );
  });

  it('says no when nobody answers', async () => {
    const [code, line] = await ask(); // the server of the test before is gone
    assert.equal(code, 1);
    assert.match(
      line,
      /^failing: nothing listens at http:\/\/127\.0\.0\.2:\d+\/healthz; either the device does not run, .*\n$/,
    );
    assert.deepEqual(await asked(() => {}), [1, 'failing: http://127.0.0.2:PORT/healthz does not answer within 3 s\n']);
  });

  it('asks where the device has written down that it answers, unless another port is asked for', async () => {
    const server = createServer((_request, response) => response.end('{"status":"ok"}')).listen(0, '127.0.0.2');
    try {
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      await writeFile(path.join(data, 'config.json'), '{}');
      await notePageAddress(data, { host: '127.0.0.2', port });
      assert.deepEqual(await ask(), [0, 'ok\n']);
      assert.match((await ask({ TYTO_WEB_PORT: '9' }))[1], /http:\/\/127\.0\.0\.2:9\/healthz/);
      await writeFile(path.join(data, 'page.json'), '{"port":"no');
      assert.match((await ask({ TYTO_WEB_PORT: '9' }))[1], /http:\/\/127\.0\.0\.1:9\/healthz/);
    } finally {
      server.closeAllConnections();
      server.close();
      await rm(path.join(data, 'page.json'));
    }
  });

  it('asks this machine when the device listens at all addresses', () => assert.deepEqual(
    ['0.0.0.0', '::', '192.0.2.7', '2001:db8::7'].map((host) => healthAddress({ host, port: 80 })),
    [
      'http://127.0.0.1:80/healthz', 'http://[::1]:80/healthz', 'http://192.0.2.7:80/healthz',
      'http://[2001:db8::7]:80/healthz',
    ],
  ));
});
