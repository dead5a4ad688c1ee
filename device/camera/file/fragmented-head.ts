/** The head of a stream of fragments, made from that of an ordinary MP4. Pure. */
import { concat, findBox, findPath, Mp4Error, viewOf, type Mp4Box } from '../../contract/mp4-boxes.ts';
import { readInit, type InitSegment } from '../../contract/mp4-init.ts';

/** Of one `track` of `moov`. @throws {Mp4Error} When it is not H.264 or H.265. */
export function fragmentedHead(ftyp: Mp4Box, moov: Uint8Array, track: Uint8Array): InitSegment {
  const inTrack = (...path: readonly string[]): Uint8Array => {
    const found = findPath(track, ...path);
    if (found === undefined) throw new Mp4Error(0, `box "${path.join('/')}" is missing`);
    return found;
  };
  const header = findBox(moov, 'mvhd', 8);
  if (header === undefined) throw new Mp4Error(0, 'box "mvhd" is missing');
  const tkhd = inTrack('tkhd');
  const trackId = viewOf(tkhd).getUint32(tkhd[8] === 1 ? 28 : 20);
  const head = box('moov', header,
    box('trak', tkhd,
      box('mdia', inTrack('mdia', 'mdhd'), inTrack('mdia', 'hdlr'),
        box('minf', inTrack('mdia', 'minf', 'vmhd'), inTrack('mdia', 'minf', 'dinf'),
          box('stbl', inTrack('mdia', 'minf', 'stbl', 'stsd'), box(
            'stts', words(0, 0),
          ), box('stsc', words(0, 0)), box('stsz', words(0, 0, 0)), box('stco', words(0, 0)))))),
    box('mvex', box('trex', words(0, trackId, 1, 0, 0, 0))));
  return readInit(ftyp, { type: 'moov', data: head });
}

function box(type: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const data = concat([words(0, 0), ...parts]);
  viewOf(data).setUint32(0, data.byteLength);
  for (let index = 0; index < 4; index++) data[4 + index] = type.charCodeAt(index);
  return data;
}

function words(...values: readonly number[]): Uint8Array {
  const data = new Uint8Array(values.length * 4);
  values.forEach((value, index) => viewOf(data).setUint32(index * 4, value));
  return data;
}
