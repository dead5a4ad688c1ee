import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { eventually } from '../../test/eventually.ts';
import { call } from '../../test/http/client.ts';
import { silentLog } from '../core/log.ts';
import { systemClock } from '../runtime/clock.ts';
import { keepChild } from '../runtime/keep-child.ts';
import { Doorway } from './doorway.ts';

const address = { port: 0, host: '127.0.0.1', setting: 'TYTO_WEB_PORT', room: 'web' };
const moduleOf = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);

describe('a doorway', () => {
  let folder: string;
  let starts: string;
  let module: URL;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-doorway-'));
    starts = path.join(folder, 'starts');
    // Answers who asked and what came; rests as soon as it may, when the doorway's news say so.
    await writeFile(path.join(folder, 'service.mjs'), `
      import { appendFileSync } from 'node:fs';
      import { HandedConnections } from ${moduleOf('./handed-connections.ts')};
      import { serveHttp } from ${moduleOf('./serve-http.ts')};
      import { Visits } from ${moduleOf('./visits.ts')};
      import { systemClock } from ${moduleOf('../runtime/clock.ts')};
      import { offerRests } from ${moduleOf('../runtime/offer-rests.ts')};
      import { reportReady, runRole } from ${moduleOf('../runtime/role.ts')};
      appendFileSync(${JSON.stringify(starts)}, process.pid + '\\n');
      await runRole(async (signal) => {
        const handed = new HandedConnections(process);
        const { news: { rests } } = await handed.door;
        const visits = new Visits(systemClock, []);
        const handle = async (request, response) => {
          let body = '';
          for await (const chunk of request) body += chunk;
          response.setHeader('connection', 'close').setHeader('content-type', 'application/json');
          response.end(JSON.stringify({ from: request.socket.remoteAddress, body, path: request.url, pid: process.pid }));
        };
        const idle = () => (rests && visits.quietFor > 0 ? { taken: handed.taken } : undefined);
        offerRests(idle, systemClock, signal, 1).catch(() => {});
        await serveHttp(visits.of({ handle }), ${JSON.stringify(address)}, { signal, handed, onListening: () => reportReady() });
      });`);
    module = pathToFileURL(path.join(folder, 'service.mjs'));
  });
  after(() => rm(folder, { recursive: true, force: true }));
  beforeEach(() => writeFile(starts, ''));

  const pids = async (): Promise<readonly number[]> =>
    (await readFile(starts, 'utf8')).trim().split('\n').filter(Boolean).map(Number);
  const hasEnded = (pid: number): boolean => {
    try { return !process.kill(pid, 0); } catch { return true; }
  };

  /** A doorway and what it needs behind it, for as long as `use` takes. */
  async function opened(news: { readonly rests: boolean }, use: (
    door: Doorway, port: number,
  ) => Promise<void>): Promise<void> {
    using door = new Doorway({
      address, clock: systemClock, news: () => news,
      answer: (asked) => (asked === '/healthz' ? { status: 200, body: { status: 'ok' } } : undefined),
    });
    const stop = new AbortController();
    const kept = keepChild({ role: 'web', module, work: 'serve', vital: true, demand: door, onReady: () => {} }, {
      log: silentLog, clock: systemClock,
    }, stop.signal);
    try {
      await eventually('the port is open', () => door.port !== undefined);
      await use(door, door.port ?? 0);
    } finally {
      stop.abort();
      await kept;
    }
  }
  const atRest = async (): Promise<void> => {
    await eventually('nobody is behind it', async () => {
      const all = await pids();
      return all.length > 0 && all.every(hasEnded);
    });
  };

  it('lets its process rest and starts it for the next request, which learns who asks and loses nothing', () =>
    opened({ rests: true }, async (_door, port) => {
      await atRest();
      const before = (await pids()).length;
      const { status, body } = await call(port, 'POST', '/api/x', { body: { text: 'x'.repeat(200_000) } });
      assert.equal(status, 200);
      const { from, body: came } = body as { from: string; body: string };
      assert.deepEqual([from, (JSON.parse(came) as { text: string }).text.length], ['127.0.0.1', 200_000]);
      assert.equal((await pids()).length, before + 1);
    }));

  it('waits for the rest of a request that comes in pieces, some before anybody is there to read', () =>
    opened({ rests: true }, async (_door, port) => {
      await atRest();
      const socket = connect(port, '127.0.0.1').on('error', () => {});
      let text = '';
      socket.on('data', (chunk: Buffer) => { text += chunk.toString(); });
      const before = (await pids()).length;
      socket.write('POST /in-pieces HTTP/1.1\r\nhost: x\r\ncontent-length: 6\r\n');
      await eventually('a start', async () => (await pids()).length > before);
      socket.write('\r\nab');
      await eventually('all started', async () => (await pids()).length > before);
      socket.write('cdef');
      await eventually('an answer', () => text.includes('"body":"abcdef"'));
      socket.destroy();
    }));

  it('answers for the health of all itself, and starts nobody for that or for who says nothing', () =>
    opened({ rests: true }, async (_door, port) => {
      await atRest();
      const before = (await pids()).length;
      const silent = connect(port, '127.0.0.1').on('error', () => {});
      const { status, body } = await call(port, 'GET', '/healthz');
      assert.deepEqual([status, body], [200, { status: 'ok' }]);
      assert.equal((await pids()).length, before);
      silent.destroy();
    }));

  it('is not blocked by who opens many connections and says nothing', () =>
    opened({ rests: true }, async (_door, port) => {
      await atRest();
      const silent = Array.from({ length: 80 }, () => connect(port, '127.0.0.1').on('error', () => {}));
      await eventually('all are there', () => silent.every((socket) => !socket.connecting));
      assert.equal((await call(port, 'GET', '/')).status, 200);
      for (const socket of silent) socket.destroy();
    }));

  it('loses nobody who comes just when its process ends', () => opened({ rests: true }, async (_door, port) => {
    for (let round = 0; round < 8; round++) assert.equal((await call(port, 'GET', `/${round}`)).status, 200);
    const many = await Promise.all(Array.from({ length: 10 }, (_, number) => call(port, 'GET', `/${number}`)));
    assert.deepEqual(new Set(many.map(({ status }) => status)), new Set([200]));
    assert.ok((await pids()).length > 1, 'it did end meanwhile');
  }));

  it('is open again after its process was killed', () => opened({ rests: false }, async (door, port) => {
    const pidOf = async (at: number): Promise<number | undefined> =>
      ((await call(at, 'GET', '/').catch(() => undefined))?.body as { pid: number } | undefined)?.pid;
    const first = await eventually('an answer', () => pidOf(port));
    process.kill(first, 'SIGKILL');
    await eventually('another answer', async () => {
      const now = await pidOf(door.port ?? 0);
      return now !== undefined && now !== first;
    });
  }));

  it('hands who was not yet taken by a process that is killed to the next one', () => opened({
    rests: false,
  }, async (_door, port) => {
    const { pid } = (await call(port, 'GET', '/')).body as { pid: number };
    process.kill(pid, 'SIGSTOP');
    const answers = Array.from({ length: 5 }, () => call(port, 'POST', '/x', { body: { text: 'y' } }));
    // most have been handed over by then
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => { setImmediate(resolve); });
    process.kill(pid, 'SIGKILL');
    const found = await Promise.all(answers);
    assert.deepEqual(found.map(({ status }) => status), [200, 200, 200, 200, 200]);
    assert.ok(found.every(({ body }) => (body as { pid: number }).pid !== pid));
  }));

  it('that cannot be opened is a mistake of the user, in the words of the setting', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await eventually('it listens', () => other.listening);
    const { port } = other.address() as AddressInfo;
    using door = new Doorway({
      address: { ...address, port }, clock: systemClock, news: () => ({}), answer: () => undefined,
    });
    await assert.rejects(
      keepChild({ role: 'web', module, work: 'serve', vital: true, demand: door, onReady: () => {} }, {
        log: silentLog, clock: systemClock,
      }, new AbortController().signal),
      {
        code: 'role.refused',
        message: `port ${port} on 127.0.0.1 is used by another program; end that one, or set TYTO_WEB_PORT to a free port`,
      },
    );
    assert.deepEqual(await pids(), [], 'nothing was started');
    other.close();
  });
});
