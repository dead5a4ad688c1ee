/**
 * What the decoder is given, and in which order: each packet once in one go, none that is made from what was left out, and of what is
 * followed none that nobody needs. Pure.
 */
import type { Packet } from './packet.ts';
import type { SparePictures } from './spare-pictures.ts';

/**
 * Decodes `packet`; false where nothing can be decoded now.
 *
 * @param follows - Whether it is the packet next to the one before, so that it continues that decoding.
 */
export type Decode = (packet: Packet, follows: boolean) => boolean;

export class DecoderFeed {
  readonly #spares: SparePictures;
  readonly #decode: Decode;
  readonly #mayWait: boolean;
  #lastFed = -1;
  #skipsLeading = false;
  #keyTicks = -Infinity;

  /** @param mayWait - Whether what others are made from may be decoded later than it came. */
  constructor(spares: SparePictures, mayWait: boolean, decode: Decode) {
    this.#spares = spares;
    this.#mayWait = mayWait;
    this.#decode = decode;
  }

  /** Ticks of the latest keyframe that was fed. */
  get keyTicks(): number { return this.#keyTicks; }

  /** Whether `packet` is the one next to what was fed last. */
  continuesWith({ number }: Packet): boolean { return number === this.#lastFed + 1; }

  /** Whether `packet` comes behind all that was fed. */
  isAhead({ number }: Packet): boolean { return number > this.#lastFed; }

  feed(packet: Packet, follows = this.continuesWith(packet)): void {
    if (this.#lastFed < 0 && !packet.key) return;
    const isCut = packet.leading && this.#skipsLeading;
    const needed = isCut ? [] : this.#spares.decodes(packet, follows);
    for (const earlier of needed) if (!this.#decode(earlier, true)) return;
    if (packet.key) this.#skipsLeading = !follows;
    this.#lastFed = packet.number;
    if (isCut) return;
    if (!this.#decode(packet, follows)) this.forget();
    else if (packet.key) this.#keyTicks = packet.ticks;
  }

  /**
   * Of what is followed, nobody needs some pictures. A live decoder is given the others at once: it may hold back what is looked at
   * until it gets more, and in any case would have them all to decode before the next look.
   */
  follow(packet: Packet, follows = this.continuesWith(packet)): void {
    if (follows && this.#spares.leaves(packet, this.#mayWait)) this.#lastFed = packet.number;
    else this.feed(packet, follows);
  }

  /** Follows what of `packets`, a keyframe and all those after it, was not fed. */
  followRest(packets: readonly Packet[]): void {
    const [first, last] = [packets[0], packets.at(-1)];
    if (first === undefined || last === undefined) return;
    const isBegun = this.#lastFed >= first.number - 1 && this.#lastFed <= last.number;
    for (const packet of isBegun ? packets.slice(this.#lastFed + 1 - first.number) : packets) this.follow(packet);
  }

  /** What was fed is lost: nothing continues it. */
  forget(): void { this.#lastFed = -1; }
}
