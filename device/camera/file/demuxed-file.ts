/** A file of any kind whose video is H.264 or H.265, taken apart by ffmpeg. */
import type { ChildProcess } from 'node:child_process';
import { FragmentReader } from '../../contract/mp4-fragment.ts';
import type { InitSegment } from '../../contract/mp4-init.ts';
import { Mp4Error } from '../../contract/mp4-boxes.ts';
import { DeviceError } from '../../core/errors.ts';
import { endWords, FfmpegFaults, TELL_FAULTS } from '../../media/ffmpeg-faults.ts';
import type { Torn } from './torn.ts';
import { fileArguments } from './file-only.ts';
import { pictureIn, type EncodedPicture } from '../gate/encoded-picture.ts';
import { spawnConfined, type Confinement } from '../stream/confined-child.ts';
import { packetOutput } from '../stream/stream-arguments.ts';
import type { PacketFaults, PacketSource } from './packet-source.ts';

/** ffmpeg is at most this far ahead of what was read of it: what its buffers and the pipe hold. */
const AHEAD_BYTES = 256 * 1024;

export class DemuxedFile implements PacketSource {
  readonly file: string;
  readonly #ffmpeg: ChildProcess;
  readonly #said: FfmpegFaults;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #reader = new FragmentReader();
  readonly #signal: AbortSignal;
  readonly #isTorn: boolean;
  /** Resolves when it has ended, with its last words where it ended out of order. */
  readonly #closed: Promise<string | undefined>;
  /** Bytes of what it wrote. */
  #readBytes = 0;
  /** What it found fault with comes before so many. */
  #faultyUntil = 0;
  #pictures: EncodedPicture[] = [];
  #init: InitSegment | undefined;

  private constructor(file: string, torn: Torn | undefined, confinement: Confinement, signal: AbortSignal) {
    this.file = file;
    this.#signal = signal;
    this.#ffmpeg = spawnConfined(confinement, 'ffmpeg', [
      '-nostdin', '-hide_banner', ...TELL_FAULTS, ...fileArguments(file, torn), ...packetOutput(1, 'buffered'),
    ], ['ignore', 'pipe', 'pipe']);
    this.#isTorn = torn !== undefined;
    this.#said = new FfmpegFaults(this.#ffmpeg.stderr, () => { this.#faultyUntil = this.#readBytes + AHEAD_BYTES; });
    this.#closed = new Promise((resolve) => {
      this.#ffmpeg.once('error', ({ message }) => resolve(message));
      this.#ffmpeg.once('close', (code, killedBy) => resolve(endWords(this.#said.words, code, killedBy)));
    });
    this.#chunks = (this.#ffmpeg.stdout ?? [] as unknown as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    signal.addEventListener('abort', this.#kill);
  }

  /**
   * The file, as soon as there is a picture; undefined when it holds none that can be gated, or is no video.
   * @throws {unknown} The reason of `signal`.
   */
  static async open(
    file: string, torn: Torn | undefined, confinement: Confinement, signal: AbortSignal,
  ): Promise<DemuxedFile | undefined> {
    const demuxed = new DemuxedFile(file, torn, confinement, signal);
    try {
      while (demuxed.#pictures.length === 0) {
        if (await demuxed.#readOn()) continue;
        demuxed.close();
        signal.throwIfAborted();
        return undefined;
      }
      return demuxed;
    } catch (error) {
      if (!(error instanceof Mp4Error)) throw error;
      demuxed.close();
      return undefined;
    }
  }

  get init(): InitSegment {
    if (this.#init === undefined) throw new Mp4Error(0, 'a fragment stands before its head');
    return this.#init;
  }

  async *pictures(faults: PacketFaults): AsyncGenerator<readonly EncodedPicture[], void> {
    this.#faultyUntil = 0; // what was said by now was said of the file's head
    let held: { readonly until: number; readonly tell: () => void }[] = [];
    try {
      do {
        const isFaulty = this.#readBytes < this.#faultyUntil;
        // Of a file that is cut off it may be of the end, which ffmpeg sees before its pictures are here.
        if (isFaulty && this.#isTorn) held.push({ until: this.#faultyUntil, tell: faults.here() });
        else if (isFaulty) faults.add();
        for (const { until, tell } of held) if (until <= this.#readBytes) tell();
        held = held.filter(({ until }) => until > this.#readBytes);
        yield this.#pictures.splice(0);
      } while (await this.#readOn());
    } catch (error) {
      if (!(error instanceof Mp4Error)) throw error;
      throw new DeviceError('camera.damaged', `${this.file} cannot be read to its end`, { cause: error });
    }
    this.#signal.throwIfAborted();
    const lastWords = await this.#closed;
    if (lastWords !== undefined) faults.ended(lastWords);
  }

  close(): void {
    this.#signal.removeEventListener('abort', this.#kill);
    this.#kill();
  }

  readonly #kill = (): void => { this.#ffmpeg.kill('SIGKILL'); };

  async #readOn(): Promise<boolean> {
    const { value, done } = await this.#chunks.next();
    if (done === true) return false;
    this.#readBytes += value.byteLength;
    for (const part of this.#reader.push(value)) {
      if (part.type === 'init') this.#init ??= part.init;
      else this.#pictures.push(pictureIn(part.fragment));
    }
    return true;
  }
}
