/** One compressed picture as it came from the camera, and what can be told of it without decoding. */
import type { Fragment } from '../../contract/mp4-fragment.ts';
import { boxesIn, findBox, findPath, Mp4Error, viewOf } from '../../contract/mp4-boxes.ts';
import type { InitSegment } from '../../contract/mp4-init.ts';
import { millis, type Millis } from '../../core/units.ts';

export interface Packet {
  /** Its place in the order of decoding, from 0 on. */
  readonly number: number;
  /** `moof` and `mdat` of this picture alone. */
  readonly fragment: Fragment;
  /** When it is to be shown, in ticks of the track. */
  readonly ticks: number;
  /** The same in stream time: from the stream's first picture on. */
  readonly at: Millis;
  readonly bytes: number;
  /** The stream says that decoding may begin here. */
  readonly key: boolean;
  /** A `key` that shows its picture by itself, after whatever gap. False where pictures are refreshed bit by bit over many. */
  readonly whole: boolean;
  /** Shown before the keyframe that it came after: it cannot be decoded without what came before that. */
  readonly leading: boolean;
  /** Which pictures its size may be compared with: those that the encoder treats alike. */
  readonly kind: number;
}

/** So many packets after a keyframe mend what its coarser picture left: they are larger than those behind them. */
const SETTLING = 4;
/** H.264 and H.265 allow no more. */
const MOST_REORDERED = 16;

/** Reads packets of one stream: fragments of one picture each, in the order in which they are decoded. */
export class PacketReader {
  readonly #timescale: number;
  readonly #nals: NalReader;
  #number = 0;
  #first: number | undefined;
  #newestKey = -Infinity;
  /** Ticks of the latest packets. */
  readonly #latest: number[] = [];
  #depth = 0;
  /** How many packets came since the last keyframe. */
  #place = 0;

  /** @throws {Mp4Error} When the codec is neither H.264 nor H.265. */
  constructor(init: InitSegment) {
    this.#timescale = init.video.timescale;
    this.#nals = init.codec.startsWith('avc') ? new NalReader(readH264, nalLengthSize(init, 'avcC', 12)) : new NalReader(readH265, nalLengthSize(init, 'hvcC', 29));
  }

  /** @throws {Mp4Error} When `fragment` is not of one picture. */
  read(fragment: Fragment): Packet {
    const { offset, payload } = singleSample(fragment.data);
    const ticks = fragment.startTicks + offset;
    this.#first ??= ticks;
    const facts = this.#nals.read(payload);
    const overtaken = this.#latest.filter((other) => other > ticks).length;
    this.#depth = Math.max(this.#depth, overtaken);
    this.#latest.push(ticks);
    if (this.#latest.length > MOST_REORDERED) this.#latest.shift();
    if (fragment.key) {
      this.#newestKey = ticks;
      this.#place = 0;
    } else this.#place++;
    return {
      number: this.#number++, fragment, ticks, leading: ticks < this.#newestKey, bytes: payload.byteLength, key: fragment.key, whole: fragment.key && facts.whole,
      at: this.timeOf(ticks),
      kind: facts.kind * 4 + (overtaken > 0 ? 1 : 0) + (this.#place <= SETTLING ? 2 : 0),
    };
  }

  /** So many pictures at most were seen to come before one that is shown before them: a decoder holds as many back. */
  get depth(): number { return this.#depth; }

  /** Ticks of the stream's first picture: its time 0. */
  get origin(): number { return this.#first ?? 0; }

  timeOf(ticks: number): Millis { return millis((ticks - this.origin) * 1000 / this.#timescale); }
}

interface NalFacts { readonly kind: number; readonly whole: boolean }
/** What one NAL unit says; undefined when it holds no picture. */
type ReadNal = (nal: Uint8Array) => NalFacts | undefined;

/** Looks into the NAL units of a sample up to its first slice. */
class NalReader {
  readonly #read: ReadNal;
  readonly #lengthSize: number;
  constructor(read: ReadNal, lengthSize: number) {
    this.#read = read;
    this.#lengthSize = lengthSize;
  }

  read(sample: Uint8Array): NalFacts {
    for (let at = 0; at + this.#lengthSize < sample.byteLength;) {
      let length = 0;
      for (let i = 0; i < this.#lengthSize; i++) length = length * 256 + (sample[at + i] ?? 0);
      at += this.#lengthSize;
      const facts = this.#read(sample.subarray(at, at + length));
      if (facts !== undefined) return facts;
      at += length;
    }
    return { kind: 0, whole: false };
  }
}

/**
 * ITU-T H.264, 7.3.1 and 7.4.1: type 5 is an IDR picture, 1 to 4 any other. A recovery point that is no IDR picture is not
 * relied upon: decoders hold it back after a gap.
 */
const readH264: ReadNal = ([header = 0]) => {
  const type = header & 0x1f;
  return type >= 1 && type <= 5 ? { kind: header >> 5 & 3, whole: type === 5 } : undefined;
};

/** ITU-T H.265, 7.4.2.2: types below 32 hold pictures, 16 to 23 are those at which decoding may begin. */
const readH265: ReadNal = ([header = 0]) => {
  const type = header >> 1 & 0x3f;
  return type < 32 ? { kind: 4 + type, whole: type >= 16 && type <= 23 } : undefined;
};

/** ISO/IEC 14496-15: `lengthSizeMinusOne` stands `offset` bytes into the box. */
function nalLengthSize(init: InitSegment, box: 'avcC' | 'hvcC', offset: number): number {
  for (const top of boxesIn(init.data)) {
    if (top.type !== 'moov') continue;
    for (const { type, data } of boxesIn(top.data, 8)) {
      const description = type === 'trak' ? findPath(data, 'mdia', 'minf', 'stbl', 'stsd') : undefined;
      const [entry] = description === undefined ? [] : [...boxesIn(description, 16)];
      const config = entry && entry.data.byteLength > 86 ? findBox(entry.data, box, 86) : undefined;
      if (config !== undefined) return ((config[offset] ?? 3) & 3) + 1;
    }
  }
  throw new Mp4Error(0, `box "${box}" is missing`);
}

interface Sample { /** Of its time of showing against that of decoding, in ticks. */ readonly offset: number; readonly payload: Uint8Array }

function singleSample(data: Uint8Array): Sample {
  const [moof, mdat] = [...boxesIn(data)];
  const traf = moof && findBox(moof.data, 'traf', 8);
  const trun = traf && findBox(traf, 'trun', 8);
  if (trun === undefined || mdat === undefined) throw new Mp4Error(0, 'a fragment lacks its run or its data');
  const view = viewOf(trun);
  const present = view.getUint32(8) & 0xff_ffff;
  if (view.getUint32(12) !== 1) throw new Mp4Error(0, `expected a fragment of one picture, got ${view.getUint32(12)}`);
  const before = [0x1, 0x4, 0x100, 0x200, 0x400].filter((flag) => (present & flag) !== 0).length * 4;
  // Version 1 has signed offsets (ISO/IEC 14496-12, 8.8.8); before it, encoders wrote them all the same.
  return { offset: (present & 0x800) === 0 ? 0 : view.getInt32(16 + before), payload: mdat.data.subarray(8) };
}
