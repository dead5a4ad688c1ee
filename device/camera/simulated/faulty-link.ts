/** A link to an RTSP camera that spoils what it sends, as firmware and networks do. */
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface LinkFaults {
  /** How many viewers are cut off as soon as they come. */
  readonly closes?: number;
  /** What is said in place of the camera's first answer. */
  readonly greeting?: string;
  /** What is added to RTP times (90,000 a second) of spoiled connections. */
  readonly ticks?: number;
  /** Bytes that are thrown into spoiled connections, once. */
  readonly garbage?: number;
}

export class FaultyLink implements AsyncDisposable {
  readonly #faults: LinkFaults;
  readonly #port: number;
  readonly #server: Server;
  readonly #ends = new Set<Socket>();
  readonly #packets = new Set<SpoiledPackets>();
  /** Connections so far. */
  connections = 0;

  /** @param port - The camera's. */
  constructor(port: number, faults: LinkFaults) {
    this.#port = port;
    this.#faults = faults;
    this.#server = createServer((viewer) => this.#serve(viewer));
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

  /** From now on the connections that there are carry the fault; those made anew do not. */
  spoil(): void { for (const packets of this.#packets) packets.isSpoiled = true; }

  [Symbol.asyncDispose](): Promise<void> {
    for (const end of this.#ends) end.destroy();
    return new Promise((resolve) => { this.#server.close(() => resolve()); });
  }

  #serve(viewer: Socket): void {
    const turn = this.connections++;
    this.#hold(viewer);
    const { closes = 0, greeting } = this.#faults;
    if (turn < closes) return void viewer.destroy();
    if (greeting !== undefined) return void viewer.write(greeting);
    const camera = connect(this.#port, '127.0.0.1');
    this.#hold(camera);
    viewer.on('data', (chunk) => { camera.write(chunk); });
    viewer.once('close', () => camera.destroy());
    camera.once('close', () => viewer.destroy());
    const packets = new SpoiledPackets(this.#faults);
    this.#packets.add(packets);
    viewer.once('close', () => this.#packets.delete(packets));
    camera.on('data', (chunk: Buffer) => { for (const part of packets.push(chunk)) viewer.write(part); });
  }

  #hold(end: Socket): void {
    this.#ends.add(end);
    end.on('error', () => {});
    end.once('close', () => this.#ends.delete(end));
  }
}

const DOLLAR = 0x24;

/** What a camera sends: answers, and packets behind a dollar sign, a channel and their length (RFC 2326, 10.12). */
class SpoiledPackets {
  readonly #faults: LinkFaults;
  #held = Buffer.alloc(0);
  #garbageThrown = false;
  isSpoiled = false;
  constructor(faults: LinkFaults) { this.#faults = faults; }

  push(chunk: Buffer): Buffer[] {
    this.#held = Buffer.concat([this.#held, chunk]);
    const parts: Buffer[] = [];
    for (let end = this.#end(); end <= this.#held.byteLength; end = this.#end()) {
      const part = Buffer.from(this.#held.subarray(0, end));
      this.#held = this.#held.subarray(end);
      parts.push(...(part[0] === DOLLAR && this.isSpoiled ? this.#spoiled(part) : [part]));
    }
    return parts;
  }

  /** Where the first part ends; infinite when that is not known yet. */
  #end(): number {
    if (this.#held.byteLength < 4) return Infinity;
    if (this.#held[0] === DOLLAR) return 4 + this.#held.readUInt16BE(2);
    const blank = this.#held.indexOf('\r\n\r\n');
    if (blank < 0) return Infinity;
    return blank + 4 + Number(/^content-length: *(\d+)/im.exec(this.#held.toString('latin1', 0, blank))?.[1] ?? 0);
  }

  #spoiled(part: Buffer): Buffer[] {
    const { ticks, garbage } = this.#faults;
    if (ticks !== undefined && part[1] === 0) part.writeUInt32BE((part.readUInt32BE(8) + ticks) >>> 0, 8);
    if (garbage === undefined || this.#garbageThrown) return [part];
    this.#garbageThrown = true;
    return [Buffer.alloc(garbage, 'no RTSP at all '), part];
  }
}
