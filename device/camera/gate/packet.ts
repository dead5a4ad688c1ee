/** One compressed picture as it came from the camera, and what can be told of it without decoding. */
import type { InitSegment } from '../../contract/mp4-init.ts';
import { millis, type Millis } from '../../core/units.ts';
import type { EncodedPicture } from './encoded-picture.ts';
import { NalReader } from './nal-units.ts';

export interface Packet {
  /** Its place in the order of decoding, from 0 on. */
  readonly number: number;
  readonly picture: EncodedPicture;
  /** When it is to be shown, in ticks of the track. */
  readonly ticks: number;
  /** The same in stream time: from the stream's first picture on. */
  readonly at: Millis;
  readonly bytes: number;
  /** The stream says that decoding may begin here. */
  readonly key: boolean;
  /** A `key` that shows its picture by itself, after whatever gap. False where pictures are refreshed bit by bit over many. */
  readonly whole: boolean;
  /** A `key` that begins a closed group of pictures: nothing that comes after it is made from what came before it. */
  readonly closed: boolean;
  /** Shown before the keyframe that it came after: it cannot be decoded without what came before that. */
  readonly leading: boolean;
  /** No other picture is made from it. */
  readonly spare: boolean;
  /** Which pictures its size may be compared with: those that the encoder treats alike. */
  readonly kind: number;
  /** How many packets came since the last keyframe, this one included; 0 for a keyframe. */
  readonly place: number;
}

/** So many packets after a keyframe mend what its coarser picture left: they are larger than those behind them. */
const SETTLING = 4;
/** H.264 and H.265 allow no more. */
const MOST_REORDERED = 16;

/** Reads packets of one stream, in the order in which they are decoded. */
export class PacketReader {
  readonly #timescale: number;
  readonly #nals: NalReader;
  #number = 0;
  #first: number | undefined;
  #newestKey = -Infinity;
  /** Ticks of the latest packets. */
  readonly #latest = new Float64Array(MOST_REORDERED).fill(-Infinity);
  #depth: number;
  /** How many packets came since the last keyframe. */
  #place = 0;

  /**
   * @param depth - How far pictures are out of order at least, as the head says it.
   * @throws {Mp4Error} When the codec is neither H.264 nor H.265.
   */
  constructor(init: InitSegment, depth = 0) {
    this.#depth = depth;
    this.#timescale = init.video.timescale;
    this.#nals = new NalReader(init);
  }

  read(picture: EncodedPicture): Packet {
    const { key, payload } = picture;
    const ticks = picture.decodeTicks + picture.offset;
    this.#first ??= ticks;
    const facts = this.#nals.read(payload);
    const overtaken = this.#overtakes(ticks);
    this.#depth = Math.max(this.#depth, overtaken);
    if (key) {
      this.#newestKey = ticks;
      this.#place = 0;
    } else this.#place++;
    return {
      number: this.#number++, picture, ticks, at: this.timeOf(ticks), bytes: payload.byteLength, key, whole: key && facts.whole,
      closed: key && facts.closed,
      leading: ticks < this.#newestKey, spare: facts.spare,
      place: this.#place,
      kind: facts.kind * 4 + (overtaken > 0 ? 1 : 0) + (this.#place <= SETTLING ? 2 : 0),
    };
  }

  /** How many of the latest are shown after `ticks`, which joins them. */
  #overtakes(ticks: number): number {
    let overtaken = 0;
    for (let i = 0; i < MOST_REORDERED; i++) if ((this.#latest[i] ?? ticks) > ticks) overtaken++;
    this.#latest[this.#number % MOST_REORDERED] = ticks;
    return overtaken;
  }

  /** So many pictures at most come before one that is shown before them: a decoder holds as many back. */
  get depth(): number { return this.#depth; }

  /** Ticks of the stream's first picture: its time 0. */
  get origin(): number { return this.#first ?? 0; }

  timeOf(ticks: number): Millis { return this.milliseconds(ticks - this.origin); }

  /** What lasts so many ticks. */
  milliseconds(ticks: number): Millis { return millis(ticks * 1000 / this.#timescale); }
}
