/** What JPEG, PNG and WebP are made of, as far as it tells how a picture is to be read: its EXIF block, and its end. */

/** The TIFF block of the EXIF data in a picture's file; undefined where there is none, or of another kind. */
export function exifOf(picture: Uint8Array): DataView | undefined {
  const data = new DataView(picture.buffer, picture.byteOffset, picture.byteLength);
  if (data.byteLength < 12) return undefined;
  if (data.getUint16(0) === 0xff_d8) return exifOfJpeg(data);
  if (data.getUint32(0) === 0x89_50_4e_47) return exifOfChunks(data, PNG);
  return data.getUint32(0) === RIFF && data.getUint32(8) === WEBP ? exifOfChunks(data, WEBP_CHUNKS) : undefined;
}

/** Whether `picture` is a WebP of several pictures. */
export function isAnimatedWebp(picture: Uint8Array): boolean {
  const data = new DataView(picture.buffer, picture.byteOffset, picture.byteLength);
  return data.byteLength > 20 && data.getUint32(0) === RIFF && data.getUint32(8) === WEBP
    && data.getUint32(12) === VP8X && (data.getUint8(20) & 2) !== 0;
}

/** Whether what marks a JPEG's end comes after the start of its picture data. */
export function jpegHasEnd(jpeg: Uint8Array): boolean {
  let start = 2;
  for (const { at, length } of segmentsOf(new DataView(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength)))
    start = at + length;
  return Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength).includes(END_OF_JPEG, start);
}

const END_OF_JPEG = Buffer.from([0xff, 0xd9]);
const [RIFF, WEBP, VP8X, EXIF] = [0x52_49_46_46, 0x57_45_42_50, 0x56_50_38_58, 0x45_78_69_66]; // as they are written

interface Segment { readonly kind: number; readonly at: number; readonly length: number }

/** Segments of a JPEG before its picture data: `ff`, kind, length of two bytes. */
function* segmentsOf(data: DataView): Generator<Segment, void> {
  for (let at = 2; at + 4 <= data.byteLength && data.getUint8(at) === 0xff;) {
    const kind = data.getUint8(at + 1);
    const length = data.getUint16(at + 2);
    if (kind === 0xda || length < 2) return; // the picture itself
    yield { kind, at, length: 2 + length };
    at += 2 + length;
  }
}

/** Inside the APP1 segment, after `Exif` and two zeros. */
function exifOfJpeg(data: DataView): DataView | undefined {
  for (const { kind, at, length } of segmentsOf(data)) {
    const end = Math.min(at + length, data.byteLength);
    if (kind === 0xe1 && at + 10 <= end && data.getUint32(at + 4) === EXIF)
      return new DataView(data.buffer, data.byteOffset + at + 10, end - at - 10);
  }
  return undefined;
}

interface Chunks {
  readonly first: number;
  readonly exif: number;
  /** Where in a chunk its name, its length and its data stand, and what is around the data. */
  readonly name: number;
  readonly length: number;
  readonly little: boolean;
  readonly around: number;
  /** Data of an odd length is followed by a zero. */
  readonly padded: boolean;
}
const PNG: Chunks = { first: 8, exif: 0x65_58_49_66, name: 4, length: 0, little: false, around: 12, padded: false };
const WEBP_CHUNKS: Chunks = {
  first: 12, exif: 0x45_58_49_46, name: 0, length: 4, little: true, around: 8, padded: true,
};

function exifOfChunks(data: DataView, chunks: Chunks): DataView | undefined {
  for (let at = chunks.first; at + 8 <= data.byteLength;) {
    const length = data.getUint32(at + chunks.length, chunks.little);
    if (data.getUint32(at + chunks.name) === chunks.exif) {
      const bytes = Math.min(length, data.byteLength - at - 8);
      const tiff = new DataView(data.buffer, data.byteOffset + at + 8, bytes);
      const isPrefixed = bytes >= 6 && tiff.getUint32(0) === EXIF; // as in a JPEG, which some writers copy
      return isPrefixed ? new DataView(tiff.buffer, tiff.byteOffset + 6, bytes - 6) : tiff;
    }
    at += chunks.around + length + (chunks.padded ? length % 2 : 0);
  }
  return undefined;
}
