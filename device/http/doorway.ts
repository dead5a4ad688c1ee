/**
 * A port that stays open while who answers there comes and goes: connections are handed, unread, to a
 * process that runs, and wait for one that is being started. While none is there, only who really asks for
 * something is a reason to start one.
 */
import type { ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { millis, seconds } from '../core/units.ts';
import { Bell } from '../runtime/bell.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Demand, RestWord } from '../runtime/demand.ts';
import type { DoorMessage } from './door-message.ts';
import { listenError, type HttpAddress } from './http-address.ts';

/** An answer in JSON. */
export interface ShortAnswer { readonly status: 200 | 503; readonly body: object }

export interface DoorwayParts {
  readonly address: HttpAddress;
  /** What this process answers itself while no other is there, by the path that is asked for. */
  readonly answer: (path: string) => ShortAnswer | undefined;
  /** Hears at which port it has opened. */
  readonly opened?: (port: number) => void;
  /** What whoever answers is told when it starts, beside the port. */
  readonly news: () => object;
  readonly clock: Clock;
}

/** More would only wait for a process that does not come. */
const MOST_WAITING = 64;
/** Who opens a connection and says nothing is a reason for nothing. */
const PATIENCE = seconds(10);
const HEAD = /^(GET|HEAD) (\/[^\s?]*)(?:\?\S*)? HTTP\/1\.[01]\r\n/;
const WORDS = { 200: 'OK', 503: 'Service Unavailable' } as const;

interface Waiting { readonly socket: Socket; readonly head: Buffer }

export class Doorway implements Demand, Disposable {
  readonly #parts: DoorwayParts;
  readonly #knock = new Bell();
  /** Of whom nothing was read yet. */
  readonly #silent = new Set<Socket>();
  /** For a process that is being started. */
  readonly #waiting: Waiting[] = [];
  /** Handed to the process, which has not said yet that it has them. */
  readonly #onTheWay: Waiting[] = [];
  #server: Server | undefined;
  #child: ChildProcess | undefined;
  #handed = 0;
  constructor(parts: DoorwayParts) { this.#parts = parts; }

  /** Undefined while it is closed. */
  get port(): number | undefined { return (this.#server?.address() as AddressInfo | null | undefined)?.port; }

  /** Opens it, unless it is open. @throws {ConfigError} As `serveHttp`. */
  async prepare(): Promise<void> {
    if (this.#server !== undefined) return;
    const { address } = this.#parts;
    // With room for one piece, what comes behind it stays in the system until somebody reads it.
    const server = createServer({ pauseOnConnect: true, highWaterMark: 1 }, (socket) => this.#came(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => reject(listenError(address, cause)));
      server.listen(address.port, address.host, resolve);
    });
    server.on('error', () => {}); // one connection that could not be taken: the next one may
    this.#server = server;
    if (this.port !== undefined) this.#parts.opened?.(this.port);
  }

  begin(child: ChildProcess): void {
    this.#handed = 0;
    child.send({ type: 'door', port: this.port ?? 0, news: this.#parts.news() } satisfies DoorMessage, () => {});
  }

  serve(child: ChildProcess): void {
    this.#child = child;
    this.#knock.forget();
    for (const waiting of this.#waiting.splice(0)) this.#hand(waiting, child);
  }

  release({ taken }: RestWord): boolean {
    if (taken !== this.#handed) return false;
    this.#child = undefined;
    return true;
  }

  /** The other process holds it as well: here it is only let go. */
  took(): void { this.#onTheWay.shift()?.socket.destroy(); }

  lost(refused: boolean): void {
    this.#child = undefined;
    this.#waiting.unshift(...this.#onTheWay.splice(0)); // nobody has read anything of them
    if (refused) this[Symbol.dispose]();
  }

  needed(signal: AbortSignal): Promise<void> {
    return this.#knock.wait(millis(2 ** 31 - 1), this.#parts.clock, signal);
  }

  /** Nobody comes in any more, and who waits is sent away. `prepare` opens it again. */
  [Symbol.dispose](): void {
    this.#server?.close();
    this.#server = undefined;
    for (const { socket } of [...this.#waiting.splice(0), ...this.#onTheWay.splice(0)]) socket.destroy();
    for (const socket of this.#silent) socket.destroy();
  }

  #came(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    if (this.#child !== undefined) return this.#hand({ socket, head: NOTHING }, this.#child);
    const [oldest] = this.#silent;
    if (this.#silent.size >= MOST_WAITING) oldest?.destroy(); // who really wants something has said so by now
    this.#silent.add(socket);
    socket.setTimeout(PATIENCE, () => socket.destroy());
    socket.once('close', () => this.#silent.delete(socket));
    socket.once('readable', () => {
      if (this.#silent.delete(socket)) this.#asked(socket);
    });
  }

  #asked(socket: Socket): void {
    // Reading what has come would ask the system for more, which nobody here may take: streams
    // have no public way to stop that.
    // oxlint-disable-next-line no-underscore-dangle
    socket._read = () => {};
    const head = (socket.read() as Buffer | null) ?? NOTHING;
    if (head.length === 0) return void socket.destroy();
    socket.setTimeout(0);
    if (this.#child !== undefined) return this.#hand({ socket, head }, this.#child);
    const [, method, path = ''] = HEAD.exec(head.toString('latin1', 0, 2048)) ?? [];
    const answer = this.#parts.answer(path);
    if (answer !== undefined) return reply(socket, answer, method !== 'HEAD');
    if (this.#waiting.length >= MOST_WAITING) return void socket.destroy();
    this.#waiting.push({ socket, head });
    this.#knock.ring();
  }

  #hand(waiting: Waiting, child: ChildProcess): void {
    this.#handed += 1;
    this.#onTheWay.push(waiting);
    const message: DoorMessage = { type: 'connection', head: waiting.head.toString('base64') };
    child.send(message, waiting.socket, { keepOpen: true }, () => {}); // of a process that is gone, `lost` hears
  }
}

const NOTHING = Buffer.alloc(0);

function reply(socket: Socket, { status, body }: ShortAnswer, withBody: boolean): void {
  const text = JSON.stringify(body);
  socket.end([
    `HTTP/1.1 ${status} ${WORDS[status]}`,
    'Content-Type: application/json; charset=utf-8', `Content-Length: ${Buffer.byteLength(text)}`,
    'Cache-Control: no-store', 'X-Content-Type-Options: nosniff', 'Connection: close', '', withBody ? text : '',
  ].join('\r\n'), () => socket.destroy());
}
