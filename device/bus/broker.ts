/** The broker inside the device: always there, on loopback only, bounded against a client that floods it. */
import { createServer } from 'node:net';
import { Aedes } from 'aedes';
import { ConfigError, systemCode } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { BROKER_HOST } from './broker-host.ts';
import type { DoorTopics, NetworkDoor, NetworkDoorSettings } from './network-door.ts';
import { makeNumbersWhenNeeded } from './packet-numbers.ts';

makeNumbersWhenNeeded('aedes');

const MAX_CLIENTS = 64;
/** A snapshot of a large picture is about 1 MB. */
const MAX_PAYLOAD_BYTES = 8 * 1024 * 1024;

export interface RunningBroker extends AsyncDisposable {
  readonly port: number;
  /** `listener` hears whatever a client publishes. */
  onPublish(listener: (topic: string, payload: string | Buffer) => void): void;
  /** Lets others in as well. @throws {ConfigError} As `openNetworkDoor`. */
  openTo(network: NetworkDoorSettings, topics: DoorTopics): Promise<NetworkDoor>;
}

/**
 * Listens on `port` (0 picks a free one) until disposed.
 * @throws {ConfigError} `bus.port-in-use`
 */
export async function startBroker(port: number, log: Log): Promise<RunningBroker> {
  const broker = await Aedes.createBroker({ concurrency: 100, queueLimit: 1000, maxClientsIdLength: 128 });
  broker.on('clientError', (client, error) =>
    log.warn('a client was cut off', { client: client.id, reason: error.message }));
  broker.authorizePublish = (_client, packet, callback) =>
    callback(packet.payload.length > MAX_PAYLOAD_BYTES
      ? new Error(`a payload has at most ${MAX_PAYLOAD_BYTES} bytes`)
      : null);
  const server = createServer((socket) => { broker.handle(socket); });
  server.maxConnections = MAX_CLIENTS;
  const close = (): Promise<void> => new Promise((resolve) => { broker.close(resolve); });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => reject(listenError(port, cause)));
      server.listen(port, BROKER_HOST, resolve);
    });
  } catch (error) {
    await close();
    throw error;
  }
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    onPublish: (listener) => {
      broker.on('publish', ({ topic, payload }, client) => { if (client !== null) listener(topic, payload); });
    },
    // TLS is loaded only where it is asked for.
    openTo: async (network, topics) =>
      (await import('./network-door.ts')).openNetworkDoor(broker, network, topics, log),
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => { server.close(() => resolve()); });
      await close();
      await closed;
    },
  };
}

function listenError(port: number, cause: Error): Error {
  if (systemCode(cause) !== 'EADDRINUSE') return cause;
  return new ConfigError('bus.port-in-use',
    `port ${port} on ${BROKER_HOST} is in use, so the device's MQTT broker cannot start; stop what uses it (often mosquitto, or another Tyto), or set TYTO_BUS_PORT to a free port`);
}
