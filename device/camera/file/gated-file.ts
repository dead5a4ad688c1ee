/** A file of H.264 or H.265: its packets are read, and what the gate lets through is decoded. */
import { DeviceError } from '../../core/errors.ts';
import type { GrayFrame } from '../../core/frame.ts';
import type { Size } from '../../core/geometry.ts';
import { millis, type Millis } from '../../core/units.ts';
import { addsUp, nalLengthSize } from '../../media/sample-check.ts';
import { systemClock } from '../../runtime/clock.ts';
import type { FileAnalysis, FileOptions } from './file-analysis.ts';
import type { Torn } from './torn.ts';
import { FileFaults } from './file-faults.ts';
import type { PacketSource } from './packet-source.ts';
import { describeDecoding, type DecodingState } from '../gate/decoding-state.ts';
import { GatedDecoder } from '../gate/gated-decoder.ts';
import type { Confinement } from '../stream/confined-child.ts';
import { FrameQueue } from '../stream/frame-queue.ts';
import { planPictures, type PicturePlan } from '../stream/picture-options.ts';

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
  readonly #faults: FileFaults;

  constructor(
    packets: PacketSource, torn: Torn | undefined, confinement: Confinement, options: FileOptions, signal: AbortSignal,
  ) {
    this.#signal = signal;
    this.#faults = new FileFaults(packets.file, torn);
    this.video = { size: packets.init.size };
    this.#packets = packets;
    this.#plan = planPictures(options, packets.init.size);
    this.#decoder = new GatedDecoder(packets.init, {
      ...this.#plan, confinement, clock: systemClock, whenSlow: 'wait', attended: () => this.#queue.done(),
    }, {
      frame: (frame) => {
        this.#faults.shown(frame.at);
        this.#queue.put(frame);
      },
      colour: (frame) => options.onColour?.(frame),
      // A damaged stretch is left out, as by any player.
      trouble: (reason) => this.#faults.ended(reason),
      fault: (lastWords) => (lastWords === undefined ? this.#faults.add() : this.#faults.ended(lastWords)),
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
    const lengthSize = nalLengthSize(this.#packets.init);
    let [newest, stopped]: [Millis, Error | undefined] = [millis(0), undefined];
    const faults = {
      add: () => this.#faults.add(newest),
      here: () => { const at = newest; return () => this.#faults.add(at); },
      ended: (words: string) => this.#faults.ended(words),
    };
    try {
      for await (const pictures of this.#packets.pictures(faults)) {
        for (const picture of pictures) {
          if (this.#left) return;
          newest = this.#decoder.push(picture);
          if (lengthSize !== undefined && !addsUp(picture.payload, lengthSize)) faults.add();
          if (this.#decoder.congested) await this.#decoder.ready();
        }
      }
    } catch (error) {
      if (!(error instanceof DeviceError && error.code === 'camera.damaged')) throw error;
      stopped = error;
    }
    await this.#decoder.finish();
    const error = stopped ?? this.#faults.error();
    if (error !== undefined) throw error;
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
