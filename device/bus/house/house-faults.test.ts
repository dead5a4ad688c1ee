import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Aedes } from 'aedes';
import { eventually } from '../../../test/eventually.ts';
import { silentLog, type Log } from '../../core/log.ts';
import { systemClock } from '../../runtime/clock.ts';
import { runHouse, type HouseSettings } from './open-house.ts';

const NONE: HouseSettings = {
  url: '', username: '', password: '', ca: '', certificate: '', key: '', prefix: '',
  discovery: 'on', discovery_prefix: 'homeassistant',
};

describe('a broker of the house that will never take a message', () => {
  type Hear = (payload: Buffer, topic: string, retained: boolean) => void;

  /** Whoever says what `refuses` is cut off. */
  async function strict(refuses: (
    topic: string, payload: string,
  ) => boolean, scene: (hear: Hear, taken: readonly string[]) => Promise<void>): Promise<void> {
    const folder = await mkdtemp(path.join(tmpdir(), 'tyto-house-poison-'));
    const broker = await Aedes.createBroker();
    const taken: string[] = [];
    broker.authorizePublish = (_client, { topic, payload }, done) => {
      if (refuses(topic, payload.toString())) return done(new Error('never'));
      if (topic.startsWith('tyto/barn/')) taken.push(`${topic.slice('tyto/barn/'.length)} ${payload.toString()}`);
      done(null);
    };
    const server = createServer((socket) => { broker.handle(socket); });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    let hear: Hear | undefined;
    const bus = { publish: () => {}, subscribe: (filter: string, handler: Hear) => {
      if (filter === 'tyto/#') hear = handler;
    } };
    const stop = new AbortController();
    const running = runHouse({
      house: { ...NONE, url: `mqtt://127.0.0.1:${port}` }, localPrefix: 'tyto', device: 'barn',
      camera: 'yard', presence: [], data: folder, bus, clock: systemClock, log: silentLog, mostBreaks: 3,
    }, stop.signal);
    await scene(await eventually('it begins', () => hear), taken).finally(() => stop.abort());
    await running;
    server.close();
    broker.close();
    await rm(folder, { recursive: true, force: true });
  }
  const events = (taken: readonly string[]): readonly string[] => taken.filter((line) => line.startsWith('events '));

  it('holds up no other', () => strict((_topic, payload) => payload === 'poison', async (hear, taken) => {
    for (const payload of ['one', 'poison', 'two']) hear(Buffer.from(payload), 'tyto/events', false);
    await eventually('the others', () => taken.includes('events two'));
    assert.deepEqual(events(taken), ['events one', 'events two']);
  }));

  it('and will not take a state either, goes without that state; every event and every other state arrives', () =>
    strict((topic, payload) => topic.endsWith('/snapshot') && payload.length > 100, async (hear, taken) => {
      hear(Buffer.alloc(1000), 'tyto/yard/motion/snapshot', false);
      for (const payload of ['one', 'two', 'three']) hear(Buffer.from(payload), 'tyto/events', false);
      await eventually('the events', () => events(taken).length === 3);
      // It holds to the connection from now on: it was left out.
      await eventually('the state that the broker takes again', () => {
        hear(Buffer.alloc(1000), 'tyto/yard/motion/snapshot', false);
        hear(Buffer.from('ON'), 'tyto/yard/motion', false);
        hear(Buffer.from('small'), 'tyto/yard/motion/snapshot', false);
        return taken.includes('yard/motion ON') && taken.includes('yard/motion/snapshot small');
      });
      assert.deepEqual(events(taken), ['events one', 'events two', 'events three']);
    }));
});

describe('a broker of the house that accepts and closes', () => {
  it('is told of once, not each time; and a device that is stopped complains of nothing', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tyto-house-fickle-'));
    const broker = await Aedes.createBroker();
    let [came, isFickle] = [0, true];
    broker.on('clientReady', (client) => {
      came += 1;
      if (isFickle) client.close();
    });
    const server = createServer((socket) => { broker.handle(socket); });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const lines: string[] = [];
    const log: Log = { ...silentLog, info: (line) => { lines.push(line); }, warn: (line) => { lines.push(line); } };
    const run = (signal: AbortSignal): Promise<void> => runHouse({
      house: { ...NONE, url: `mqtt://127.0.0.1:${port}` }, localPrefix: 'tyto', device: 'barn',
      camera: 'yard', presence: [], data: folder, bus: { publish() {}, subscribe() {} },
      clock: systemClock, log,
    }, signal);
    const first = new AbortController();
    const running = run(first.signal);
    await eventually('it came often', () => came >= 4);
    first.abort();
    await running;
    assert.ok(lines.filter((line) => line.startsWith('joined')).length === 1 && lines.length <= 3, lines.join('\n'));
    isFickle = false;
    lines.length = 0;
    const second = new AbortController();
    const again = run(second.signal);
    await eventually('joined', () => lines.length > 0);
    second.abort();
    await again;
    assert.deepEqual(lines, ['joined the house\'s broker']);
    server.close();
    broker.close();
    await rm(folder, { recursive: true, force: true });
  });
});
