/**
 * Takes what ffmpeg publishes (RTSP's ANNOUNCE and RECORD, RFC 2326; RTP interleaved in TCP), so that no packet is lost
 * however late a busy machine gets to it.
 */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * Of each medium of what is published under `path`: its part of the description (SDP, RFC 8866), from `m=` on, without
 * where it is set up.
 */
export type Announced = (path: string, media: readonly string[]) => void;
/** `medium` counts from 0, as they were announced. */
export type PacketTaken = (path: string, medium: number, packet: Buffer) => void;

const [DOLLAR, LINE_END] = [0x24, '\r\n'];
const HEAD_END = Buffer.from('\r\n\r\n');

export class RtpIntake implements AsyncDisposable {
  readonly #announced: Announced;
  readonly #taken: PacketTaken;
  readonly #server: Server;
  readonly #publishers = new Set<Socket>();

  /** @param taken - Called with each packet, of RTP and of RTCP. */
  constructor(announced: Announced, taken: PacketTaken) {
    this.#announced = announced;
    this.#taken = taken;
    this.#server = createServer((publisher) => this.#serve(publisher));
  }

  /** @returns The port, on loopback. */
  listen(): Promise<number> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => resolve((this.#server.address() as AddressInfo).port));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const publisher of this.#publishers) publisher.destroy();
    await new Promise<void>((resolve) => { this.#server.close(() => resolve()); });
  }

  #serve(publisher: Socket): void {
    this.#publishers.add(publisher);
    publisher.on('error', () => {});
    publisher.once('close', () => this.#publishers.delete(publisher));
    let [held, path] = [Buffer.alloc(0), ''];
    publisher.on('data', (chunk: Buffer) => {
      held = Buffer.concat([held, chunk]);
      for (let part = firstPart(held); part !== undefined; part = firstPart(held)) {
        held = held.subarray(part.byteLength);
        if (part[0] === DOLLAR) this.#taken(path, (part[1] ?? 0) >> 1, part.subarray(4));
        else path = this.#answer(publisher, part.toString('latin1'));
      }
    });
  }

  /** @returns The path that is published under. */
  #answer(publisher: Socket, request: string): string {
    const [, method = '', address = ''] = /^(\S+) (\S+)/.exec(request) ?? [];
    const headers = ['CSeq', 'Transport'].flatMap((name) => new RegExp(`^${name}: .*`, 'im').exec(request)?.[0] ?? []);
    publisher.write(['RTSP/1.0 200 OK', ...headers, 'Session: 1', '', ''].join(LINE_END));
    const path = /^rtsp:\/\/[^/]*(\/[^/]*)/.exec(address)?.[1] ?? '';
    const [, ...media] = request.replaceAll(/^a=control:.*\r?\n/gm, '').split(/^(?=m=)/m);
    if (method === 'ANNOUNCE') this.#announced(path, media);
    return path;
  }
}

/** A packet behind a dollar sign, a channel and its length, or a request with its body; undefined until it is whole. */
function firstPart(held: Buffer): Buffer | undefined {
  const end = held[0] === DOLLAR ? endOfPacket(held) : endOfRequest(held);
  return end <= held.byteLength ? held.subarray(0, end) : undefined;
}

const endOfPacket = (held: Buffer): number => (held.byteLength < 4 ? Infinity : 4 + held.readUInt16BE(2));

function endOfRequest(held: Buffer): number {
  const head = held.indexOf(HEAD_END);
  if (head < 0) return Infinity;
  const length = /^content-length: *(\d+)/im.exec(held.toString('latin1', 0, head))?.[1] ?? 0;
  return head + HEAD_END.byteLength + Number(length);
}
