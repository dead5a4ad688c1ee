/** How a picture must be turned to be displayed: the orientation of its EXIF block, which not every ffmpeg heeds. */
import { exifOf } from './picture-blocks.ts';

/** EXIF's tag 0x0112: 1 is upright. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** ffmpeg filters that set a picture of each orientation upright. */
export const UPRIGHT: Readonly<Record<Orientation, readonly string[]>> = {
  1: [], 2: ['hflip'], 3: ['hflip', 'vflip'], 4: ['vflip'],
  5: ['transpose=cclock_flip'], 6: ['transpose=clock'], 7: ['transpose=clock_flip'], 8: ['transpose=cclock'],
};

const TAG = 0x0112;

/** The orientation that a JPEG, PNG or WebP asks for; 1 where it does not say, or says nothing that makes sense. */
export function orientationOf(picture: Uint8Array): Orientation {
  const exif = exifOf(picture);
  const value = exif === undefined ? undefined : tagOf(exif);
  return isOrientation(value) ? value : 1;
}

const isOrientation = (value: number | undefined): value is Orientation =>
  value !== undefined && value >= 1 && value <= 8;

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
