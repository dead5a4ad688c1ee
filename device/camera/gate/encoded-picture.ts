/** One compressed picture as the gate takes it, out of a live stream or a file, and as a decoder is fed it. */
import type { Fragment } from '../../contract/mp4-fragment.ts';
import { boxesIn, Mp4Error, viewOf } from '../../contract/mp4-boxes.ts';
import { NON_SYNC, readTraf, trafOf } from '../../contract/mp4-runs.ts';

export interface EncodedPicture {
  /** When it is decoded, in ticks of the track. */
  readonly decodeTicks: number;
  /** How much later than that it is shown, in ticks; may be below 0. */
  readonly offset: number;
  /** Ticks. */
  readonly duration: number;
  /** The stream says that decoding may begin here. */
  readonly key: boolean;
  /** NAL units, each behind its length. Kept until it is decoded or forgotten. */
  readonly payload: Uint8Array;
}

/** The one picture of a live stream's fragment; a view into it. @throws {Mp4Error} When it holds none, or more. */
export function pictureIn({ data, key, tracks: { video } }: Fragment): EncodedPicture {
  const [moof, mdat] = [...boxesIn(data)];
  const traf = moof && trafOf(moof.data, video.trackId);
  if (traf === undefined || mdat === undefined) throw new Mp4Error(0, 'a fragment lacks its run or its data');
  const { startTicks, runs } = readTraf(traf, video);
  const [sample, ...more] = runs.flatMap(({ samples }) => samples);
  if (sample === undefined || more.length > 0) throw new Mp4Error(0, `expected a fragment of one picture, got ${sample === undefined ? 0 : 1 + more.length}`);
  return { decodeTicks: startTicks, offset: sample.offset, duration: sample.duration, key, payload: mdat.data.subarray(8) };
}

/** `moof`, and the head of `mdat`. */
const HEAD_BYTES = 112;
/** Of a picture that others are made from and that is made from none, and of any other (ISO/IEC 14496-12, 8.8.3.1). */
const [KEY_FLAGS, OTHER_FLAGS] = [0x0200_0000, 0x0100_0000 | NON_SYNC];

/**
 * What stands before `picture.payload` in a fragment of its own.
 *
 * @param shift - Ticks by which it is told to be later.
 * @param sequence - From 1.
 */
export function fragmentHead(picture: EncodedPicture, trackId: number, shift: number, sequence: number): Uint8Array {
  const head = TEMPLATE.slice();
  const view = viewOf(head);
  const bytes = picture.payload.byteLength;
  const decodeTicks = Math.max(0, picture.decodeTicks + shift);
  view.setUint32(AT.sequence, sequence);
  view.setUint32(AT.trackId, trackId);
  view.setUint32(AT.decodeTicks, Math.floor(decodeTicks / 2 ** 32));
  view.setUint32(AT.decodeTicks + 4, decodeTicks % 2 ** 32);
  view.setUint32(AT.sample, picture.duration);
  view.setUint32(AT.sample + 4, bytes);
  view.setUint32(AT.sample + 8, picture.key ? KEY_FLAGS : OTHER_FLAGS);
  view.setInt32(AT.sample + 12, picture.offset);
  view.setUint32(HEAD_BYTES - 8, bytes + 8);
  return head;
}

/** Where what differs between fragments stands. */
const AT = { sequence: 20, trackId: 44, decodeTicks: 60, sample: 88 } as const;

const TEMPLATE = Uint8Array.from([
  [104, 'moof'],
  [16, 'mfhd', 0, 0],
  [80, 'traf'],
  [16, 'tfhd', 0x0002_0000, 0], // offsets count from moof
  [20, 'tfdt', 0x0100_0000, 0, 0],
  [36, 'trun', 0x0100_0f01, 1, HEAD_BYTES, 0, 0, 0, 0], // one sample: its duration, size, flags and signed offset
  [8, 'mdat'],
].flat().flatMap((field) => typeof field === 'string'
  ? Array.from(field, (letter) => letter.charCodeAt(0))
  : [field >>> 24, field >>> 16 & 0xff, field >>> 8 & 0xff, field & 0xff]));
