/** What the NAL units of a picture say of it without decoding: H.264 and H.265. */
import { boxesIn, findBox, findPath, Mp4Error } from '../../contract/mp4-boxes.ts';
import type { InitSegment } from '../../contract/mp4-init.ts';

export interface NalFacts {
  /** Pictures of one kind are used alike by the encoder. */
  readonly kind: number;
  /** It is of a type at which decoding may begin. */
  readonly whole: boolean;
  /** Nothing that comes after it is made from what came before it: it begins a closed group of pictures. */
  readonly closed: boolean;
  /** No other picture is made from it. */
  readonly spare: boolean;
}

/** What one NAL unit says, by its first byte; undefined when it holds no picture. */
type ReadNal = (header: number) => NalFacts | undefined;

const NO_PICTURE: NalFacts = { kind: 0, whole: false, closed: false, spare: false };

/** Looks into samples of one stream. */
export class NalReader {
  readonly #read: ReadNal;
  readonly #lengthSize: number;

  /** @throws {Mp4Error} When the codec is neither H.264 nor H.265. */
  constructor(init: InitSegment) {
    const { lengthSize, oneLayer } = layoutOf(init);
    this.#lengthSize = lengthSize;
    this.#read = isH264(init) ? readH264 : readH265(oneLayer);
  }

  /** Of a sample: what its first slice says; it is spare when all of its slices are. */
  read(sample: Uint8Array): NalFacts {
    let first: NalFacts | undefined;
    for (const at of nalUnits(sample, this.#lengthSize)) {
      const facts = this.#read(sample[at] ?? 0);
      first ??= facts;
      if (first?.spare === false) return first;
      if (first !== undefined && facts?.spare === false) return { ...first, spare: false };
    }
    return first ?? NO_PICTURE;
  }
}

/**
 * ITU-T H.264, 7.3.1 and 7.4.1: type 5 is an IDR picture, 1 to 4 any other; no other is made from one whose `nal_ref_idc`
 * is 0. A recovery point that is no IDR picture is not relied upon: decoders hold it back after a gap.
 */
const h264Facts = Array.from({ length: 256 }, (_, header): NalFacts | undefined => {
  const [type, reference] = [header & 0x1f, header >> 5 & 3];
  const idr = type === 5;
  return type >= 1 && type <= 5 ? { kind: reference, whole: idr, closed: idr, spare: reference === 0 && type === 1 } : undefined;
});
const readH264: ReadNal = (header) => h264Facts[header];

/**
 * ITU-T H.265, 7.4.2.2: types below 32 hold pictures, 16 to 23 are those at which decoding may begin, and behind those up to 20
 * nothing is shown that was made from what came before. From those of even type below 16 no other of their temporal layer is made; where there is but one layer, none at all.
 */
const h265Facts = Array.from({ length: 32 }, (_, type): NalFacts => (
  { kind: 4 + type, whole: type >= 16 && type <= 23, closed: type >= 16 && type <= 20, spare: type < 16 && type % 2 === 0 }));
const layeredFacts = h265Facts.map((facts): NalFacts => ({ ...facts, spare: false }));
const readH265 = (oneLayer: boolean): ReadNal => {
  const facts = oneLayer ? h265Facts : layeredFacts;
  return (header) => facts[typeOfH265(header)];
};

/**
 * A sample that says that a sequence ends (ITU-T H.264, 7.3.2.5), and nothing else: ffmpeg's decoder lets go of one picture that
 * it holds back. Undefined for H.265, where it would wait for the next picture all the same.
 */
export function endOfSequence(init: InitSegment): Uint8Array | undefined {
  if (!isH264(init)) return undefined;
  const { lengthSize } = layoutOf(init);
  const sample = new Uint8Array(lengthSize + 1);
  sample.set([1, END_OF_SEQUENCE], lengthSize - 1);
  return sample;
}

const END_OF_SEQUENCE = 10;

/** A keyframe as it is to be given to a decoder that was given something else before than what came before it. */
export type Splice = (sample: Uint8Array) => Uint8Array;

/**
 * A CRA picture of H.265 is counted on from the pictures before it, though these are others now: it and what was decoded before would
 * be shown in a wrong order, at wrong times. Made a BLA picture, which differs in its type alone and is meant for that
 * (ITU-T H.265, 7.4.2.2), it begins anew.
 */
export function spliceOf(init: InitSegment): Splice {
  if (isH264(init)) return (sample) => sample;
  const { lengthSize } = layoutOf(init);
  return (sample) => {
    const spliced = sample.slice();
    for (const at of nalUnits(sample, lengthSize)) {
      if (typeOfH265(sample[at] ?? 0) === CRA) spliced[at] = ((sample[at] ?? 0) & OTHER_BITS) | BLA << 1;
    }
    return spliced;
  };
}

const [CRA, BLA] = [21, 16];
/** Of a NAL unit's first byte, those that are not its type. */
const OTHER_BITS = 0x81;
const typeOfH265 = (header: number): number => header >> 1 & 0x3f;

/** Where the NAL units of a sample begin, behind their lengths. */
function* nalUnits(sample: Uint8Array, lengthSize: number): Generator<number, void> {
  for (let at = 0; at + lengthSize < sample.byteLength;) {
    let length = 0;
    for (let i = 0; i < lengthSize; i++) length = length * 256 + (sample[at + i] ?? 0);
    at += lengthSize;
    yield at;
    at += length;
  }
}

export const isH264 = ({ codec }: InitSegment): boolean => codec.startsWith('avc');

/** ISO/IEC 14496-15: `lengthSizeMinusOne` stands in the head, in `hvcC` behind the number of temporal layers. */
function layoutOf(init: InitSegment): { readonly lengthSize: number; readonly oneLayer: boolean } {
  const packed = (isH264(init) ? codecConfig(init, 'avcC')[12] : codecConfig(init, 'hvcC')[29]) ?? 3;
  return { lengthSize: (packed & 3) + 1, oneLayer: (packed >> 3 & 7) === 1 };
}

/** The box of that name, its head included. @throws {Mp4Error} When there is none. */
export function codecConfig(init: InitSegment, box: 'avcC' | 'hvcC'): Uint8Array {
  for (const top of boxesIn(init.data)) {
    if (top.type !== 'moov') continue;
    for (const { type, data } of boxesIn(top.data, 8)) {
      const description = type === 'trak' ? findPath(data, 'mdia', 'minf', 'stbl', 'stsd') : undefined;
      const [entry] = description === undefined ? [] : [...boxesIn(description, 16)];
      const config = entry && entry.data.byteLength > 86 ? findBox(entry.data, box, 86) : undefined;
      if (config !== undefined) return config;
    }
  }
  throw new Mp4Error(0, `box "${box}" is missing`);
}
