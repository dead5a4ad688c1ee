/** An MJPEG camera on loopback: speaks HTTP as a real one does, and can be made to fail as real ones do. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export interface MjpegCameraOptions {
  /** JPEG files, shown in turn, for ever. */
  readonly pictures: readonly Uint8Array[];
  readonly framesPerSecond: number;
  /** Asked for by HTTP Basic authentication, if given. */
  readonly credentials?: { readonly user: string; readonly password: string };
}

const BOUNDARY = 'tyto';

export class MjpegCamera implements AsyncDisposable {
  readonly #options: MjpegCameraOptions;
  readonly #server: Server;
  #frozen = false;

  constructor(options: MjpegCameraOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /** @param port - 0 for any. @returns The port. */
  listen(port = 0): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  /** Goes on holding its connections, but sends nothing more: as a camera that hangs. */
  freeze(): void { this.#frozen = true; }

  [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => { this.#server.close(() => resolve()); });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { credentials, framesPerSecond } = this.#options;
    if (credentials !== undefined && request.headers.authorization !== basic(credentials)) {
      return void response.writeHead(401, { 'www-authenticate': 'Basic realm="camera"' }).end();
    }
    if (request.url !== '/video') return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': `multipart/x-mixed-replace; boundary=${BOUNDARY}` });
    let shown = 0;
    const timer = setInterval(() => {
      if (!this.#frozen) this.#show(response, shown++);
    }, 1000 / framesPerSecond);
    response.on('close', () => clearInterval(timer));
  }

  #show(response: ServerResponse, turn: number): void {
    const { pictures } = this.#options;
    const picture = pictures[turn % pictures.length] ?? new Uint8Array();
    response.write(`--${BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: ${picture.byteLength}\r\n\r\n`);
    response.write(picture);
    response.write('\r\n');
  }
}

const basic = ({ user, password }: { readonly user: string; readonly password: string }): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
