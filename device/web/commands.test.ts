import assert from 'node:assert/strict';
import { call } from '../../test/http/client.ts';
import { startWeb, type RunningWeb } from '../../test/web/start-web.ts';
import type { CommandView } from '../contract/device-api.ts';

describe('recording on demand and triggers, over HTTP', () => {
  let web: RunningWeb;
  let headers: { readonly cookie: string };
  beforeEach(async () => {
    web = await startWeb();
    headers = { cookie: await web.owner() };
  });
  afterEach(() => web[Symbol.asyncDispose]());
  const say = (method: string, path: string, body?: unknown) =>
    call(web.port, method, path, { headers, ...(body === undefined ? {} : { body }) });

  it('need no body, and tell what they are part of and until when', async () => {
    for (const path of ['/api/record', '/api/trigger']) {
      const { status, body } = await say('POST', path);
      const { event, until } = body as CommandView;
      assert.deepEqual([status, typeof event, typeof until], [200, 'string', 'number'], path);
    }
    assert.equal(((await say('GET', '/api/state')).body as { manual: unknown }).manual !== null, true);
    assert.equal(((await say('DELETE', '/api/record')).body as CommandView).until, null);
    assert.deepEqual(web.bus.commands.map(({ type, command }) => [type, 'record' in command && command.record]), [
      ['record', true], ['trigger', false], ['record', false],
    ]);
  });

  it('hand on length, label and source, and refuse what is none', async () => {
    await say('POST', '/api/trigger', { label: 'doorbell', length: 20, source: 'zigbee' });
    const [given] = web.bus.commands;
    assert.ok(given);
    const { request, ...told } = given.command;
    assert.deepEqual(told, { label: 'doorbell', length: 20, source: 'zigbee' });
    assert.match(request ?? '', /^[\w-]{36}$/);
    for (const body of [{ length: 0 }, { length: 'long' }, { label: 'x'.repeat(65) }, { record: false }, []]) {
      assert.deepEqual([(await say('POST', '/api/record', body)).code, web.bus.commands.length], [
        'http.bad-request', 1,
      ], JSON.stringify(body));
    }
  });

  it('say why nothing is done', async () => {
    for (const [code, status] of [
      ['command.disarmed', 409], ['command.offline', 503], ['command.too-many', 429], ['command.malformed', 400],
    ] as const) {
      web.bus.refusal = { code, message: 'because' };
      const answer = await say('POST', '/api/trigger');
      assert.deepEqual([answer.status, answer.code], [status, code]);
    }
  });

  it('do not wait for ever for a camera that does not answer', async () => {
    web.bus.answers = false;
    const answer = await say('POST', '/api/record');
    assert.deepEqual([answer.status, answer.code, answer.headers['retry-after']], [503, 'camera.no-answer', '5']);
  });
});
