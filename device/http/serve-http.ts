import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { ConfigError, systemCode } from '../core/errors.ts';
import { millis, seconds } from '../core/units.ts';
import { createServer } from '../runtime/node-http.ts';

/** A service as Node's server sees it. */
export interface HttpService {
  readonly handle: RequestListener;
  /** Takes over a connection that asks for another protocol; ends it when it asks in vain. */
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

export interface HttpAddress {
  /** 0 for one that is free. */
  readonly port: number;
  readonly host: string;
  /** The setting that a user changes when the port is taken: `TYTO_WEB_PORT`. Its room stands in the error's code. */
  readonly setting: string;
  readonly room: string;
}

/** More than a house has browsers; what comes beyond waits for the system. */
const MAX_CONNECTIONS = 256;

/**
 * Serves until `signal` aborts, then ends what still runs.
 *
 * @param onListening - Told the port once requests are answered.
 * @throws {ConfigError} `<room>.port-in-use`, `<room>.port-denied`, `<room>.no-such-host`.
 */
export async function serveHttp(
  service: HttpService, address: HttpAddress, { signal, onListening }: {
    readonly signal: AbortSignal; readonly onListening?: (port: number) => void;
  },
): Promise<void> {
  const server = createServer({ requestTimeout: seconds(20), headersTimeout: seconds(10), keepAliveTimeout: seconds(10) }, service.handle);
  server.maxConnections = MAX_CONNECTIONS;
  const upgraded = new Set<Duplex>();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    socket.on('error', () => socket.destroy());
    if (service.upgrade === undefined) socket.destroy();
    else service.upgrade(request, socket, head);
  });
  const port = await listen(server, address);
  onListening?.(port);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const closed = new Promise<void>((resolve) => { server.close(() => resolve()); });
  for (const socket of upgraded) socket.destroy();
  server.closeIdleConnections();
  const hurry = setTimeout(() => server.closeAllConnections(), millis(500));
  await closed;
  clearTimeout(hurry);
}

function listen(server: Server, address: HttpAddress): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(listenError(address, cause)));
    server.listen(address.port, address.host, () => resolve((server.address() as AddressInfo).port));
  });
}

function listenError({ port, host, setting, room }: HttpAddress, cause: Error): Error {
  const told: Readonly<Record<string, readonly [code: string, message: string]>> = {
    EADDRINUSE: ['port-in-use', `port ${port} on ${host} is used by another program; end that one, or set ${setting} to a free port`],
    EACCES: ['port-denied', `port ${port} may only be used by the administrator; set ${setting} to one from 1024 on`],
    EADDRNOTAVAIL: ['no-such-host', `${host} is no address of this machine; 0.0.0.0 stands for all of them`],
  };
  const known = told[systemCode(cause) ?? ''];
  // Without its cause, which says the same in the system's words.
  return known === undefined ? cause : new ConfigError(`${room}.${known[0]}`, known[1]);
}
