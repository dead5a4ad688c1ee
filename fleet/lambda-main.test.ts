import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { DynamoServer } from '../test/servers/dynalite.ts';

describe('the process of a function in the cloud', () => {
  it('starts with the settings that the stack gives it, and answers a batch', async () => {
    await using tables = await DynamoServer.start();
    const { prefix } = await tables.freshTables();
    const answered = Promise.withResolvers<readonly [string | undefined, string]>();
    const calls = ['{"Records":[]}'];
    const lambda = createServer((req, res) => {
      if (req.method === 'GET') {
        const call = calls.shift();
        if (call === undefined) return;
        return void res.writeHead(200, {
          'lambda-runtime-aws-request-id': 'one', 'lambda-runtime-deadline-ms': String(Date.now() + 60_000),
        }).end(call);
      }
      void text(req).then((body) => {
        res.writeHead(202).end();
        answered.resolve([req.url, body]);
      });
    });
    await once(lambda.listen(0, '127.0.0.1'), 'listening');
    const stores = {
      library: { place: 's3://library', region: 'eu-central-1' },
      quarantine: { place: 's3://quarantine', region: 'eu-central-1' },
    };
    const child = spawn(process.execPath, [fileURLToPath(new URL('lambda-main.ts', import.meta.url)), 'handler'], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${(lambda.address() as AddressInfo).port}`,
        AWS_ACCESS_KEY_ID: 'AKTEST', AWS_SECRET_ACCESS_KEY: 'secret',
        TYTO_FLEET_LANDING: 's3://landing', TYTO_FLEET_S3_ENDPOINT: 'http://127.0.0.1:9',
        TYTO_FLEET_STORES: JSON.stringify(stores),
        TYTO_FLEET_INDEX: `dynamodb:${prefix}`, TYTO_FLEET_INDEX_ENDPOINT: tables.endpoint,
        PATH: String(process.env['PATH']),
      },
    });
    try {
      const gone = once(child, 'exit').then(([code]) => { throw new Error(`it ended with ${String(code)}`); });
      gone.catch(() => {}); // it is ended below
      const [path, answer] = await Promise.race([answered.promise, gone]);
      assert.deepEqual(
        [path, JSON.parse(answer)], ['/2018-06-01/runtime/invocation/one/response', { batchItemFailures: [] }],
      );
    } finally {
      const ended = child.exitCode === null ? once(child, 'exit') : undefined;
      child.kill('SIGKILL');
      await ended;
      lambda.closeAllConnections();
      lambda.close();
    }
  });
});
