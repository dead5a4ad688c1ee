/**
 * Video of keyframes alone, each shown for as long as one likes: a stream's own pictures, copied and given other times.
 * It costs no encoding, and decoding it costs as many pictures as there are. Sound is left out.
 */
import { boxesIn, concat, viewOf } from './mp4-boxes.ts';
import type { Fragment } from './mp4-fragment.ts';
import type { InitSegment, TrackHead } from './mp4-init.ts';
import { samplesOf } from './mp4-samples.ts';

/** A copy of the keyframe that `fragment` begins with; undefined where it begins with none, or a broken one. */
export function keyPictureOf({ key, data, tracks: { video } }: Fragment): Uint8Array | undefined {
  const [first] = key ? samplesOf(data, video) : [];
  return first === undefined || first.bytes === 0 || first.data.byteLength !== first.bytes ? undefined
    : first.data.slice();
}

/**
 * The head for key pictures of a stream with this one: its video track, as it is decoded, and nothing that tells of
 * time.
 */
export function keyPicturesHead({ data, video: { trackId } }: InitSegment): Uint8Array {
  return concat([...boxesIn(data)].map((part) =>
    (part.type === 'moov' ? container('moov', moovParts(part.data, trackId)) : part.data)));
}

export interface KeyPictureTimes {
  /** From 1. */
  readonly sequence: number;
  /** In ticks of the track. */
  readonly startTicks: number;
  readonly durationTicks: number;
}

/** A fragment (`moof`, `mdat`) of one picture. */
export function keyPictureFragment(
  picture: Uint8Array, { trackId }: Pick<TrackHead, 'trackId'>,
  { sequence, startTicks, durationTicks }: KeyPictureTimes,
): Uint8Array {
  const moof = container('moof', [
    words('mfhd', 0, [sequence]),
    container('traf', [
      words('tfhd', BASE_IS_MOOF, [trackId]),
      words('tfdt', VERSION_1, [Math.floor(startTicks / 2 ** 32), startTicks % 2 ** 32]),
      words('trun', HAS_OFFSET_DURATION_SIZE_FLAGS, [1, 0, durationTicks, picture.byteLength, SYNC_SAMPLE]),
    ]),
  ]);
  // where the picture begins, from the start of `moof`
  viewOf(moof).setUint32(moof.byteLength - 16, moof.byteLength + 8);
  return concat([moof, box('mdat', picture)]);
}

/**
 * Flags of ISO/IEC 14496-12, 8.8.7 and 8.8.8, with the version above them, and of a sample
 * that depends on no other (8.8.3.1).
 */
const BASE_IS_MOOF = 0x0002_0000;
const VERSION_1 = 0x0100_0000;
const HAS_OFFSET_DURATION_SIZE_FLAGS = 0x0701;
const SYNC_SAMPLE = 0x0200_0000;

function moovParts(moov: Uint8Array, trackId: number): Uint8Array[] {
  let isFirst = true;
  return [...boxesIn(moov, 8)].flatMap(({ type, data }) => {
    if (type === 'mvhd') return [data];
    if (type === 'mvex')
      return [
        container('mvex', [...boxesIn(data, 8)].filter((one) =>
          one.type === 'trex' && viewOf(one.data).getUint32(12) === trackId).map((one) => one.data)),
      ];
    if (type !== 'trak' || !isFirst || trackIdOf(data) !== trackId) return [];
    isFirst = false;
    return [container('trak', [...boxesIn(data, 8)].filter((one) => one.type !== 'edts').map((one) => one.data))];
  });
}

function trackIdOf(trak: Uint8Array): number | undefined {
  for (const { type, data } of boxesIn(trak, 8))
    if (type === 'tkhd') return viewOf(data).getUint32(data[8] === 1 ? 28 : 20);
  return undefined;
}

const container = (type: string, parts: readonly Uint8Array[]): Uint8Array => box(type, concat(parts));

/** A full box: version and flags, then 32-bit fields. */
function words(type: string, versionAndFlags: number, fields: readonly number[]): Uint8Array {
  const content = new Uint8Array(4 + 4 * fields.length);
  [versionAndFlags, ...fields].forEach((field, index) => viewOf(content).setUint32(4 * index, field));
  return box(type, content);
}

function box(type: string, content: Uint8Array): Uint8Array {
  const head = new Uint8Array(8);
  viewOf(head).setUint32(0, 8 + content.byteLength);
  for (let at = 0; at < 4; at++) head[4 + at] = type.charCodeAt(at);
  return concat([head, content]);
}
