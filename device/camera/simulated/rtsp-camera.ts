/**
 * An RTSP camera on loopback (RFC 2326, RTP interleaved in TCP): shows a clip for ever to everybody who asks, who joins
 * wherever it is. ffmpeg makes the RTP packets; this hands them on.
 */
import type { ChildProcess } from 'node:child_process';
import { createServer, type Server, type Socket } from 'node:net';
import { findConfinement, spawnConfined } from '../stream/confined-child.ts';
import { RtpIntake } from './rtp-intake.ts';

export interface RtspCameraOptions {
  /** A clip of H.264; of its sound, if it is wanted, what RTP knows: AAC, G.711, Opus. */
  readonly file: string;
  /** The clip's sound: not even announced if not given; announced and sent, or announced and never sent. */
  readonly sound?: 'sent' | 'announced';
  /** A clip of H.264 that is shown at the same times, as the path `/sub`. */
  readonly sub?: string;
  /** Whether a viewer joins wherever the clip is, as if not given, or, as at many cameras, at the next keyframe. */
  readonly joins?: 'anywhere' | 'at-keyframe';
  /** Asked for by Basic authentication, if given. */
  readonly credentials?: { readonly user: string; readonly password: string };
}

const PATHS = ['/live', '/sub'] as const;
/** RFC 3550, 6.4.1. */
const SENDER_REPORT = 200;

/** A viewer that reads so little that more than this waits for it misses what comes. */
const MOST_WAITING_BYTES = 16 * 1024 * 1024;

/** Of each path (SDP, RFC 8866); empty where there is nothing. */
type Descriptions = Readonly<Record<(typeof PATHS)[number], string>>;
const DESCRIPTION_HEAD = 'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=clip\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n';
type Medium = 'video' | 'audio' | 'sub';
/** A viewer's channel of each medium that it asked for: RTP; RTCP has the next one. */
type Channels = Map<Medium, number>;

export class RtspCamera implements AsyncDisposable {
  readonly #options: RtspCameraOptions;
  readonly #server: Server;
  readonly #intake: RtpIntake;
  /** Of each medium, its part of the description. */
  readonly #announced = new Map<Medium, string>();
  readonly #allAnnounced = Promise.withResolvers<void>();
  readonly #channels = new WeakMap<Socket, Channels>();
  readonly #viewers = new Set<Socket>();
  /** Those that wait for a keyframe. */
  readonly #waiting = new Set<Socket>();
  readonly #connections = new Set<Socket>();
  /** The latest report of each medium on which of its times is which wall clock's (RTCP sender report). */
  readonly #reports = new Map<Medium, Buffer>();
  #ffmpeg: ChildProcess | undefined;
  #descriptions: Descriptions = { '/live': '', '/sub': '' };
  #frozen = false;
  #isSilenced = false;

  constructor(options: RtspCameraOptions) {
    this.#options = options;
    this.#intake = new RtpIntake(
      (path, media) => this.#announce(path, media),
      (path, index, packet) => this.#handOn(mediumOf(path, index), packet),
    );
    this.#server = createServer((socket) => this.#serve(socket));
  }

  /** @returns The port, once the clip runs; its path is `/live`. */
  async listen(): Promise<number> {
    this.#descriptions = await this.#startClip(await this.#intake.listen());
    return await new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => {
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  }

  /** Goes on holding its connections, but sends nothing more: as a camera that hangs. */
  freeze(): void { this.#frozen = true; }

  /** Sends no sound from now on. */
  silence(): void { this.#isSilenced = true; }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ffmpeg?.kill('SIGKILL');
    for (const socket of this.#connections) socket.destroy();
    await new Promise<void>((resolve) => { this.#server.close(() => resolve()); });
    await this.#intake[Symbol.asyncDispose]();
  }

  /** Resolves once every medium is announced. @param port - Where ffmpeg publishes. */
  async #startClip(port: number): Promise<Descriptions> {
    const publish = (path: string): readonly string[] => [
      '-c', 'copy', '-f', 'rtsp', '-rtsp_transport', 'tcp', '-pkt_size', '1300', `rtsp://127.0.0.1:${port}${path}`,
    ];
    const { sound, sub } = this.#options;
    // Together, so that the reports on both tell one and the same clock.
    const outputs = [
      '-map', '0:v:0', ...(sound === undefined ? [] : ['-map', '0:a:0']), ...publish('/live'),
      ...(sub === undefined ? [] : ['-map', '1:v:0', ...publish('/sub')]),
    ];
    const ffmpeg = spawnConfined(await findConfinement(), 'ffmpeg', [
      '-nostdin', '-v', 'error', ...[this.#options.file, sub].flatMap((file) =>
        (file === undefined ? [] : ['-re', '-stream_loop', '-1', '-i', `file:${file}`])),
      ...outputs,
    ], 'ignore');
    this.#ffmpeg = ffmpeg;
    const { promise, reject } = this.#allAnnounced;
    ffmpeg.once('error', reject);
    ffmpeg.once('exit', () => reject(new Error('ffmpeg does not show the clip')));
    await promise;
    const of = (...media: readonly Medium[]): string =>
      DESCRIPTION_HEAD + media.map((medium) => this.#announced.get(medium) ?? '').join('');
    return { '/live': of('video', 'audio'), '/sub': this.#announced.has('sub') ? of('sub') : '' };
  }

  #announce(path: string, media: readonly string[]): void {
    media.forEach((description, index) => {
      const medium = mediumOf(path, index);
      this.#announced.set(medium, `${description}a=control:${medium === 'audio' ? 'audio' : 'video'}\r\n`);
    });
    const { sound, sub } = this.#options;
    const expected = ['video', ...(sound === undefined ? [] : ['audio']), ...(sub === undefined ? [] : ['sub'])];
    if (this.#announced.size === expected.length) this.#allAnnounced.resolve();
  }

  /**
   * RTP goes over the channel that the viewer chose; what is RTCP (payload types 200 to 204, RFC 5761) over the next.
   */
  #handOn(medium: Medium, packet: Buffer): void {
    const isReport = (packet[1] ?? 0) === SENDER_REPORT;
    if (isReport) this.#reports.set(medium, packet);
    if (this.#frozen || (medium === 'audio' && (this.#isSilenced || this.#options.sound === 'announced'))) return;
    if (medium === 'video' && !isReport && beginsKeyframe(packet)) this.#admitWaiting();
    for (const viewer of this.#viewers) this.#say(viewer, medium, packet);
  }

  #say(viewer: Socket, medium: Medium, packet: Buffer): void {
    const channel = this.#channels.get(viewer)?.get(medium);
    if (channel === undefined || viewer.writableLength > MOST_WAITING_BYTES) return;
    const type = packet[1] ?? 0;
    const head = Buffer.from([
      0x24, channel + (type >= 200 && type <= 204 ? 1 : 0), packet.byteLength >> 8, packet.byteLength & 0xff,
    ]);
    viewer.write(Buffer.concat([head, packet]));
  }

  /** As cameras do, a viewer is told at once how the times of picture and sound belong together. */
  #begin(viewer: Socket): void {
    for (const [medium, report] of this.#reports)
      if (medium !== 'audio' || this.#options.sound === 'sent') this.#say(viewer, medium, report);
    (this.#options.joins === 'at-keyframe' ? this.#waiting : this.#viewers).add(viewer);
  }

  #admitWaiting(): void {
    for (const viewer of this.#waiting) this.#viewers.add(viewer);
    this.#waiting.clear();
  }

  #serve(socket: Socket): void {
    this.#connections.add(socket);
    socket.on('close', () => {
      for (const among of [this.#connections, this.#viewers, this.#waiting]) among.delete(socket);
    });
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
    const path = PATHS.find((known) => address.includes(known));
    if (path === undefined || this.#descriptions[path] === '') return reply('404 Not Found');
    if (method === 'DESCRIBE') {
      const length = this.#descriptions[path].length;
      reply('200 OK', 'Content-Type: application/sdp', `Content-Base: ${address}/`, `Content-Length: ${length}`);
      return void socket.write(this.#descriptions[path]);
    }
    if (method === 'SETUP') {
      const channel = Number(/interleaved=(\d+)/.exec(request)?.[1] ?? 0);
      const channels = this.#channels.get(socket) ?? new Map<Medium, number>();
      this.#channels.set(
        socket, channels.set(path === '/sub' ? 'sub' : address.endsWith('/audio') ? 'audio' : 'video', channel),
      );
      return reply(
        '200 OK', 'Session: 1;timeout=60', `Transport: RTP/AVP/TCP;unicast;interleaved=${channel}-${channel + 1}`,
      );
    }
    reply('200 OK', 'Session: 1');
    if (method === 'PLAY') this.#begin(socket);
  }

  #admits(request: string): boolean {
    const { credentials } = this.#options;
    if (credentials === undefined) return true;
    return request.includes(`Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`);
  }
}

/** RFC 6184: whether a picture begins that needs no other, in one packet or in the first of several. */
function beginsKeyframe(packet: Buffer): boolean {
  const [IDR, PARTS] = [5, 28];
  const [unit = 0, part = 0] = packet.subarray(12);
  return (unit & 0x1f) === IDR || ((unit & 0x1f) === PARTS && part === (0x80 | IDR));
}

/** Of what ffmpeg publishes under `path`. */
const mediumOf = (path: string, index: number): Medium => (path === '/sub' ? 'sub' : index === 0 ? 'video' : 'audio');
