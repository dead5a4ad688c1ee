/** A file of any kind whose video is H.264 or H.265, taken apart by ffmpeg. */
import type { ChildProcess } from 'node:child_process';
import { FragmentReader } from '../../contract/mp4-fragment.ts';
import type { InitSegment } from '../../contract/mp4-init.ts';
import { Mp4Error } from '../../contract/mp4-boxes.ts';
import { tail } from '../../media/run-tool.ts';
import { FILE_ONLY } from './file-only.ts';
import { pictureIn, type EncodedPicture } from '../gate/encoded-picture.ts';
import { spawnConfined, type Confinement } from '../stream/confined-child.ts';
import { packetOutput } from '../stream/stream-arguments.ts';
import { damaged } from './damaged.ts';
import type { PacketSource } from './packet-source.ts';

export class DemuxedFile implements PacketSource {
  readonly file: string;
  readonly #ffmpeg: ChildProcess;
  readonly #complaint: () => string;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #reader = new FragmentReader();
  readonly #signal: AbortSignal;
  readonly #closed: Promise<number>;
  #pictures: EncodedPicture[] = [];
  #init: InitSegment | undefined;

  private constructor(file: string, confinement: Confinement, signal: AbortSignal) {
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

  /**
   * The file, as soon as there is a picture; undefined when it holds none that can be gated, or is no video.
   * @throws {unknown} The reason of `signal`.
   */
  static async open(file: string, confinement: Confinement, signal: AbortSignal): Promise<DemuxedFile | undefined> {
    const demuxed = new DemuxedFile(file, confinement, signal);
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

  async *pictures(): AsyncGenerator<readonly EncodedPicture[], void> {
    do yield this.#pictures.splice(0); while (await this.#readOn());
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
      else this.#pictures.push(pictureIn(part.fragment));
    }
    return true;
  }
}
