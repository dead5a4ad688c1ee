/** The broker's door to the network: closed unless asked for, and only ever with TLS, a user and a password. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer, type Server } from 'node:tls';
import type { Aedes, Client } from 'aedes';
import { ConfigError, systemCode } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { minutes, seconds, type Millis } from '../core/units.ts';
import { systemClock } from '../runtime/clock.ts';
import { GuessBrake } from './guess-brake.ts';
import { CommandGate } from './house/command-gate.ts';
import { MeteredConnection } from './metered-connection.ts';
import { readPem } from './read-pem.ts';

/** As the settings have it. */
export interface NetworkDoorSettings {
  /** 0 for closed. */
  readonly port: number;
  readonly host: string;
  readonly username: string;
  readonly password: string;
  readonly certificate: string;
  readonly key: string;
  /** For TLS, and again to say who one is. Default 10 s. */
  readonly patience?: Millis;
}

/** What the device and its camera are asked by. */
export interface DoorTopics {
  /** First part of the device's topics. */
  readonly prefix: string;
  /** In full: those that say who is at home. */
  readonly presence: readonly string[];
}

export interface NetworkDoor extends AsyncDisposable { readonly port: number }

const SHORTEST_PASSWORD = 12;
const MAX_CLIENTS = 32;
/** Of who has not said yet who he is: name, password and will fit. */
const MOST_FIRST_BYTES = 16 * 1024;
const MOST_BYTES = 8 * 1024 * 1024;
const TELL_EVERY = minutes(1);
const PATIENCE = seconds(10);

/**
 * Who comes through it may listen to everything, and say who is at home and what may be asked of a camera; nothing
 * else.
 *
 * @throws {ConfigError} `bus.network-unguarded` without user, long password, certificate and key; `bus.port-in-use`.
 */
export async function openNetworkDoor(
  broker: Aedes, settings: NetworkDoorSettings, { prefix, presence }: DoorTopics, log: Log,
): Promise<NetworkDoor> {
  const { port, host, username, password, patience = PATIENCE } = settings;
  const missing = [
    username === '' ? 'username' : '',
    password.length < SHORTEST_PASSWORD ? `password (at least ${SHORTEST_PASSWORD} characters)` : '',
    settings.certificate === '' ? 'certificate' : '', settings.key === '' ? 'key' : '',
  ].filter((name) => name !== '');
  if (missing.length > 0) {
    throw new ConfigError(
      'bus.network-unguarded',
      `bus.network.port opens the device's broker to the network, which it does only with TLS and a password: `
        + `set also bus.network.${missing.join(', bus.network.')}`,
    );
  }
  const [cert, key] = await Promise.all([
    readPem('bus.network.certificate', settings.certificate), readPem('bus.network.key', settings.key),
  ]);
  /** With the address of each. */
  const strangers = new WeakMap<Duplex, string>();
  const addressOf = (client: Client | null): string | undefined =>
    (client === null ? undefined : strangers.get(client.conn));
  const server = listenerOf({ cert, key }, patience);
  server.maxConnections = MAX_CLIENTS;
  const sockets = new Set<Socket>();
  const brake = new GuessBrake();
  server.on('connection', (socket) => {
    if (!brake.mayTry(socket.remoteAddress ?? '', systemClock.monotonic())) return void socket.destroy();
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('secureConnection', (socket) => {
    const idle = setTimeout(() => socket.destroy(), patience);
    socket.once('close', () => clearTimeout(idle));
    const connection = new MeteredConnection(socket, {
      mostFirstBytes: MOST_FIRST_BYTES, mostBytes: MOST_BYTES, onFirst: () => clearTimeout(idle),
    });
    strangers.set(connection, socket.remoteAddress ?? '');
    broker.handle(connection);
  });
  server.on('tlsClientError', (error) => log.debug('somebody did not get through the door', { reason: error.message }));
  const below = (topic: string): string => (topic.startsWith(`${prefix}/`) ? topic.slice(prefix.length + 1) : '');
  const release = guard(broker, {
    addressOf, brake, isRight: (user, word) => same(user, username) && same(word, password),
    mayPublish: (topic) =>
      below(topic) === 'onConnect' || CommandGate.mayBeAsked(below(topic)) || presence.includes(topic),
  }, log);
  try {
    await listen(server, port, host);
  } catch (error) {
    release();
    throw error;
  }
  server.on('error', (error) => log.warn('the door to the network', { reason: error.message }));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => { server.close(() => resolve()); });
      for (const socket of sockets) socket.destroy(); // who listens would go on for ever
      await closed;
      release();
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (cause: Error): void => reject(systemCode(cause) !== 'EADDRINUSE' ? cause
      : new ConfigError(
        'bus.port-in-use',
        `port ${port} on ${host} is in use; stop what uses it, or set bus.network.port to a free port`, { cause },
      ));
    server.once('error', failed);
    server.listen(port, host, () => { server.off('error', failed); resolve(); });
  });
}

/** @throws {ConfigError} `bus.certificate` when certificate and key are none, or do not fit. */
function listenerOf(pair: { readonly cert: string; readonly key: string }, handshakeTimeout: Millis): Server {
  try {
    return createServer({ ...pair, minVersion: 'TLSv1.2', handshakeTimeout });
  } catch (cause) {
    throw new ConfigError(
      'bus.certificate',
      'bus.network.certificate and bus.network.key are no certificate and the key of it, in PEM', { cause },
    );
  }
}

interface Rules {
  /** Undefined for the device itself. */
  readonly addressOf: (client: Client | null) => string | undefined;
  readonly brake: GuessBrake;
  readonly isRight: (username: string, password: string) => boolean;
  readonly mayPublish: (topic: string) => boolean;
}

/** @returns What takes the rules away again. */
function guard(broker: Aedes, { addressOf, brake, isRight, mayPublish }: Rules, log: Log): () => void {
  const { authenticate, authorizePublish } = broker;
  let toldAt = -Infinity;
  broker.authenticate = (client, username, password, done) => {
    const address = addressOf(client);
    if (address === undefined) return done(null, true);
    const isKnown = isRight(username ?? '', password?.toString() ?? '');
    const now = systemClock.monotonic();
    if (isKnown) brake.right(address);
    else brake.wrong(address, now);
    if (!isKnown && now - toldAt > TELL_EVERY) {
      log.warn('somebody from the network gave no right user and password', { client: client.id, address });
      toldAt = now;
    }
    done(null, isKnown);
  };
  broker.authorizePublish = (client, packet, done) => {
    if (addressOf(client) !== undefined && !mayPublish(packet.topic))
      done(new Error(`from the network nothing may be said on ${packet.topic}`));
    else authorizePublish(client, packet, done);
  };
  return () => { Object.assign(broker, { authenticate, authorizePublish }); };
}

/** Takes as long whatever is given. */
const same = (given: string, right: string): boolean => timingSafeEqual(digest(given), digest(right));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
