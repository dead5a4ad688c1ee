import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { millis, seconds } from '../core/units.ts';
import { createServer } from '../runtime/node-http.ts';
import type { HandedConnections } from './handed-connections.ts';
import { listenError, type HttpAddress } from './http-address.ts';

/** A service as Node's server sees it. */
export interface HttpService {
  readonly handle: RequestListener;
  /** Takes over a connection that asks for another protocol; ends it when it asks in vain. */
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /**
   * Whether the body of a request may take as long as bytes of it keep coming: an upload over
   * a slow line. All others have 20 s.
   */
  readonly mayBeSlow?: (request: IncomingMessage) => boolean;
}

const MAX_CONNECTIONS = 256;
const BODY_TIMEOUT = seconds(20);
/** A slow body of which nothing came for so long is given up. */
const STALL_TIMEOUT = seconds(60);
const HEARD_WITHIN = seconds(2);

/**
 * Serves until `signal` aborts, then ends what still runs.
 *
 * @param onListening - Told the port once requests are answered.
 * @throws {ConfigError} `<room>.port-in-use`, `<room>.port-denied`, `<room>.no-such-host`.
 */
export async function serveHttp(
  service: HttpService, address: HttpAddress, { signal, onListening, handed }: {
    readonly signal: AbortSignal; readonly onListening?: (port: number) => void;
    /** Where connections come from, when another process listens at `address`. */
    readonly handed?: HandedConnections | undefined;
  },
): Promise<void> {
  const { mayBeSlow } = service;
  const handle: RequestListener = mayBeSlow === undefined ? service.handle : (request, response) => {
    watchBody(request, mayBeSlow(request));
    response.once('finish', () => endUnread(request));
    service.handle(request, response);
  };
  const server = createServer({
    requestTimeout: mayBeSlow === undefined ? BODY_TIMEOUT : 0,
    headersTimeout: seconds(10), keepAliveTimeout: seconds(10),
  }, handle);
  server.maxConnections = address.connections ?? MAX_CONNECTIONS;
  const upgraded = new Set<Duplex>();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    socket.on('error', () => socket.destroy());
    if (service.upgrade === undefined) socket.destroy();
    else service.upgrade(request, socket, head);
  });
  handed?.giveTo(server);
  const port = handed === undefined ? await listen(server, address) : (await handed.door).port;
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
  await handed?.ended();
  clearTimeout(hurry);
}

/** Ends the connection of a body that does not come. */
function watchBody(request: IncomingMessage, isSlow: boolean): void {
  const { headers, socket } = request;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return;
  let before = socket.bytesRead;
  const look = setInterval(() => {
    if (request.complete) return clearInterval(look);
    if (!isSlow || socket.bytesRead === before) socket.destroy();
    before = socket.bytesRead;
  }, isSlow ? STALL_TIMEOUT : BODY_TIMEOUT);
  look.unref();
  request.once('close', () => clearInterval(look));
}

/**
 * Who was answered before all was sent, and goes on sending, must not hold the connection by that: a
 * moment to hear the answer, and it ends.
 */
function endUnread(request: IncomingMessage): void {
  if (request.complete) return;
  setTimeout(() => { if (!request.complete) request.socket.destroy(); }, HEARD_WITHIN).unref();
}

function listen(server: Server, address: HttpAddress): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(listenError(address, cause)));
    server.listen(address.port, address.host, () => resolve((server.address() as AddressInfo).port));
  });
}
