/**
 * An RTSP camera on loopback (RFC 2326, RTP interleaved in TCP): shows a clip for ever to everybody who asks, who joins
 * wherever it is. ffmpeg makes the RTP packets; this hands them on.
 */
import type { ChildProcess } from 'node:child_process';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import { findConfinement, spawnConfined } from '../stream/confined-child.ts';

export interface RtspCameraOptions {
  /** A clip of H.264. */
  readonly file: string;
  /** Asked for by Basic authentication, if given. */
  readonly credentials?: { readonly user: string; readonly password: string };
}

const PATH = '/live';

export class RtspCamera implements AsyncDisposable {
  readonly #options: RtspCameraOptions;
  readonly #server: Server;
  readonly #packets: UdpSocket = createSocket('udp4');
  readonly #viewers = new Set<Socket>();
  readonly #connections = new Set<Socket>();
  #ffmpeg: ChildProcess | undefined;
  #description = '';
  #frozen = false;

  constructor(options: RtspCameraOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  /** @returns The port, once the clip runs; its path is `/live`. */
  async listen(): Promise<number> {
    const rtpPort = await new Promise<number>((resolve) => {
      this.#packets.bind(0, '127.0.0.1', () => resolve(this.#packets.address().port));
    });
    this.#packets.on('message', (packet) => this.#handOn(packet));
    this.#description = await this.#startClip(rtpPort);
    return await new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => {
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  }

  /** Goes on holding its connections, but sends nothing more: as a camera that hangs. */
  freeze(): void { this.#frozen = true; }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ffmpeg?.kill('SIGKILL');
    for (const socket of this.#connections) socket.destroy();
    await new Promise<void>((resolve) => { this.#server.close(() => resolve()); });
    await new Promise<void>((resolve) => { this.#packets.close(() => resolve()); });
  }

  /** Resolves with the session description (SDP, RFC 8866) that ffmpeg prints. */
  async #startClip(rtpPort: number): Promise<string> {
    const ffmpeg = spawnConfined(await findConfinement(), 'ffmpeg', [
      '-nostdin', '-v', 'error', '-re', '-stream_loop', '-1', '-i', `file:${this.#options.file}`, '-map', '0:v:0', '-an', '-c', 'copy',
      '-f', 'rtp', '-sdp_file', 'pipe:1', `rtp://127.0.0.1:${rtpPort}?pkt_size=1300&rtcpport=${rtpPort}`,
    ], ['ignore', 'pipe', 'ignore']);
    this.#ffmpeg = ffmpeg;
    return await new Promise((resolve, reject) => {
      let text = '';
      ffmpeg.stdout?.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (/a=fmtp:[^\n]*\n/.test(text)) resolve(text.replaceAll(/^m=video \d+/gm, 'm=video 0') + 'a=control:track\r\n');
      });
      ffmpeg.once('error', reject);
      ffmpeg.once('exit', () => reject(new Error('ffmpeg does not show the clip')));
    });
  }

  /** RTP goes over channel 0; what is RTCP (payload types 200 to 204, RFC 5761) over channel 1. */
  #handOn(packet: Buffer): void {
    if (this.#frozen) return;
    const type = packet[1] ?? 0;
    const head = Buffer.from([0x24, type >= 200 && type <= 204 ? 1 : 0, packet.byteLength >> 8, packet.byteLength & 0xff]);
    for (const viewer of this.#viewers) if (!viewer.writableNeedDrain) viewer.write(Buffer.concat([head, packet]));
  }

  #serve(socket: Socket): void {
    this.#connections.add(socket);
    socket.on('close', () => { this.#connections.delete(socket); this.#viewers.delete(socket); });
    socket.on('error', () => {});
    let received = '';
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      for (let end = received.indexOf('\r\n\r\n'); end >= 0; end = received.indexOf('\r\n\r\n')) {
        this.#answer(socket, received.slice(0, end));
        received = received.slice(end + 4);
      }
      if (received.startsWith('$')) received = ''; // RTCP of the viewer
    });
  }

  #answer(socket: Socket, request: string): void {
    const [, method = '', address = ''] = /(?:^|[^A-Z])([A-Z_]+) (\S+) RTSP\/1\.0/.exec(request) ?? [];
    const sequence = /^CSeq: *(\d+)/im.exec(request)?.[1] ?? '0';
    const reply = (status: string, ...headers: string[]): void => {
      socket.write([`RTSP/1.0 ${status}`, `CSeq: ${sequence}`, ...headers].join('\r\n') + '\r\n\r\n');
    };
    if (method === 'OPTIONS') return reply('200 OK', 'Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER');
    if (!this.#admits(request)) return reply('401 Unauthorized', 'WWW-Authenticate: Basic realm="camera"');
    if (!address.includes(PATH)) return reply('404 Not Found');
    if (method === 'DESCRIBE') {
      const length = this.#description.length;
      reply('200 OK', 'Content-Type: application/sdp', `Content-Base: ${address}/`, `Content-Length: ${length}`);
      return void socket.write(this.#description);
    }
    if (method === 'SETUP') return reply('200 OK', 'Session: 1;timeout=60', 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1');
    reply('200 OK', 'Session: 1');
    if (method === 'PLAY') this.#viewers.add(socket);
  }

  #admits(request: string): boolean {
    const { credentials } = this.#options;
    if (credentials === undefined) return true;
    return request.includes(`Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`);
  }
}
