/** Whether the samples of a fragment are all there: what a power cut may leave of the last ones is a run of zeros. */
import { viewOf } from '../contract/mp4-boxes.ts';
import type { Fragment } from '../contract/mp4-fragment.ts';
import type { InitSegment } from '../contract/mp4-init.ts';
import { samplesOf } from '../contract/mp4-samples.ts';

/**
 * Follows the length in front of each NAL unit (ISO/IEC 14496-15, 4.3.2) through each picture: they must lead exactly
 * to its end. Cheap, for only the lengths are looked at. A frame of sound is there when it is not all zeros.
 *
 * @param lengthSize - As `nalLengthSize` tells; undefined when there is no telling, and the video is then taken for
 * sound.
 */
export function samplesAddUp({ data, tracks: { video, sound } }: Fragment, lengthSize: number | undefined): boolean {
  if (lengthSize === undefined) return true;
  return samplesOf(data, video)
    .every((sample) => sample.data.byteLength === sample.bytes && addsUp(sample.data, lengthSize))
    && (sound === undefined || samplesOf(data, sound)
    .every((sample) => sample.data.byteLength === sample.bytes && sample.data.some((byte) => byte !== 0)));
}

/** How many bytes of a NAL unit's length stand in front of it; undefined when there is not one track of video. */
export function nalLengthSize(init: InitSegment): number | undefined {
  const head = Buffer.from(init.data.buffer, init.data.byteOffset, init.data.byteLength);
  const [avc, hevc] = [head.indexOf('avcC'), head.indexOf('hvcC')];
  const config = avc === -1 ? head[hevc + 4 + 21] : head[avc + 4 + 4]; // lengthSizeMinusOne, the lowest two bits
  return (avc === -1) === (hevc === -1) || config === undefined ? undefined : (config & 3) + 1;
}

/** Whether the NAL units of one picture lead exactly to its end. */
export function addsUp(media: Uint8Array, lengthSize: number): boolean {
  const view = viewOf(media);
  let at = 0;
  while (at + lengthSize <= media.byteLength) {
    let length = 0;
    for (let i = 0; i < lengthSize; i++) length = length * 256 + view.getUint8(at + i);
    if (length === 0) return false;
    at += lengthSize + length;
  }
  return at === media.byteLength;
}
