import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { RemoteError } from '../../../device/core/errors.ts';
import { runLambda, type Work } from './lambda-runtime.ts';

describe('work from AWS Lambda', () => {
  let server: Server;
  afterEach(async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  });

  /** Gives out `calls`, then no more. @returns What was answered to each, once all were. */
  async function answersTo(calls: readonly string[], work: Work): Promise<readonly (readonly [string, unknown])[]> {
    const answers: (readonly [string, unknown])[] = [];
    const left = [...calls.entries()];
    const all = Promise.withResolvers<void>();
    server = createServer((req, res) => {
      if (req.method === 'GET' && req.url === '/2018-06-01/runtime/invocation/next') {
        const next = left.shift();
        if (next === undefined) return; // asked for until the end
        return void res.writeHead(200, {
          'lambda-runtime-aws-request-id': `call-${next[0]}`,
          'lambda-runtime-deadline-ms': String(Date.now() + 60_000),
        }).end(next[1]);
      }
      void text(req).then((body) => {
        answers.push([String(req.url).replace('/2018-06-01/runtime/invocation/', ''), JSON.parse(body)]);
        res.writeHead(202).end();
        if (answers.length === calls.length) all.resolve();
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const stop = new AbortController();
    const running = runLambda(`127.0.0.1:${(server.address() as AddressInfo).port}`, work, stop.signal);
    await Promise.race([all.promise, running]);
    stop.abort();
    await assert.rejects(running, { name: 'AbortError' });
    return answers;
  }

  it('is done call by call, with the time that is left for it', async () => {
    const answers = await answersTo(['{"n":1}', '{"n":2}'], async (event, context) => {
      assert.ok(context.getRemainingTimeInMillis() > 0 && context.getRemainingTimeInMillis() <= 60_000);
      return event;
    });
    assert.deepEqual(answers, [['call-0/response', { n: 1 }], ['call-1/response', { n: 2 }]]);
  });

  it('goes on after a call that failed, which is told', async () => {
    const answers = await answersTo(['{"n":1}', '{', '{"n":3}'], async (event) => {
      if ((event as { n: number }).n === 1) throw new RemoteError('index.unreachable', 'the index does not answer');
      return undefined;
    });
    assert.deepEqual(answers.map(([path]) => path), ['call-0/error', 'call-1/error', 'call-2/response']);
    assert.deepEqual(answers[0]?.[1], {
      errorType: 'RemoteError', errorMessage: 'the index does not answer', stackTrace: [],
    });
    assert.equal(answers[2]?.[1], null);
  });

  it('ends when Lambda is not there', async () => {
    server = createServer((_, res) => { res.writeHead(500).end(); });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    await assert.rejects(
      runLambda(`127.0.0.1:${(server.address() as AddressInfo).port}`, async () => null, new AbortController().signal),
      /with 500/,
    );
  });
});
