/** A live stream of packets through the decode gate. */
import { FragmentReader } from '../../contract/mp4-fragment.ts';
import type { InitSegment } from '../../contract/mp4-init.ts';
import type { ColourFrame, GrayFrame } from '../../core/frame.ts';
import type { Log } from '../../core/log.ts';
import { seconds, type Millis } from '../../core/units.ts';
import type { Clock } from '../../runtime/clock.ts';
import { describeDecoding, type DecodingState } from '../gate/decoding-state.ts';
import { pictureIn, type EncodedPicture } from '../gate/encoded-picture.ts';
import type { DecoderHardware } from '../gate/decoder-hardware.ts';
import { GatedDecoder } from '../gate/gated-decoder.ts';
import type { Confinement } from './confined-child.ts';
import type { PicturePlan } from './picture-options.ts';

export interface GatedStreamOptions {
  /** The camera, for the log. */
  readonly label: string;
  readonly plan: PicturePlan;
  readonly confinement: Confinement;
  readonly clock: Clock;
  readonly log: Log;
  /** The board's decoder, where it is tried and used. */
  readonly hardware?: DecoderHardware | undefined;
}

export interface GatedStreamHandlers {
  frame(frame: GrayFrame): void;
  colour(frame: ColourFrame): void;
  decoding(state: DecodingState): void;
  /** A picture of this stream time has arrived. */
  arrived(at: Millis): void;
}

/** The share of decoded pictures is told in steps of this, and no more often. */
const SHARE_STEP = 0.05;
const TELL_EVERY = seconds(10);
/** Troubles of one camera's decoder are not logged more often. */
const LOG_EVERY = seconds(60);
/** The end of a stream waits this long for what is still being decoded. */
const FINISH_WITHIN_MS = 1000;

export class GatedStream implements Disposable {
  readonly #options: GatedStreamOptions;
  readonly #handlers: GatedStreamHandlers;
  readonly #reader = new FragmentReader();
  #decoder: GatedDecoder | undefined;
  #told = '';
  #toldAt = -Infinity;
  #complainedAt = -Infinity;

  constructor(options: GatedStreamOptions, handlers: GatedStreamHandlers) {
    this.#options = options;
    this.#handlers = handlers;
  }

  /** Bytes as the camera's ffmpeg writes them. @throws {Mp4Error} When they are no packets of H.264 or H.265. */
  push(chunk: Uint8Array): void {
    for (const part of this.#reader.push(chunk)) {
      if (part.type === 'init') this.begin(part.init);
      else this.picture(pictureIn(part.fragment));
    }
  }

  /** A stream begins. @throws {Mp4Error} When it is not of H.264 or H.265. */
  begin(init: InitSegment): void {
    this.#decoder?.[Symbol.dispose]();
    this.#decoder = this.#start(init);
  }

  /** The stream's next picture in the order of decoding. */
  picture(picture: EncodedPicture): void {
    if (this.#decoder === undefined) return;
    this.#handlers.arrived(this.#decoder.push(picture));
    this.#tell(this.#decoder);
  }

  attend(at: Millis, attention: boolean): void { this.#decoder?.seen(at, attention); }

  /** No packet follows: hands out what is still being decoded, but does not wait for long. */
  async finish(): Promise<void> {
    const timeout = Promise.withResolvers<void>();
    const timer = setTimeout(timeout.resolve, FINISH_WITHIN_MS);
    await Promise.race([this.#decoder?.finish(), timeout.promise]);
    clearTimeout(timer);
  }

  [Symbol.dispose](): void { this.#decoder?.[Symbol.dispose](); }

  #start(init: InitSegment): GatedDecoder {
    const { plan, confinement, clock, hardware } = this.#options;
    return new GatedDecoder(init, { ...plan, confinement, clock, hardware, whenSlow: 'skip' }, {
      frame: (frame) => this.#handlers.frame(frame),
      colour: (frame) => this.#handlers.colour(frame),
      trouble: (reason) => this.#complain(reason),
    });
  }

  #tell(decoder: GatedDecoder): void {
    const state = describeDecoding(decoder.mode, decoder.decodedShare);
    const now = this.#options.clock.monotonic();
    const modeChanged = !this.#told.startsWith(state.reason);
    if (!modeChanged && now - this.#toldAt < TELL_EVERY) return;
    const told = `${state.reason} ${Math.round(state.decoded / SHARE_STEP)}`;
    if (told === this.#told) return;
    this.#told = told;
    this.#toldAt = now;
    if (modeChanged) this.#options.log.info(state.reason, { camera: this.#options.label });
    this.#handlers.decoding(state);
  }

  #complain(reason: string): void {
    const now = this.#options.clock.monotonic();
    if (now - this.#complainedAt < LOG_EVERY) return;
    this.#complainedAt = now;
    this.#options.log.warn('the decoder for vision is started anew; recording goes on', {
      camera: this.#options.label, reason,
    });
  }
}
