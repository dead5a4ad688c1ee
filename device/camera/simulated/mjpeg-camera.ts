/**
 * A camera on loopback that sends JPEG pictures over HTTP as real ones do: as a stream, one
 * by one, and in all their bad ways.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { ServerKey } from './certificates.ts';

export interface MjpegCameraOptions {
  /** JPEG files, shown in turn, for ever. */
  readonly pictures: readonly Uint8Array[];
  readonly framesPerSecond: number;
  /** Asked for, if given. */
  readonly credentials?: { readonly user: string; readonly password: string };
  /** How they are asked for. */
  readonly authentication?: 'basic' | 'MD5' | 'SHA-256';
  /** Speaks TLS with this. */
  readonly key?: ServerKey;
}

const BOUNDARY = 'tyto';

/** `/video` is a stream, `/picture` a single one; both have faults to choose from. */
export class MjpegCamera implements AsyncDisposable {
  readonly #options: MjpegCameraOptions;
  readonly #server: Server;
  #frozen = false;
  #shown = 0;
  /** What was asked for, and whether it was new to whoever asked. */
  readonly requests: {
    readonly url: string;
    readonly authorization: string | undefined;
    readonly status: number;
  }[] = [];
  /** How long a single picture takes, in milliseconds. */
  slowness = 0;
  /** Requests that are being answered, at most, at a time. */
  mostAtOnce = 0;
  #atOnce = 0;

  constructor(options: MjpegCameraOptions) {
    this.#options = options;
    const answer = (request: IncomingMessage, response: ServerResponse): void => this.#answer(request, response);
    this.#server = options.key === undefined ? createServer(answer) : createTlsServer(options.key, answer);
    this.#server.on('tlsClientError', () => {});
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

  /** Shows the latest picture for ever: as a camera whose sensor died. */
  stick = false;

  [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => { this.#server.close(() => resolve()); });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { url = '' } = request;
    response.once('finish', () => {
      this.requests.push({ url, authorization: request.headers.authorization, status: response.statusCode });
    });
    if (!this.#admits(request)) return void response.writeHead(401, { 'www-authenticate': this.#challenge() }).end();
    if (url === '/video') return this.#stream(response);
    if (url === '/picture') return this.#single(request, response);
    if (url === '/garbage') return this.#garbage(response);
    if (url === '/page') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
    if (url === '/moved') return void response.writeHead(302, { location: '/video' }).end();
    if (url === '/elsewhere') return void response.writeHead(302, { location: 'http://192.0.2.7/' }).end();
    response.writeHead(404).end();
  }

  #stream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': `multipart/x-mixed-replace; boundary=${BOUNDARY}` });
    const timer = setInterval(() => {
      if (!this.#frozen) this.#show(response, this.#next());
    }, 1000 / this.#options.framesPerSecond);
    response.on('close', () => clearInterval(timer));
  }

  #single(request: IncomingMessage, response: ServerResponse): void {
    if (this.#frozen) return;
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#atOnce);
    const picture = this.#next();
    const tag = `"${createHash('sha256').update(picture).digest('hex')}"`;
    setTimeout(() => {
      this.#atOnce--;
      if (request.headers['if-none-match'] === tag) return void response.writeHead(304).end();
      response.writeHead(200, { 'content-type': 'image/jpeg', etag: tag }).end(picture);
    }, this.slowness);
  }

  #garbage(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': `multipart/x-mixed-replace; boundary=${BOUNDARY}` });
    this.#show(response, this.#next());
    for (let n = 0; n < 100; n++) this.#show(response, Buffer.from('this is no picture'));
  }

  #next(): Uint8Array {
    const { pictures } = this.#options;
    if (!this.stick) this.#shown++;
    return pictures[this.#shown % pictures.length] ?? new Uint8Array();
  }

  #show(response: ServerResponse, picture: Uint8Array): void {
    response.write(`--${BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: ${picture.byteLength}\r\n\r\n`);
    response.write(picture);
    response.write('\r\n');
  }

  #challenge(): string {
    const { authentication = 'basic' } = this.#options;
    return authentication === 'basic' ? 'Basic realm="camera"'
      : `Digest realm="camera", qop="auth", algorithm=${authentication}, nonce="${NONCE}", opaque="5ccc069c403ebaf9f0171e9517f40e41"`;
  }

  #admits({ headers: { authorization = '' }, method = '', url = '' }: IncomingMessage): boolean {
    const { credentials, authentication = 'basic' } = this.#options;
    if (credentials === undefined) return true;
    const { user, password } = credentials;
    if (authentication === 'basic')
      return authorization === `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    const hash = (text: string): string =>
      createHash(authentication === 'MD5' ? 'md5' : 'sha256').update(text).digest('hex');
    const said = (name: string): string => new RegExp(`\\b${name}="?([^",]*)`).exec(authorization)?.[1] ?? '';
    const expected = hash([
      hash(`${user}:camera:${password}`), NONCE, said('nc'), said('cnonce'), 'auth', hash(`${method}:${url}`),
    ].join(':'));
    return said('uri') === url && said('nc') !== '' && said('response') === expected;
  }
}

const NONCE = '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v';
