/** A file of H.264 or H.265: its packets are read, and what the gate lets through is decoded. */
import type { ChildProcess } from 'node:child_process';
import { FragmentReader, type Mp4Part } from '../../contract/mp4-fragment.ts';
import type { InitSegment } from '../../contract/mp4-init.ts';
import { Mp4Error } from '../../contract/mp4-boxes.ts';
import { DeviceError } from '../../core/errors.ts';
import type { GrayFrame } from '../../core/frame.ts';
import type { Size } from '../../core/geometry.ts';
import type { Millis } from '../../core/units.ts';
import { tail } from '../../media/run-tool.ts';
import { systemClock } from '../../runtime/clock.ts';
import { FILE_ONLY } from '../adapters/inspect-file.ts';
import type { FileAnalysis, FileOptions } from './file-analysis.ts';
import { describeDecoding, type DecodingState } from '../gate/decoding-state.ts';
import { pictureIn } from '../gate/encoded-picture.ts';
import { GatedDecoder } from '../gate/gated-decoder.ts';
import { spawnConfined, type Confinement } from '../stream/confined-child.ts';
import { FrameQueue } from '../stream/frame-queue.ts';
import { planPictures, type PicturePlan } from '../stream/picture-options.ts';
import { packetOutput } from '../stream/stream-arguments.ts';
import { damaged } from './damaged.ts';

/** Frames that wait for their reader. Few: what vision says of one is to count for the next. */
const WAITING = 4;

/**
 * The file's packets, as soon as there is one; undefined when it holds none that can be gated, or is no video.
 * @throws {unknown} The reason of `signal`.
 */
export async function openPackets(file: string, confinement: Confinement, signal: AbortSignal): Promise<PacketFile | undefined> {
  const packets = new PacketFile(file, confinement, signal);
  try {
    return await packets.open() ? packets : undefined;
  } catch (error) {
    if (!(error instanceof Mp4Error)) throw error;
    return undefined;
  }
}

export class PacketFile {
  readonly file: string;
  readonly #ffmpeg: ChildProcess;
  readonly #complaint: () => string;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #reader = new FragmentReader();
  readonly #signal: AbortSignal;
  readonly #closed: Promise<number>;
  #parts: Mp4Part[] = [];
  #init: InitSegment | undefined;

  constructor(file: string, confinement: Confinement, signal: AbortSignal) {
    this.file = file;
    this.#signal = signal;
    this.#ffmpeg = spawnConfined(confinement, 'ffmpeg', [
      '-nostdin', '-v', 'error', ...FILE_ONLY, '-i', `file:${file}`, ...packetOutput(1, 'buffered'),
    ], ['ignore', 'pipe', 'pipe']);
    this.#complaint = tail(this.#ffmpeg.stderr);
    this.#closed = new Promise((resolve) => {
      this.#ffmpeg.once('error', () => resolve(-1));
      this.#ffmpeg.once('close', (code) => resolve(code ?? -1));
    });
    this.#chunks = (this.#ffmpeg.stdout ?? [] as unknown as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    signal.addEventListener('abort', this.#kill);
  }

  /** Whether there is a packet. */
  async open(): Promise<boolean> {
    while (this.#parts.every(({ type }) => type === 'init')) {
      if (!await this.#readOn()) {
        this.close();
        this.#signal.throwIfAborted();
        return false;
      }
    }
    return true;
  }

  /** @throws {Error} Before `open`. */
  get init(): InitSegment {
    if (this.#init === undefined) throw new Error('the file was not opened');
    return this.#init;
  }

  /** @throws {DeviceError} `camera.damaged` when the file cannot be read to its end. */
  async *parts(): AsyncGenerator<Mp4Part, void> {
    do yield* this.#parts.splice(0); while (await this.#readOn());
    this.#signal.throwIfAborted();
    const exitCode = await this.#closed;
    if (exitCode !== 0) throw damaged(this.file, this.#complaint(), exitCode);
  }

  close(): void {
    this.#signal.removeEventListener('abort', this.#kill);
    this.#kill();
  }

  readonly #kill = (): void => { this.#ffmpeg.kill('SIGKILL'); };

  async #readOn(): Promise<boolean> {
    const { value, done } = await this.#chunks.next();
    if (done === true) return false;
    for (const part of this.#reader.push(value)) {
      if (part.type === 'init') this.#init ??= part.init;
      this.#parts.push(part);
    }
    return true;
  }
}

export class GatedFile implements FileAnalysis {
  readonly video: { readonly size: Size };
  readonly frames: AsyncIterable<GrayFrame>;
  readonly #packets: PacketFile;
  readonly #plan: PicturePlan;
  readonly #decoder: GatedDecoder;
  readonly #queue = new FrameQueue(WAITING);

  constructor(packets: PacketFile, confinement: Confinement, options: FileOptions) {
    this.video = { size: packets.init.size };
    this.#packets = packets;
    this.#plan = planPictures(options, packets.init.size);
    this.#decoder = new GatedDecoder(packets.init, { ...this.#plan, confinement, clock: systemClock, whenSlow: 'wait' }, {
      frame: (frame) => this.#queue.put(frame),
      colour: (frame) => options.onColour?.(frame),
      trouble: () => {}, // a damaged stretch is left out, as by any player
    });
    this.frames = this.#read();
  }

  attend(at: Millis, attention: boolean): void { this.#decoder.seen(at, attention); }

  get decoding(): DecodingState { return describeDecoding(this.#decoder.mode, this.#decoder.decodedShare); }

  async *#read(): AsyncGenerator<GrayFrame, void> {
    const feeding = this.#feed().then(() => this.#queue.end(), (error: unknown) => this.#queue.end(asError(error)));
    try {
      yield* this.#queue.read();
    } finally {
      this.#queue.end();
      this.#packets.close();
      this.#decoder[Symbol.dispose]();
      await feeding;
    }
  }

  async #feed(): Promise<void> {
    try {
      for await (const part of this.#packets.parts()) {
        if (part.type === 'fragment') this.#decoder.push(pictureIn(part.fragment));
        await this.#decoder.ready();
        await this.#queue.room();
      }
      await this.#decoder.finish();
    } catch (error) {
      if (error instanceof Mp4Error) throw new DeviceError('camera.damaged', `${this.#packets.file} cannot be read to its end`, { cause: error });
      if (error instanceof DeviceError && error.code === 'camera.damaged') await this.#decoder.finish();
      throw error;
    }
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
