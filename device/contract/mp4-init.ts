/** The head of a fragmented MP4: `ftyp` and `moov`, which say how to decode every fragment after it. */
import type { Size } from '../core/geometry.ts';
import { aacCodec } from './aac.ts';
import {
  boxesIn, concat, findBox, findPath, fourCharacters, Mp4Error, neededBox, viewOf, type Mp4Box,
} from './mp4-boxes.ts';

export interface InitSegment {
  /** `ftyp` and `moov`, as they stand at the head of a file and in front of a live stream. */
  readonly data: Uint8Array;
  /** RFC 6381 codec of the video track, for `video/mp4; codecs="…"`: `avc1.64001f`, `hvc1.1.6.L93.B0`. */
  readonly codec: string;
  readonly size: Size;
  readonly video: TrackHead;
  /** Undefined where there is none. */
  readonly sound?: SoundHead | undefined;
}

/** What is needed to read the fragments of a stream. */
export type Tracks = Pick<InitSegment, 'video' | 'sound'>;

export interface SoundHead extends TrackHead {
  /** RFC 6381: `mp4a.40.2` is AAC-LC. */
  readonly codec: string;
}

export interface TrackHead {
  readonly trackId: number;
  /** Ticks per second. */
  readonly timescale: number;
  /** From `trex`: what holds where a fragment is silent. */
  readonly defaultDuration: number;
  readonly defaultBytes: number;
  readonly defaultFlags: number;
}

/** MIME type of a stream with this head, as browsers ask for it: `video/mp4; codecs="avc1.64001f, mp4a.40.2"`. */
export const mimeOf = ({ codec, sound }: Pick<InitSegment, 'codec' | 'sound'>): string =>
  `video/mp4; codecs="${[codec, ...(sound === undefined ? [] : [sound.codec])].join(', ')}"`;

/** Of several tracks of a kind the first counts. @throws {Mp4Error} When there is no video track of H.264 or H.265. */
export function readInit(ftyp: Mp4Box, moov: Mp4Box): InitSegment {
  const trak = trackOf(moov.data, 'vide');
  if (trak === undefined) throw new Mp4Error(0, 'moov has no video track');
  const entry = sampleEntry(trak);
  const video = trackHead(trak, moov.data);
  const sound = soundHead(moov.data);
  return {
    data: concat([ftyp.data, moov.data]),
    codec: codecOf(entry),
    size: { width: viewOf(entry).getUint16(32), height: viewOf(entry).getUint16(34) },
    video,
    ...(sound === undefined ? {} : { sound }),
  };
}

function trackOf(moov: Uint8Array, kind: 'vide' | 'soun'): Uint8Array | undefined {
  for (const box of boxesIn(moov, 8)) {
    if (box.type !== 'trak') continue;
    const handler = findPath(box.data, 'mdia', 'hdlr');
    if (handler !== undefined && fourCharacters(handler, 16) === kind) return box.data;
  }
  return undefined;
}

function soundHead(moov: Uint8Array): SoundHead | undefined {
  const trak = trackOf(moov, 'soun');
  const description = trak && findPath(trak, 'mdia', 'minf', 'stbl', 'stsd');
  const entry = description && [...boxesIn(description, 16)][0];
  if (trak === undefined || entry === undefined) return undefined;
  return {
    ...trackHead(trak, moov), codec: entry.type === 'mp4a' ? aacCodec(findBox(entry.data, 'esds', 36)) : entry.type,
  };
}

function sampleEntry(trak: Uint8Array): Uint8Array {
  const description = findPath(trak, 'mdia', 'minf', 'stbl', 'stsd');
  const first = description && [...boxesIn(description, 16)][0];
  if (first === undefined || first.data.byteLength < 86)
    throw new Mp4Error(0, 'the video track has no sample description');
  return first.data;
}

function trackHead(trak: Uint8Array, moov: Uint8Array): TrackHead {
  const tkhd = neededBox(findBox(trak, 'tkhd', 8), 'tkhd');
  const mdhd = neededBox(findPath(trak, 'mdia', 'mdhd'), 'mdhd');
  const trackId = viewOf(tkhd).getUint32(tkhd[8] === 1 ? 28 : 20);
  const timescale = viewOf(mdhd).getUint32(mdhd[8] === 1 ? 28 : 20);
  if (timescale === 0) throw new Mp4Error(0, 'a track has a timescale of 0');
  const trex = trexOf(moov, trackId);
  return {
    trackId, timescale,
    defaultDuration: trex === undefined ? 0 : viewOf(trex).getUint32(20),
    defaultBytes: trex === undefined ? 0 : viewOf(trex).getUint32(24),
    defaultFlags: trex === undefined ? 0 : viewOf(trex).getUint32(28),
  };
}

function trexOf(moov: Uint8Array, trackId: number): Uint8Array | undefined {
  const mvex = findBox(moov, 'mvex', 8);
  if (mvex === undefined) return undefined;
  for (const box of boxesIn(mvex, 8)) {
    if (box.type === 'trex' && box.data.byteLength >= 32 && viewOf(box.data).getUint32(12) === trackId) return box.data;
  }
  return undefined;
}

/** ISO/IEC 14496-15, 5.4.2.1 (avcC) and annex E (hvcC): the parameters that RFC 6381 wants in the string. */
function codecOf(entry: Uint8Array): string {
  const type = fourCharacters(entry, 4);
  if (type === 'avc1' || type === 'avc3') {
    const config = neededBox(findBox(entry, 'avcC', 86), 'avcC');
    return `${type}.${[9, 10, 11].map((at) => hex(config[at])).join('')}`;
  }
  if (type === 'hvc1' || type === 'hev1')
    return `${type}.${hevcParameters(neededBox(findBox(entry, 'hvcC', 86), 'hvcC'))}`;
  throw new Mp4Error(0, `the video is "${type}"; H.264 or H.265 is needed`);
}

function hevcParameters(config: Uint8Array): string {
  const view = viewOf(config);
  const general = config[9] ?? 0;
  const space = ['', 'A', 'B', 'C'][general >> 6] ?? '';
  const compatibility = reverseBits(view.getUint32(10)).toString(16);
  const constraints = [...config.subarray(14, 20)].map((byte) => byte.toString(16).toUpperCase());
  while (constraints.length > 0 && constraints.at(-1) === '0') constraints.pop();
  const tier = (general & 0x20) === 0 ? 'L' : 'H';
  return [`${space}${general & 0x1f}`, compatibility, `${tier}${config[20] ?? 0}`, ...constraints].join('.');
}

function reverseBits(value: number): number {
  let out = 0;
  for (let bit = 0; bit < 32; bit++) out = (out << 1 | (value >>> bit & 1)) >>> 0;
  return out;
}

const hex = (byte: number | undefined): string => (byte ?? 0).toString(16).padStart(2, '0');
