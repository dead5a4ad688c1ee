/** The skeleton of a JPEG (ITU-T T.81, annex B): that it is one, all of it, and nothing besides. */

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
/** Baseline, extended and progressive frames: what browsers show. */
const FRAMES = new Set([0xc0, 0xc1, 0xc2]);
/** Other frames: lossless, hierarchical, arithmetic. */
const isOtherFrame = (marker: number): boolean =>
  marker >= 0xc3 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
const isRestart = (marker: number): boolean => marker >= 0xd0 && marker <= 0xd7;

/**
 * What is wrong with `data` as a JPEG; undefined when it is one picture from its first to its last byte. A file that is
 * also something else (a page, an archive) has to put that somewhere: behind the end, or in front.
 */
export function jpegComplaint(data: Uint8Array): string | undefined {
  if (data[0] !== 0xff || data[1] !== SOI || data[2] !== 0xff) return 'it does not begin as a JPEG does';
  let frames = 0;
  let scans = 0;
  for (let at = 2; ;) {
    while (data[at] === 0xff && data[at + 1] === 0xff) at++; // fill bytes
    const marker = data[at + 1];
    if (data[at] !== 0xff || marker === undefined)
      return at >= data.byteLength ? 'it breaks off' : `no marker at byte ${at}`;
    if (marker === EOI) {
      if (frames !== 1 || scans === 0) return 'it holds no picture';
      return at + 2 === data.byteLength ? undefined : `${data.byteLength - at - 2} bytes follow the end of the picture`;
    }
    if (marker === SOI || marker < 0x02 || isRestart(marker) || isOtherFrame(marker))
      return `marker ${marker.toString(16)} has no place at byte ${at}`;
    const length = (data[at + 2] ?? 0) * 256 + (data[at + 3] ?? 0);
    const end = at + 2 + length;
    if (length < 2 || end > data.byteLength) return 'it breaks off';
    if (FRAMES.has(marker)) frames++;
    if (marker === SOS) scans++;
    at = marker === SOS ? endOfScan(data, end) : end;
  }
}

/** Where the next marker stands after the coded pictures that begin at `from`. */
function endOfScan(data: Uint8Array, from: number): number {
  for (let at = data.indexOf(0xff, from); at !== -1; at = data.indexOf(0xff, at + 1)) {
    const next = data[at + 1];
    if (next !== 0x00 && next !== 0xff && next !== undefined && !isRestart(next)) return at;
  }
  return data.byteLength;
}
