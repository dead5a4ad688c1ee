/** A file of H.264 or H.265: its packets are read, and what the gate lets through is decoded. */
import { Mp4Error } from '../../contract/mp4-boxes.ts';
import { DeviceError } from '../../core/errors.ts';
import type { GrayFrame } from '../../core/frame.ts';
import type { Size } from '../../core/geometry.ts';
import type { Millis } from '../../core/units.ts';
import { systemClock } from '../../runtime/clock.ts';
import { damaged } from './damaged.ts';
import type { FileAnalysis, FileOptions } from './file-analysis.ts';
import { IndexedFile } from './indexed-file.ts';
import type { PacketSource } from './packet-source.ts';
import { describeDecoding, type DecodingState } from '../gate/decoding-state.ts';
import { GatedDecoder } from '../gate/gated-decoder.ts';
import type { Confinement } from '../stream/confined-child.ts';
import { FrameQueue } from '../stream/frame-queue.ts';
import { planPictures, type PicturePlan } from '../stream/picture-options.ts';

/**
 * The file's packets; undefined when it holds none that can be gated, or is no video.
 * @throws {unknown} The reason of `signal`.
 */
export const openPackets = async (
  file: string, confinement: Confinement, signal: AbortSignal,
): Promise<PacketSource | undefined> =>
  await IndexedFile.open(file, signal)
    ?? (await import('./demuxed-file.ts')).DemuxedFile.open(file, confinement, signal);

export class GatedFile implements FileAnalysis {
  readonly video: { readonly size: Size };
  readonly frames: AsyncIterable<GrayFrame>;
  readonly #packets: PacketSource;
  readonly #plan: PicturePlan;
  readonly #decoder: GatedDecoder;
  readonly #queue = new FrameQueue();
  readonly #signal: AbortSignal;
  /** Nobody reads any more. */
  #left = false;
  #shows = false;
  /** Why a decoder ended first. */
  #trouble: string | undefined;

  constructor(packets: PacketSource, confinement: Confinement, options: FileOptions, signal: AbortSignal) {
    this.#signal = signal;
    this.video = { size: packets.init.size };
    this.#packets = packets;
    this.#plan = planPictures(options, packets.init.size);
    this.#decoder = new GatedDecoder(packets.init, {
      ...this.#plan, confinement, clock: systemClock, whenSlow: 'wait', attended: () => this.#queue.done(),
    }, {
      frame: (frame) => {
        this.#shows = true;
        this.#queue.put(frame);
      },
      colour: (frame) => options.onColour?.(frame),
      trouble: (reason) => { this.#trouble ??= reason; }, // a damaged stretch is left out, as by any player
    });
    this.frames = this.#read();
  }

  attend(at: Millis, attention: boolean): void { this.#decoder.seen(at, attention); }

  get decoding(): DecodingState { return describeDecoding(this.#decoder.mode, this.#decoder.decodedShare); }

  async *#read(): AsyncGenerator<GrayFrame, void> {
    const feeding = this.#feed().then(() => this.#queue.end(), (error: unknown) => this.#queue.end(asError(error)));
    const stop = (): void => this.#queue.end();
    this.#signal.addEventListener('abort', stop);
    try {
      for await (const frame of this.#queue.read()) {
        this.#signal.throwIfAborted();
        yield frame;
      }
      this.#signal.throwIfAborted();
    } finally {
      this.#signal.removeEventListener('abort', stop);
      this.#left = true;
      this.#queue.end();
      this.#packets.close();
      this.#decoder[Symbol.dispose]();
      await feeding;
    }
  }

  async #feed(): Promise<void> {
    try {
      for await (const pictures of this.#packets.pictures()) {
        for (const picture of pictures) {
          if (this.#left) return;
          this.#decoder.push(picture);
          if (this.#decoder.congested) await this.#decoder.ready();
        }
      }
      await this.#decoder.finish();
      if (!this.#shows && this.#trouble !== undefined) throw damaged(this.#packets.file, this.#trouble, -1);
    } catch (error) {
      if (error instanceof Mp4Error)
        throw new DeviceError('camera.damaged', `${this.#packets.file} cannot be read to its end`, { cause: error });
      if (error instanceof DeviceError && error.code === 'camera.damaged') await this.#decoder.finish();
      throw error;
    }
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
