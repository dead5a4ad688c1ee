/** A decoder that is begun when there is something to decode, and begun anew with what comes next when it dies or hangs. */
import type { InitSegment } from '../../contract/mp4-init.ts';
import { seconds, type Millis } from '../../core/units.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Confinement } from '../stream/confined-child.ts';
import type { PicturePlan } from '../stream/picture-options.ts';
import type { DecoderHardware } from './decoder-hardware.ts';
import type { Packet } from './packet.ts';
import { PictureDecoder, type DecodedPicture } from './picture-decoder.ts';

export interface LivingDecoderOptions extends PicturePlan {
  readonly confinement: Confinement;
  readonly clock: Clock;
  /** The board's decoder, where it is tried and used. */
  readonly hardware?: Pick<DecoderHardware, 'inUse' | 'failed'> | undefined;
  /** Packets after which the next keyframe begins another in its place. Default: one lasts as long as the stream. */
  readonly renewAfter?: number | undefined;
}

/** ffmpeg remembers where each packet lay, though it can never go back to it, in 160 bytes: 10 MB, after 44 minutes at 25 a second. */
export const LIVE_PACKETS = 65_536;

export interface LivingDecoderHandlers {
  gray(picture: DecodedPicture): void;
  colour(picture: DecodedPicture): void;
  /** It died or hung, and is gone. Nothing comes any more of what it was fed; the one before may still hand out its last. */
  lost(reason: string): void;
  /** As `DecoderHandlers.fault`. */
  readonly fault?: ((lastWords?: string) => void) | undefined;
}

/** A decoder that has been fed for this long and shows nothing hangs. */
const HUNG = seconds(8);
const HANGS = 'the decoder hangs';

export class LivingDecoder implements Disposable {
  readonly #init: InitSegment;
  readonly #options: LivingDecoderOptions;
  readonly #handlers: LivingDecoderHandlers;
  #decoder: PictureDecoder | undefined;
  /** What decoded before, while it hands out the last of it. */
  #leaving: PictureDecoder | undefined;
  /** Packets that `#decoder` was fed. */
  #fed = 0;
  /** Parts that those before were fed. */
  #partsBefore = 0;
  /** When the first packet was fed since the last picture came. */
  #hungry: Millis | undefined;
  /** When the latest picture of `#leaving` came, or it was given all. */
  #leavingSince: Millis | undefined;

  constructor(init: InitSegment, options: LivingDecoderOptions, handlers: LivingDecoderHandlers) {
    this.#init = init;
    this.#options = options;
    this.#handlers = handlers;
  }

  get isRunning(): boolean { return this.#decoder !== undefined; }

  /** Bytes that wait to be decoded. */
  get backlog(): number { return this.#decoder?.backlog ?? 0; }

  /** The number of the part that was fed last; a `DecodedPicture` tells of which it is. */
  get part(): number { return this.#partsBefore + (this.#decoder?.part ?? 0); }

  /**
   * @param follows - Whether this is the packet next to the one before, so that it continues that decoding.
   * @param origin - Ticks of the stream's first picture.
   */
  feed(packet: Packet, follows: boolean, origin: number): void {
    if (packet.key) this.#change(follows);
    const decoder = this.#decoder ??= this.#begin(origin);
    decoder.feed(packet, follows);
    this.#fed++;
    this.#hungry ??= this.#options.clock.monotonic();
  }

  /** As `PictureDecoder.letGo`. */
  letGo(): boolean { return this.#decoder?.letGo() === true; }

  /** What was fed last is not to be waited for. */
  forgive(): void { this.#hungry = undefined; }

  /** What it was given is all: resolves when that is decoded. The next packet begins another. */
  finish(): Promise<void> { return this.#retire(); }

  /** To be called now and then. */
  check(): void {
    const [hungry, leavingSince] = [this.#hungry, this.#leavingSince];
    const now = this.#options.clock.monotonic();
    const isLate = (since: Millis | undefined): boolean => since !== undefined && now - since > HUNG;
    if (!isLate(hungry) && !isLate(leavingSince)) return;
    // It may be this process that stood still: what waits to be read comes first.
    setTimeout(() => {
      if (isLate(hungry) && this.#hungry === hungry && this.#decoder !== undefined) this.#lose(HANGS);
      if (isLate(leavingSince) && this.#leavingSince === leavingSince) this.#giveUpLeaving();
    }, 100);
  }

  [Symbol.dispose](): void {
    this.#decoder?.[Symbol.dispose]();
    this.#leaving?.[Symbol.dispose]();
    this.#leaving = undefined;
    this.#leave();
  }

  /**
   * To hardware that turned out to work, or from it, or to one that has less to remember: at a keyframe. The decoder before still hands
   * out what it was fed. Of a slot that both show something of there is one look more.
   */
  #change(follows: boolean): void {
    const before = this.#decoder;
    const { hardware, renewAfter = Infinity } = this.#options;
    const isOld = before?.backlog === 0 && this.#fed >= renewAfter; // one that is behind would hand out its last too late
    const isDue = before !== undefined && (isOld || before.hardware !== hardware?.inUse);
    if (!isDue || !(follows || this.#hungry === undefined)) return;
    void this.#retire();
  }

  #begin(origin: number): PictureDecoder {
    const { gray, colour, confinement } = this.#options;
    const hardware = this.#options.hardware?.inUse;
    const before = this.#partsBefore;
    const take = (picture: DecodedPicture, hand: (picture: DecodedPicture) => void): void => {
      if (decoder === this.#decoder || decoder === this.#leaving) hand({ ...picture, part: picture.part + before });
    };
    const decoder: PictureDecoder = new PictureDecoder({ init: this.#init, origin, gray, colour, confinement, hardware }, {
      gray: (picture) => take(picture, (own) => {
        if (decoder === this.#decoder) this.#hungry = undefined;
        else this.#leavingSince = this.#options.clock.monotonic();
        this.#handlers.gray(own);
      }),
      colour: (picture) => take(picture, (own) => this.#handlers.colour(own)),
      fault: this.#handlers.fault,
      died: (complaint) => { if (this.#decoder === decoder) this.#lose(complaint); },
    });
    return decoder;
  }

  #lose(reason: string): void {
    if (this.#decoder?.hardware !== undefined) this.#options.hardware?.failed(reason);
    this.#decoder?.[Symbol.dispose]();
    this.#leave();
    this.#handlers.lost(reason);
  }

  /** It hands out the last of what it was fed; one that still does so from before has had its time. Resolves when it has ended. */
  async #retire(): Promise<void> {
    const decoder = this.#decoder;
    this.#leaving?.[Symbol.dispose]();
    this.#leaving = decoder;
    this.#leavingSince = decoder && this.#options.clock.monotonic();
    this.#leave();
    await decoder?.finish();
    if (this.#leaving === decoder) this.#leaving = this.#leavingSince = undefined;
  }

  #giveUpLeaving(): void {
    this.#leaving?.[Symbol.dispose]();
    this.#leaving = this.#leavingSince = undefined;
    this.#handlers.fault?.(HANGS);
  }

  #leave(): void {
    this.#partsBefore = this.part;
    this.#decoder = undefined;
    this.#hungry = undefined;
    this.#fed = 0;
  }
}
