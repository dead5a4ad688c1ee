import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run, type Running } from '../../test/e2e/processes.ts';
import { eventually } from '../../test/eventually.ts';
import { endedEvent } from '../../test/fixtures/ended-events.ts';
import { begun, ended } from '../../test/fixtures/told-events.ts';
import { freePort } from '../../test/free-port.ts';
import { startToldServer } from '../../test/servers/told-server.ts';
import { OutputsCaller } from './outputs-caller.ts';

describe('the process that serves outputs, on mosquitto', () => {
  let folder: string;
  let port: number;
  let broker: Running;
  let heard: Running;
  let child: ChildProcess | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-told-'));
    port = await freePort();
    broker = run('mosquitto', ['-p', String(port)]);
    heard = run('sh', ['-c', `until mosquitto_sub -p ${port} -t 'out/#' -F '%t %p'; do sleep 0.05; done`]);
  });
  afterEach(async () => {
    if (child !== undefined && child.exitCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
    await heard[Symbol.asyncDispose]();
    await broker[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const start = (outputs: readonly object[], env: Readonly<Record<string, string>> = {}): void => {
    const { PATH = '', HOME = '' } = process.env;
    child = fork(new URL('../uploader/main.ts', import.meta.url), ['uploader'], {
      stdio: 'ignore',
      env: {
        PATH, HOME, TYTO_DATA: folder, TYTO_BUS_PORT: String(port), TYTO_DEVICE_ID: 'yard',
        TYTO_OUTPUTS: JSON.stringify(outputs), ...env,
      },
    });
  };
  const publish = async (topic: string, payload: string): Promise<void> => {
    await using said = run('mosquitto_pub', ['-p', String(port), '-q', '1', '-t', topic, '-m', payload]);
    await once(said.child, 'exit');
  };
  const served = () => new OutputsCaller(path.join(folder, 'run', 'outputs.sock'), true);

  it('tells a server and a topic of what the bus tells, whatever is wrong with the store', async () => {
    await using server = await startToldServer();
    start([
      { name: 'log', type: 'webhook', url: server.url },
      { name: 'bell', type: 'mqtt', topic: 'out/{{event.camera}}', body: '{{what}} {{type}}' },
    ], { TYTO_UPLOAD_TARGET: 'gcs', TYTO_UPLOAD_GCS_BUCKET: 'uploads', TYTO_UPLOAD_GCS_KEY: '/nowhere/key.json' });
    await eventually('served', () => served().view().then(({ outputs }) => outputs.length === 2, () => false));
    await eventually('the beginning is told', async () => { // a message from before it listened is nobody's
      await publish('tyto/events', JSON.stringify(begun(1)));
      return server.told.length > 0;
    });
    await publish('tyto/events', JSON.stringify(ended(1)));
    await publish('tyto/events', 'no event at all');
    await publish('tyto/events', JSON.stringify(begun(2)));
    await eventually('all are told', () => server.told.length === 3);
    assert.deepEqual(server.told.map(({ headers }) =>
      headers['idempotency-key']), [`${endedEvent(1).id}-new`, `${endedEvent(1).id}-end`, `${endedEvent(2).id}-new`]);
    const topics = () => heard.printed().split('\n').filter((line) => line.startsWith('out/'));
    await eventually('the topic, too', () => topics().length > 2);
    assert.deepEqual(topics(), ['out/camera Movement new', 'out/camera Movement end', 'out/camera Movement new']);
    assert.deepEqual(
      await served().test('log').then((test) => 'ok' in test && [test.ok, test.result]), [true, 'answered with 204'],
    );
  });
});
