/** Whether the samples of a fragment are all there: what a power cut may leave of the last ones is a run of zeros. */
import { boxesIn, viewOf } from '../contract/mp4-boxes.ts';
import type { Fragment } from '../contract/mp4-fragment.ts';
import type { InitSegment } from '../contract/mp4-init.ts';

/**
 * Follows the length in front of each NAL unit (ISO/IEC 14496-15, 4.3.2) through the media data: they must lead exactly to its
 * end. Cheap, for only the lengths are looked at.
 *
 * @param lengthSize - As `nalLengthSize` tells; undefined when the data holds more than video, which is then taken for sound.
 */
export function samplesAddUp(fragment: Fragment, lengthSize: number | undefined): boolean {
  if (lengthSize === undefined) return true;
  for (const box of boxesIn(fragment.data)) {
    if (box.type === 'mdat' && !addsUp(box.data.subarray(8), lengthSize)) return false;
  }
  return true;
}

/** How many bytes of a NAL unit's length stand in front of it; undefined when there is not exactly one track. */
export function nalLengthSize(init: InitSegment): number | undefined {
  const head = Buffer.from(init.data.buffer, init.data.byteOffset, init.data.byteLength);
  const firstTrack = head.indexOf('trak');
  if (firstTrack === -1 || head.indexOf('trak', firstTrack + 4) !== -1) return undefined;
  const [avc, hevc] = [head.indexOf('avcC'), head.indexOf('hvcC')];
  const config = avc === -1 ? head[hevc + 4 + 21] : head[avc + 4 + 4]; // lengthSizeMinusOne, the lowest two bits
  return avc === -1 && hevc === -1 || config === undefined ? undefined : (config & 3) + 1;
}

function addsUp(media: Uint8Array, lengthSize: number): boolean {
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
