/** TLS in front of a server that knows none: what makes `rtsps://` of `rtsp://`, as cameras do. */
import { connect } from 'node:net';
import { pipeline } from 'node:stream';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { ServerKey } from './certificates.ts';

export class TlsFront implements AsyncDisposable {
  readonly #server: Server;
  readonly #connections = new Set<TLSSocket>();
  /** Bytes that came from those who were let in: of nobody who refused the certificate. */
  received = 0;

  constructor(key: ServerKey, port: number) {
    this.#server = createServer(key, (socket) => {
      this.#connections.add(socket);
      socket.on('data', (chunk: Buffer) => { this.received += chunk.byteLength; });
      const behind = connect(port, '127.0.0.1');
      pipeline(socket, behind, socket, () => { socket.destroy(); behind.destroy(); });
    });
    this.#server.on('tlsClientError', () => {});
  }

  /** @returns The port. */
  listen(): Promise<number> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => {
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#connections) socket.destroy();
    return new Promise((resolve) => { this.#server.close(() => resolve()); });
  }
}
