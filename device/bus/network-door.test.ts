import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { connectAsync, type IClientOptions } from 'mqtt';
import { eventually } from '../../test/eventually.ts';
import { makeCertificates, type Certificates } from '../camera/simulated/certificates.ts';
import { silentLog } from '../core/log.ts';
import { millis } from '../core/units.ts';
import { startBroker } from './broker.ts';
import { Bus } from './bus-client.ts';
import type { NetworkDoorSettings } from './network-door.ts';

const TOPICS = { prefix: 'tyto', presence: ['home/ann'] };
const USER = { username: 'ann', password: 'correct horse battery' };

describe('the broker\'s door to the network', () => {
  let folder: string;
  let certificates: Certificates;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-door-'));
    certificates = await makeCertificates(folder);
  });
  after(() => rm(folder, { recursive: true, force: true }));
  const door = (change: Partial<NetworkDoorSettings> = {}): NetworkDoorSettings =>
    ({
      port: 0, host: '127.0.0.1', ...USER, certificate: certificates.signed.cert, key: certificates.signed.key,
      ...change,
    });

  it('opens only with TLS, a user and a long password', async () => {
    await using broker = await startBroker(0, silentLog);
    for (const [change, named] of [
      [{ username: '' }, 'username'], [{ password: 'short' }, 'password'], [{ certificate: '' }, 'certificate'],
      [{ key: '' }, 'key'],
    ] as const) {
      await assert.rejects(broker.openTo(door(change), TOPICS), {
        code: 'bus.network-unguarded', message: new RegExp(`bus\\.network\\.${named}`),
      });
    }
    await assert.rejects(broker.openTo(door({ key: certificates.own.key }), TOPICS), { code: 'bus.certificate' });
  });

  it('lets in who knows the password, to listen and to ask what may be asked; the device itself needs none', async () => {
    await using broker = await startBroker(0, silentLog);
    await using open = await broker.openTo(door(), TOPICS);
    const join = (change: IClientOptions = {}) =>
      connectAsync(
        `mqtts://127.0.0.1:${open.port}`, { ...USER, rejectUnauthorized: false, reconnectPeriod: 0, ...change }, false,
      );
    await assert.rejects(join({ password: 'guessed' }), /Not authorized|Bad username/);
    await assert.rejects(
      connectAsync(`mqtt://127.0.0.1:${open.port}`, { ...USER, reconnectPeriod: 0, connectTimeout: 1000 }, false),
    );
    await using own = new Bus({ url: `mqtt://127.0.0.1:${broker.port}`, clientId: 'watch', log: silentLog });
    const heard: string[] = [];
    own.subscribe('tyto/#', (payload, topic) => heard.push(`${topic} ${payload.toString()}`));
    await own.ready(AbortSignal.timeout(60_000));
    const stranger = await join();
    const listened: string[] = [];
    stranger.on('message', (topic) => listened.push(topic));
    await stranger.subscribeAsync('tyto/#');
    own.publish('tyto/camera/motion', 'ON', { qos: 1 });
    await eventually('it listens', () => listened.includes('tyto/camera/motion'));
    await stranger.publishAsync('tyto/camera/enabled/set', 'OFF', { qos: 1 });
    await eventually('it asks', () => heard.includes('tyto/camera/enabled/set OFF'));
    own.subscribe('home/ann', (payload, topic) => heard.push(`${topic} ${payload.toString()}`));
    await stranger.publishAsync('home/ann', 'away', { retain: true, qos: 1 });
    await eventually('who is at home', () => heard.includes('home/ann away'));
    stranger.on('error', () => {});
    stranger.publish('tyto/events', '{"type":"new"}', { qos: 1 });
    await eventually('it is shown out', () => !stranger.connected);
    assert.ok(!heard.some((line) => line.startsWith('tyto/events')));
    await stranger.endAsync(true);
  });

  it('closes at once, whoever listens or has not said yet who he is', async () => {
    await using broker = await startBroker(0, silentLog);
    const open = await broker.openTo(door(), TOPICS);
    const listener = await connectAsync(
      `mqtts://127.0.0.1:${open.port}`, { ...USER, rejectUnauthorized: false, reconnectPeriod: 0 }, false,
    );
    listener.on('error', () => {});
    const silent = connect(open.port, '127.0.0.1').on('error', () => {});
    await once(silent, 'connect');
    await open[Symbol.asyncDispose]();
    await eventually('both are out', () => !listener.connected && silent.destroyed);
  });

  it('shows out who announces a packet that is too long, before it is kept; after the password a snapshot may pass', async () => {
    await using broker = await startBroker(0, silentLog);
    await using open = await broker.openTo(door(), TOPICS);
    const flood = tls.connect({ port: open.port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(flood, 'secureConnect');
    flood.on('error', () => {});
    flood.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f])); // CONNECT of 256 MB
    await eventually('he is out', () => flood.destroyed);
    const known = await connectAsync(
      `mqtts://127.0.0.1:${open.port}`, { ...USER, rejectUnauthorized: false, reconnectPeriod: 0 }, false,
    );
    known.on('error', () => {});
    await using own = new Bus({ url: `mqtt://127.0.0.1:${broker.port}`, clientId: 'watch', log: silentLog });
    let [came, asked] = [0, 0];
    known.on('message', (_topic, payload) => { came = payload.length; });
    await known.subscribeAsync('tyto/#');
    await own.ready(AbortSignal.timeout(60_000));
    own.subscribe('tyto/camera/trigger', (payload) => { asked = payload.length; });
    own.publish('tyto/camera/motion/snapshot', Buffer.alloc(1_000_000), { qos: 1 });
    await eventually('out', () => came === 1_000_000);
    await known.publishAsync('tyto/camera/trigger', Buffer.alloc(500_000), { qos: 1 });
    await eventually('in', () => asked === 500_000);
    known.stream.write(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]));
    await eventually('out as well', () => !known.connected);
  });

  it('shows out who does not say in time who he is, and nobody who has', async () => {
    await using broker = await startBroker(0, silentLog);
    await using open = await broker.openTo(door({ patience: millis(500) }), TOPICS);
    const known = await eventually('he is in', () => connectAsync(
      `mqtts://127.0.0.1:${open.port}`, { ...USER, rejectUnauthorized: false, reconnectPeriod: 0 }, false,
    ).catch(() => undefined)); // a busy machine may be too slow for that patience
    known.on('error', () => {});
    const silent = tls.connect({ port: open.port, host: '127.0.0.1', rejectUnauthorized: false });
    silent.on('error', () => {}).resume();
    await eventually('he is out', () => silent.closed);
    assert.equal(known.connected, true);
    await known.endAsync(true);
  });

  it('lets who guesses wait, and logs him once', async () => {
    const said: string[] = [];
    await using broker = await startBroker(0, {
      ...silentLog, warn: (line) => { if (line.startsWith('somebody')) said.push(line); },
    });
    await using open = await broker.openTo(door(), TOPICS);
    const join = (password: string) =>
      connectAsync(
        `mqtts://127.0.0.1:${open.port}`, { ...USER, password, rejectUnauthorized: false, reconnectPeriod: 0 }, false,
      );
    for (let guess = 0; guess < 4; guess++) await assert.rejects(join('guessed'), /Not authorized|Bad username/);
    await assert.rejects(join(USER.password), (error: Error) => !/Not authorized|Bad username/.test(error.message));
    assert.equal(said.length, 1);
  });
});
