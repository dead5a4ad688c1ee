/** How a JPEG must be turned to be displayed: the orientation of its EXIF block, which not every ffmpeg heeds. */

/** EXIF's tag 0x0112: 1 is upright. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** ffmpeg filters that set a picture of each orientation upright. */
export const UPRIGHT: Readonly<Record<Orientation, readonly string[]>> = {
  1: [], 2: ['hflip'], 3: ['hflip', 'vflip'], 4: ['vflip'],
  5: ['transpose=cclock_flip'], 6: ['transpose=clock'], 7: ['transpose=clock_flip'], 8: ['transpose=cclock'],
};

const TAG = 0x0112;

/** The orientation that `jpeg` asks for; 1 where it does not say, or says nothing that makes sense. */
export function jpegOrientation(jpeg: Uint8Array): Orientation {
  const exif = exifOf(new DataView(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength));
  const value = exif === undefined ? undefined : tagOf(exif);
  return isOrientation(value) ? value : 1;
}

const isOrientation = (value: number | undefined): value is Orientation =>
  value !== undefined && value >= 1 && value <= 8;

/** The TIFF block inside the APP1 segment; segments before the picture data are `ff`, kind, length of two bytes. */
function exifOf(data: DataView): DataView | undefined {
  for (let at = 2; at + 10 <= data.byteLength && data.getUint8(at) === 0xff;) {
    const kind = data.getUint8(at + 1);
    const length = data.getUint16(at + 2);
    if (kind === 0xda || length < 2) return undefined; // the picture itself
    const isExif = kind === 0xe1 && length >= 8 && data.getUint32(at + 4) === 0x45786966; // "Exif"
    const end = Math.min(at + 2 + length, data.byteLength);
    if (isExif && at + 10 <= end) return new DataView(data.buffer, data.byteOffset + at + 10, end - at - 10);
    at += 2 + length;
  }
  return undefined;
}

/** The tag's number in the first directory: byte order, 42, place of the directory; entries of 12 bytes. */
function tagOf(tiff: DataView): number | undefined {
  if (tiff.byteLength < 8) return undefined;
  const little = tiff.getUint16(0) === 0x4949;
  const directory = tiff.getUint32(4, little);
  if (directory + 2 > tiff.byteLength) return undefined;
  const entries = tiff.getUint16(directory, little);
  for (let index = 0; index < entries; index += 1) {
    const at = directory + 2 + index * 12;
    if (at + 12 > tiff.byteLength) return undefined;
    if (tiff.getUint16(at, little) === TAG) return tiff.getUint16(at + 8, little);
  }
  return undefined;
}
