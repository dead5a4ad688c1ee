/**
 * A connection that is cut off before it can fill the memory: the length of each MQTT packet
 * is read before its bytes are kept.
 */
import { Duplex } from 'node:stream';

export interface MeteredOptions {
  /** Of the first packet, which comes from anybody. */
  readonly mostFirstBytes: number;
  readonly mostBytes: number;
  /** The first packet is whole. */
  readonly onFirst: () => void;
}

/** Owns `socket`: destroyed with it, or when a packet is longer than it may be. */
export class MeteredConnection extends Duplex {
  readonly #socket: Duplex;
  readonly #options: MeteredOptions;
  /** What is left of the packet under way; below 0 while its header comes. */
  #left = -1;
  /** Of the header: bytes that have come, and the length so far. MQTT 3.1.1, 2.2.3. */
  #header = { bytes: 0, length: 0 };
  #isFirst = true;

  constructor(socket: Duplex, options: MeteredOptions) {
    super();
    this.#socket = socket;
    this.#options = options;
    socket.on('data', (chunk: Buffer) => {
      if (!this.#mayPass(chunk)) this.destroy(new Error('a packet is longer than it may be'));
      else if (!this.push(chunk)) socket.pause();
    });
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  override _read(): void { this.#socket.resume(); }
  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }
  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#socket.write(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }
  override _final(done: () => void): void { this.#socket.end(done); }
  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }

  #mayPass(chunk: Buffer): boolean {
    for (let at = 0; at < chunk.length;) {
      if (this.#left < 0) {
        if (!this.#readHeader(chunk[at] ?? 0)) return false;
        at += 1;
      } else {
        const taken = Math.min(this.#left, chunk.length - at);
        this.#left -= taken;
        at += taken;
      }
      if (this.#left === 0) this.#ended();
    }
    return true;
  }

  #readHeader(byte: number): boolean {
    const { bytes, length } = this.#header;
    this.#header = { bytes: bytes + 1, length: bytes === 0 ? 0 : length + (byte & 0x7f) * 128 ** (bytes - 1) };
    const isWhole = bytes > 0 && byte < 0x80;
    if (isWhole) this.#left = this.#header.length;
    const { mostFirstBytes, mostBytes } = this.#options;
    return bytes <= 4 && this.#header.length <= (this.#isFirst ? mostFirstBytes : mostBytes);
  }

  #ended(): void {
    this.#left = -1;
    this.#header = { bytes: 0, length: 0 };
    if (this.#isFirst) this.#options.onFirst();
    this.#isFirst = false;
  }
}
