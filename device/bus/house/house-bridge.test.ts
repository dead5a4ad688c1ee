import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { eventually } from '../../../test/eventually.ts';
import { freePort } from '../../../test/free-port.ts';
import { startMosquitto, USER, type Mosquitto } from '../../../test/servers/mosquitto.ts';
import { makeCertificates } from '../../camera/simulated/certificates.ts';
import { silentLog } from '../../core/log.ts';
import { millis } from '../../core/units.ts';
import { systemClock, type Clock } from '../../runtime/clock.ts';
import { VirtualClock } from '../../runtime/virtual-clock.ts';
import { startBroker, type RunningBroker } from '../broker.ts';
import { Bus } from '../bus-client.ts';
import type { HouseState } from './house-bridge.ts';
import { runHouse, type HouseSettings } from './open-house.ts';

const NONE: HouseSettings = {
  url: '', ...USER, ca: '', certificate: '', key: '', prefix: '', discovery: 'on', discovery_prefix: 'homeassistant',
};

const PRESENCE = ['home/ann', 'home/bob'];

interface Message { readonly topic: string; readonly payload: string; readonly retained: boolean }

describe('the broker of the house', function () {
  let folder: string;
  let port: number;
  let house: Mosquitto;
  let own: RunningBroker;
  let bus: Bus;
  let stop: AbortController;
  let running: Promise<void> | undefined;

  const begin = async (): Promise<void> => {
    own = await startBroker(0, silentLog);
    bus = new Bus({ url: `mqtt://127.0.0.1:${own.port}`, clientId: 'device', log: silentLog });
  };
  const shutDown = async (): Promise<void> => {
    await bus[Symbol.asyncDispose]();
    await own[Symbol.asyncDispose]();
  };

  beforeEach(async function () {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-house-'));
    port = await freePort();
    const started = await startMosquitto(port);
    if (started === undefined) return this.skip();
    house = started;
    await begin();
    stop = new AbortController();
    running = undefined;
  });
  afterEach(async () => {
    stop.abort();
    await running;
    await shutDown();
    await house[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const join = (change: Partial<HouseSettings> = {}, clock: Clock = systemClock): void => {
    bus.publish('tyto/available', 'online', { retain: true, qos: 1 });
    running = runHouse({
      house: { ...NONE, url: `mqtt://127.0.0.1:${port}`, ...change }, localPrefix: 'tyto',
      device: 'barn', camera: 'yard', presence: PRESENCE, data: folder, bus, clock, log: silentLog,
    }, stop.signal);
  };
  const leave = async (): Promise<void> => {
    stop.abort();
    await running;
    stop = new AbortController();
  };
  /** Somebody in the house who listens to everything. */
  const neighbour = async (): Promise<AsyncDisposable & { readonly client: MqttClient; readonly heard: Message[] }> => {
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
      ...USER, clientId: 'neighbour', clean: false, reconnectPeriod: 100,
    });
    const heard: Message[] = [];
    client.on('error', () => {}); // the house may be killed, and it comes back
    client.on('message', (topic, payload, { retain }) =>
      heard.push({ topic, payload: payload.toString(), retained: retain }));
    await client.subscribeAsync('#', { qos: 2 });
    return { client, heard, [Symbol.asyncDispose]: () => client.endAsync(true) };
  };
  const latest = (heard: readonly Message[], topic: string): string | undefined =>
    heard.findLast((message) => message.topic === topic)?.payload;

  const joined = (heard: readonly Message[]): Promise<unknown> =>
    eventually('joined', () => latest(heard, 'tyto/barn/available') === 'online');

  it('hears what the device says, and keeps what holds', async () => {
    join();
    await using first = await neighbour();
    await joined(first.heard);
    bus.publish('tyto/yard/motion', 'ON', { qos: 1 });
    bus.publish('tyto/yard/status/detect', 'online', { retain: true, qos: 1 });
    bus.publish('tyto/events', '{"type":"new"}', { qos: 1 });
    await eventually('all of it', () => [
      'tyto/barn/yard/motion', 'tyto/barn/yard/status/detect', 'tyto/barn/events',
    ].every((topic) => latest(first.heard, topic) !== undefined));
    await first.client.endAsync(true);
    await using second = await neighbour();
    await eventually('what is kept', () => latest(second.heard, 'tyto/barn/available') === 'online'
      && latest(second.heard, 'tyto/barn/yard/status/detect') === 'online');
    assert.deepEqual(second.heard.filter(({ topic }) =>
      /motion$|events$/.test(topic)), [], 'a replay would be a false alarm');
    await leave();
    await eventually('the last word', () => latest(second.heard, 'tyto/barn/available') === 'stopped');
    await second.client.publishAsync('done', '', { qos: 1 });
    await eventually('nothing after it', () => latest(second.heard, 'done') !== undefined);
    assert.equal(latest(second.heard, 'tyto/barn/available'), 'stopped', 'not the will of one that has vanished');
  });

  it('gets every event once and in order when it was away, however it went, and the device stopped meanwhile', async () => {
    await using listener = await neighbour();
    join();
    await joined(listener.heard);
    await listener.client.endAsync(true);
    await house.kill();
    let waiting = 0;
    bus.subscribe('tyto/house', (payload) => {
      ({ waiting } = JSON.parse(payload.toString()) as { waiting: number });
    });
    for (let event = 0; event < 300; event++) bus.publish('tyto/events', JSON.stringify({ event }), { qos: 1 });
    await eventually('they are on the disk', () => waiting === 300);
    await leave();
    join();
    for (let event = 300; event < 400; event++) bus.publish('tyto/events', JSON.stringify({ event }), { qos: 1 });
    await house.start();
    await using again = await neighbour();
    const events = (): number[] => again.heard.filter(({ topic }) => topic === 'tyto/barn/events')
      .map(({ payload }) => (JSON.parse(payload) as { event: number }).event);
    await eventually('all events', () => events().length >= 400);
    await new Promise((resolve) => { setTimeout(resolve, 300); });
    assert.deepEqual(events(), Array.from({ length: 400 }, (_, event) => event));
  });

  it('that does not know the user or the password is told apart from one that cannot be reached', async () => {
    let problem: string | null = null;
    bus.subscribe('tyto/house', (payload) => { ({ problem } = JSON.parse(payload.toString()) as HouseState); });
    join({ password: 'wrong' });
    await eventually('it is told', () => problem !== null);
    assert.match(String(problem), /does not let the device in: look at TYTO_HOUSE_USERNAME and TYTO_HOUSE_PASSWORD/);
  });

  it('may switch and trigger, and nothing else; not by what is retained, too long or too much', async () => {
    const obeyed: string[] = [];
    for (const topic of ['enabled/set', 'record/set', 'trigger', 'places/reload', 'motion']) {
      bus.subscribe(`tyto/yard/${topic}`, (payload) => obeyed.push(`${topic} ${payload.toString('utf8', 0, 8)}`));
    }
    await using someone = await neighbour();
    await someone.client.publishAsync('tyto/barn/yard/enabled/set', 'OFF', { retain: true, qos: 1 });
    join();
    await joined(someone.heard);
    for (const [topic, payload] of [
      ['places/reload', 'now'], ['motion', 'ON'], ['trigger', 'x'.repeat(2000)], ['trigger', 'doorbell'],
    ] as const) {
      await someone.client.publishAsync(`tyto/barn/yard/${topic}`, payload, { qos: 1 });
    }
    for (let count = 0; count < 100; count++)
      await someone.client.publishAsync('tyto/barn/yard/record/set', 'ON', { qos: 1 });
    await someone.client.publishAsync('tyto/barn/yard/enabled/set', '', { retain: true, qos: 1 });
    await eventually('what may be', () => obeyed.filter((line) => line === 'record/set ON').length === 19);
    assert.deepEqual([obeyed[0], obeyed.length], ['trigger doorbell', 20]);
  });

  it('tells the device who is at home, and that again to whoever asks on the device later', async () => {
    await using someone = await neighbour();
    await someone.client.publishAsync('home/ann', 'home', { retain: true, qos: 1 });
    join();
    const known = async (): Promise<Record<string, string>> => {
      const said: Record<string, string> = {};
      await using watch = new Bus({ url: `mqtt://127.0.0.1:${own.port}`, clientId: 'watch', log: silentLog });
      for (const topic of PRESENCE) watch.subscribe(topic, (payload, heard) => { said[heard] = payload.toString(); });
      await watch.ready(AbortSignal.timeout(60_000));
      await eventually('what is kept', () => said['home/ann']);
      return said;
    };
    assert.deepEqual(await known(), { 'home/ann': 'home' });
    await someone.client.publishAsync('home/ann', 'away', { qos: 1 });
    await someone.client.publishAsync('home/cat', 'home', { qos: 1 });
    await eventually('she has left', async () => (await known())['home/ann'] === 'away');
    await house.kill();
    assert.deepEqual(await known(), { 'home/ann': 'away' });
  });

  it('may not switch while the device is away: nothing said then is obeyed later, whatever the session of an earlier program kept', async () => {
    const obeyed: string[] = [];
    bus.subscribe('tyto/yard/enabled/set', (payload) => obeyed.push(payload.toString()));
    const earlier = await connectAsync(`mqtt://127.0.0.1:${port}`, { ...USER, clientId: 'tyto-barn', clean: false });
    await earlier.subscribeAsync('tyto/barn/+/enabled/set', { qos: 1 });
    await earlier.endAsync();
    await using someone = await neighbour();
    for (const life of ['first', 'second']) {
      await someone.client.publishAsync('tyto/barn/yard/enabled/set', `OFF before the ${life}`, { qos: 1 });
      join();
      await joined(someone.heard);
      await eventually(`the ${life} obeys`, async () => {
        await someone.client.publishAsync('tyto/barn/yard/enabled/set', `ON in the ${life}`, { qos: 1 });
        return obeyed.includes(`ON in the ${life}`);
      });
      await leave();
      await eventually('left', () => latest(someone.heard, 'tyto/barn/available') === 'stopped');
    }
    assert.deepEqual([...new Set(obeyed)], ['ON in the first', 'ON in the second']);
  });

  it('tells Home Assistant of the device by itself, again when that begins, and takes away what is gone', async () => {
    await using assistant = await neighbour();
    bus.subscribe('tyto/onConnect', () => bus.publish('tyto/yard/motion', 'OFF', { qos: 1 })); // as the device answers
    await bus.ready(AbortSignal.timeout(60_000));
    const clock = new VirtualClock(millis(0));
    join({}, clock);
    const config = 'homeassistant/device/tyto_barn_yard/config';
    const components = (): Record<string, { p: string; name?: string }> =>
      (JSON.parse(latest(assistant.heard, config) ?? '{}') as { cmps?: Record<string, { p: string }> }).cmps ?? {};
    const zone = { name: 'drive', type: 'include', polygon: [[0, 0], [1, 0], [1, 1]] };
    bus.publish('tyto/yard/places', JSON.stringify({
      zones: [zone], lines: [], privacy_masks: [],
    }), { retain: true, qos: 1 });
    await eventually('the zone, and what holds', () => components()['zone_drive']?.name === 'Motion in drive'
      && latest(assistant.heard, 'tyto/barn/yard/motion') === 'OFF');
    const told = assistant.heard.length;
    await assistant.client.publishAsync('homeassistant/status', 'online', { qos: 1 });
    await eventually('everything anew', async () => {
      await clock.advance(millis(0));
      const since = assistant.heard.slice(told);
      return latest(since, config) !== undefined && latest(since, 'tyto/barn/yard/motion') === 'OFF';
    });
    const bundles = (): number => assistant.heard.filter(({ topic }) => topic === config).length;
    const before = bundles();
    assert.equal(before, 2);
    for (let time = 0; time < 20; time++)
      await assistant.client.publishAsync('homeassistant/status', 'online', { qos: 1 });
    bus.publish('tyto/yard/motion', 'ON', { qos: 1 });
    await eventually('what came after', () => latest(assistant.heard, 'tyto/barn/yard/motion') === 'ON');
    assert.equal(bundles(), before, 'it has been told within 10 s');
    await clock.advance(millis(10_000));
    await eventually('everything once more', () => bundles() === before + 1);
    bus.publish('tyto/yard/motion', 'OFF', { qos: 1 });
    await eventually('what came after that', () => latest(assistant.heard, 'tyto/barn/yard/motion') === 'OFF');
    assert.equal(bundles(), before + 1, 'and not for each time that it was asked for');
    await leave();
    await eventually('left', () => latest(assistant.heard, 'tyto/barn/available') === 'stopped');
    await shutDown();
    await begin();
    join();
    await joined(assistant.heard);
    assert.equal(bundles(), before + 1, 'before the device knows its zones, none is taken away');
    bus.publish('tyto/yard/places', JSON.stringify({
      zones: [], lines: [], privacy_masks: [],
    }), { retain: true, qos: 1 });
    await eventually('no zone', () => JSON.stringify(components()['zone_drive']) === '{"p":"binary_sensor"}');
    await leave();
    join({ discovery: 'off' });
    await eventually('no device', () => latest(assistant.heard, config) === '');
  });
});

describe('a broker of the house with TLS', function () {
  it('is joined when its certificate is believed, and not otherwise; it may ask for ours', async function () {
    const folder = await mkdtemp(path.join(tmpdir(), 'tyto-house-tls-'));
    const { authority, signed, own } = await makeCertificates(folder);
    const port = await freePort();
    await using house = await startMosquitto(port, { ...signed, ca: authority });
    if (house === undefined) return this.skip();
    const states: { connected: boolean; problem: string | null }[] = [];
    const bus = {
      publish: (topic: string, payload: Buffer) => {
        if (topic === 'tyto/house')
          states.push(JSON.parse(payload.toString()) as { connected: boolean; problem: string | null });
      },
      subscribe: () => {},
    };
    const attempt = async (change: Partial<HouseSettings>, until: (
      state: { connected: boolean; problem: string | null },
    ) => boolean): Promise<void> => {
      const stop = new AbortController();
      states.length = 0;
      const running = runHouse({
        house: { ...NONE, url: `mqtts://127.0.0.1:${port}`, ...change }, localPrefix: 'tyto',
        device: 'barn', camera: 'yard', presence: PRESENCE, data: folder, bus, clock: systemClock, log: silentLog,
      }, stop.signal);
      await eventually(JSON.stringify(Object.keys(change)), () => states.some(until)).finally(() => stop.abort());
      await running;
    };
    const shown = { certificate: signed.cert, key: signed.key };
    await attempt({ ca: authority, ...shown }, ({ connected }) => connected);
    await attempt({ ...shown }, ({ problem }) => /certificate|self.signed/i.test(problem ?? ''));
    await attempt({ ca: own.cert, ...shown }, ({ problem }) => /certificate|self.signed/i.test(problem ?? ''));
    await attempt({ ca: authority }, ({ connected, problem }) => !connected && problem !== null);
    await attempt({ ca: authority, ...shown, password: 'wrong' }, ({ problem }) =>
      /not authori[sz]ed|bad user/i.test(problem ?? ''));
    await rm(folder, { recursive: true, force: true });
  });

  it('with a certificate that cannot be read says which', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tyto-house-file-'));
    await assert.rejects(runHouse({
      house: { ...NONE, url: 'mqtts://127.0.0.1:1', ca: path.join(folder, 'none.pem') },
      localPrefix: 'tyto', device: 'barn', camera: 'yard', presence: PRESENCE, data: folder,
      bus: { publish() {}, subscribe() {} }, clock: systemClock, log: silentLog,
    }, AbortSignal.timeout(60_000)),
    { code: 'bus.certificate', message: /house\.ca: the file .*none\.pem cannot be read/ });
    await rm(folder, { recursive: true, force: true });
  });
});
