import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from '../../test/eventually.ts';
import { silentLog } from '../core/log.ts';
import { startBroker } from './broker.ts';
import { Bus, topicMatches } from './bus-client.ts';

const until = (done: () => boolean): Promise<true> => eventually('it is heard', done);

const join = (port: number, clientId: string, will?: { topic: string; payload: string }): Bus =>
  new Bus({ url: `mqtt://127.0.0.1:${port}`, clientId, log: silentLog, ...(will === undefined ? {} : { will }) });

describe('bus', () => {
  it('carries messages between rooms, and retained ones to who comes later', async () => {
    await using broker = await startBroker(0, silentLog);
    await using speaker = join(broker.port, 'speaker');
    speaker.publish('tyto/camera/enabled/state', 'ON', { retain: true, qos: 1 });
    await speaker.ready(AbortSignal.timeout(60_000));
    const heard: string[] = [];
    await using listener = join(broker.port, 'listener');
    listener.subscribe('tyto/#', (payload, topic) => heard.push(`${topic} ${payload.toString()}`));
    await until(() => heard.includes('tyto/camera/enabled/state ON'));
    speaker.publish('tyto/camera/motion', 'OFF');
    await until(() => heard.includes('tyto/camera/motion OFF'));
  });

  it('tells everyone when a room vanishes', async () => {
    await using broker = await startBroker(0, silentLog);
    const heard: string[] = [];
    await using listener = join(broker.port, 'listener');
    listener.subscribe('tyto/available', (payload) => heard.push(payload.toString()));
    await listener.ready(AbortSignal.timeout(60_000));
    const script = `import { Bus } from ${JSON.stringify(new URL('./bus-client.ts', import.meta.url).href)};
      const log = { debug() {}, info() {}, warn() {}, error() {}, child() { return log; } };
      const bus = new Bus({ url: 'mqtt://127.0.0.1:${broker.port}', clientId: 'watch', will: { topic: 'tyto/available', payload: 'offline' }, log });
      bus.publish('tyto/available', 'online', { retain: true, qos: 1 });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
    try {
      await until(() => heard.includes('online'));
    } finally {
      child.kill('SIGKILL');
    }
    await until(() => heard.includes('offline'));
  });

  it('keeps messages while the broker is away and says again what is retained', async () => {
    const first = await startBroker(0, silentLog);
    await using speaker = join(first.port, 'speaker');
    speaker.publish('tyto/available', 'online', { retain: true, qos: 1 });
    await speaker.ready(AbortSignal.timeout(60_000));
    await first[Symbol.asyncDispose]();
    await until(() => !speaker.connected);
    speaker.publish('tyto/events', '{"type":"new"}', { qos: 1 });
    await using second = await startBroker(first.port, silentLog);
    const heard: string[] = [];
    await using listener = join(second.port, 'listener');
    listener.subscribe('tyto/#', (payload, topic) => heard.push(`${topic} ${payload.toString()}`));
    await until(() => heard.includes('tyto/available online') );
  });

  it('says what to do when its port is in use', async () => {
    await using broker = await startBroker(0, silentLog);
    await assert.rejects(startBroker(broker.port, silentLog), { code: 'bus.port-in-use', message: /TYTO_BUS_PORT/ });
  });

  it('speaks to mosquitto\'s own client', async function () {
    if (spawnSync('mosquitto_sub', ['--help']).error !== undefined) return this.skip();
    await using broker = await startBroker(0, silentLog);
    const listener = spawn('mosquitto_sub', [
      '-h', '127.0.0.1', '-p', String(broker.port), '-t', 'tyto/events', '-C', '1',
    ], { stdio: ['ignore', 'pipe', 'inherit'] });
    let heard = '';
    listener.stdout.on('data', (chunk: Buffer) => { heard += chunk.toString(); });
    await using speaker = join(broker.port, 'speaker');
    const repeat = setInterval(() => speaker.publish('tyto/events', 'hello'), 100);
    await once(listener, 'close');
    clearInterval(repeat);
    assert.equal(heard.trim(), 'hello');
  });

  it('matches topics as MQTT does', () => {
    const table = [
      ['tyto/#', 'tyto/a/b', true], ['tyto/#', 'tyto', true],
      ['tyto/+/motion', 'tyto/camera/motion', true], ['tyto/+', 'tyto/a/b', false],
      ['tyto/a', 'tyto/a', true], ['tyto/a', 'tyto/b', false], ['+/a', 'tyto/a/b', false],
    ] as const;
    for (const [filter, topic, expected] of table)
      assert.equal(topicMatches(filter, topic), expected, `${filter} ${topic}`);
  });
});
