/** The camera's side of live video: says the stream's boxes to every reader of a Unix socket, and waits for none. */
import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import type { Fragment } from '../contract/mp4-fragment.ts';
import type { InitSegment } from '../contract/mp4-init.ts';
import { DeviceError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { mebibytes, seconds } from '../core/units.ts';
import { LiveGop } from './live-gop.ts';
import { prepareSocketFolder } from './socket-path.ts';

/** A reader for which more than this waits has stopped reading: it is dropped, and may come back. */
const MAX_WAITING_BYTES = mebibytes(8);
/** Between two fragments of a stream that is to cost little. */
const SPARING = seconds(2);
/** Only this device's own processes read. */
const MAX_READERS = 8;

export class LiveServer {
  readonly #path: string;
  readonly #log: Log;
  readonly #gop = new LiveGop();
  readonly #readers = new Set<Socket>();
  #dropped = 0;
  #isSparing = false;
  /** Whether the fragment before was kept from the readers: what follows it cannot be shown without it. */
  #skips = false;
  #saidAt = -Infinity;

  /** @param path - From `liveSocketPath`. */
  constructor({ path, log }: { readonly path: string; readonly log: Log }) {
    this.#path = path;
    this.#log = log;
  }

  get readers(): number { return this.#readers.size; }
  /** Readers that were dropped for not reading. */
  get dropped(): number { return this.#dropped; }

  /**
   * Serves readers until `signal` aborts. A socket that a killed process left behind is replaced.
   * @throws {ConfigError} When the socket's folder is not ours alone. @throws {DeviceError}
   * `live.socket` when it cannot be made.
   */
  async run(signal: AbortSignal): Promise<void> {
    await prepareSocketFolder(this.#path);
    await rm(this.#path, { force: true });
    const server = createServer((socket) => this.#join(socket));
    server.maxConnections = MAX_READERS;
    await listen(server, this.#path);
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    for (const reader of this.#readers) reader.destroy();
    await new Promise<void>((resolve) => { server.close(() => resolve()); });
  }

  /** The camera's stream begins, for the first time or anew. */
  begin(init: InitSegment): void {
    this.#gop.begin(init);
    this.#skips = false;
    this.#saidAt = -Infinity;
    this.#say(init.data);
  }

  /** One more fragment of it. */
  fragment(fragment: Fragment): void {
    this.#gop.add(fragment);
    this.#skips = this.#isSparing
      ? !fragment.key || fragment.start - this.#saidAt < SPARING
      : this.#skips && !fragment.key;
    if (this.#skips) return;
    this.#saidAt = fragment.start;
    this.#say(fragment.data);
  }

  /** While `on`, readers get a fragment with a keyframe every couple of seconds, and nothing between. */
  spare(on: boolean): void { this.#isSparing = on; }

  /**
   * The camera is gone. Readers are told by hanging up; they come back and hear nothing until the next stream begins.
   */
  end(): void {
    this.#gop.end();
    for (const reader of this.#readers) reader.destroySoon();
  }

  #join(socket: Socket): void {
    this.#readers.add(socket);
    socket.once('close', () => this.#readers.delete(socket));
    socket.on('error', () => {}); // a reader that was killed: `close` follows
    socket.resume();
    if (this.#gop.init === undefined) return;
    socket.write(this.#gop.init.data);
    for (const { data } of this.#gop.fragments) socket.write(data);
  }

  #say(data: Uint8Array): void {
    for (const reader of this.#readers) {
      if (reader.writableEnded) continue; // it was hung up on
      if (reader.writableLength > MAX_WAITING_BYTES) this.#drop(reader);
      else reader.write(data);
    }
  }

  #drop(reader: Socket): void {
    this.#dropped += 1;
    this.#log.warn('a reader of live video stopped reading and was dropped', { dropped: this.#dropped });
    reader.destroy();
    this.#readers.delete(reader);
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // Of errors after it listens (no descriptor left for one more reader) none ends the server.
    server.on(
      'error', (cause) => reject(new DeviceError('live.socket', `live video cannot be offered at ${path}`, { cause })),
    );
    server.listen(path, resolve);
  });
}
