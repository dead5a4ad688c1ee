/** Asks a camera over HTTP: with its password if it wants one, and over TLS only once its certificate is believed. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { DeviceError } from '../../core/errors.ts';
import type { Millis } from '../../core/units.ts';
import { Agent, request } from '../../runtime/node-http.ts';
import { explainComplaint } from '../stream/complaint.ts';
import { connect, hostAndPort } from './connect.ts';
import { explainConnection } from './connection-fault.ts';
import { Authentication, chooseChallenge, credentialsOf, readChallenges } from './http-auth.ts';
import type { Trust } from './trust.ts';

export interface HttpCameraAddress {
  readonly address: URL;
  /** The camera, as people may see it. */
  readonly where: string;
  /** For `https:`; looked at with each connection. */
  readonly trust: Trust | undefined;
  /** How long connecting may take. */
  readonly timeout: Millis;
}

const MOST_REDIRECTS = 3;

export class HttpCamera implements Disposable {
  readonly #where: string;
  readonly #agent: CameraAgent;
  readonly #camera: HttpCameraAddress;
  #address: URL;
  #authentication: Authentication | undefined;

  constructor(camera: HttpCameraAddress) {
    this.#camera = camera;
    this.#where = camera.where;
    this.#address = camera.address;
    this.#agent = new CameraAgent(camera);
  }

  /**
   * The camera's answer, with status 200 or 304; its body must be read or destroyed.
   * @throws {DeviceError} `camera.…` with a reason for people.
   */
  async get(headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<IncomingMessage> {
    let authenticated = false;
    for (let redirects = 0; ;) {
      const response = await this.#ask(headers, signal);
      const { statusCode: status = 0 } = response;
      if (status === 200 || status === 304) return response;
      response.resume();
      if (status === 401 && !authenticated && this.#answerTo(response)) {
        authenticated = true;
        continue;
      }
      const location = status >= 301 && status <= 308 ? response.headers.location : undefined;
      if (location === undefined || ++redirects > MOST_REDIRECTS) throw explainStatus(status, this.#where);
      this.#address = this.#redirected(location);
    }
  }

  [Symbol.dispose](): void { this.#agent.destroy(); }

  async #ask(headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<IncomingMessage> {
    const target = `${this.#address.pathname}${this.#address.search}`;
    const authorization = this.#authentication?.header('GET', target);
    try {
      return await new Promise<IncomingMessage>((resolve, reject) => {
        const asked = request({
          agent: this.#agent, path: target, signal,
          // Firmware is not exact about headers; nothing but pictures is read of what it sends.
          insecureHTTPParser: true,
          headers: {
            host: this.#address.host, accept: 'multipart/x-mixed-replace, image/jpeg, */*;q=0.1', ...headers,
            ...(authorization === undefined ? {} : { authorization }),
          },
        }, resolve);
        asked.once('error', reject);
        asked.end();
      });
    } catch (error) {
      signal.throwIfAborted();
      throw explainConnection(error, this.#where);
    }
  }

  /** Whether the challenge can be answered, with something else than was answered before. */
  #answerTo(response: IncomingMessage): boolean {
    const credentials = credentialsOf(this.#camera.address);
    const challenge = chooseChallenge(readChallenges(response.headersDistinct['www-authenticate'] ?? []));
    if (credentials === undefined || challenge === undefined) return false;
    this.#authentication = new Authentication(credentials, challenge, () => randomBytes(8).toString('hex'));
    return true;
  }

  /**
   * Only to another path of the camera: a password goes nowhere else, and nothing that a
   * camera says leads into the network.
   */
  #redirected(location: string): URL {
    const to = URL.parse(location, this.#address.href);
    if (to?.host === this.#address.host && to.protocol === this.#address.protocol) return to;
    const elsewhere = to === null ? 'elsewhere' : `${to.protocol}//${to.host}`;
    throw new DeviceError(
      'camera.redirected',
      `${this.#where} leads to ${elsewhere}; if that is right, write that address in camera.source`,
    );
  }
}

/** Statuses are explained as ffmpeg's reports of them are. */
function explainStatus(status: number, where: string): DeviceError {
  const words = status === 401 ? '401 Unauthorized'
    : status === 403 ? '403 Forbidden' : status === 404 ? '404 Not Found' : `Server returned ${status}`;
  const error = explainComplaint(words, where, false);
  return error.code === 'camera.ended'
    ? new DeviceError('camera.no-video', `${where} answers with status ${status} and no picture; check the path`)
    : error;
}

/** Connections that are made as the camera's must be; one is kept for the next picture. */
class CameraAgent extends Agent {
  readonly #camera: HttpCameraAddress;
  readonly #over = new AbortController();
  constructor(camera: HttpCameraAddress) {
    super({ keepAlive: true, maxSockets: 1, maxFreeSockets: 1 });
    this.#camera = camera;
  }

  override createConnection(_options: unknown, done?: (error: Error | null, socket: Socket) => void): undefined {
    const { address, trust, where, timeout } = this.#camera;
    connect({ ...hostAndPort(address, trust === undefined ? 80 : 443), trust, where, timeout }, this.#over.signal)
      .then((socket) => done?.(null, socket), (error: Error) =>
        (done as ((error: Error) => void) | undefined)?.(error));
  }
  /** Also what is still being connected. */
  override destroy(): void {
    this.#over.abort();
    super.destroy();
  }
}
