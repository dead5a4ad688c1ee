/**
 * The NAL units of a picture of H.264 or H.265, as MP4 holds them: each behind its length of four bytes, as ffmpeg
 * writes it.
 */

const LENGTH_BYTES = 4;

export function* nalUnitsOf(picture: Uint8Array): Generator<Uint8Array, void> {
  const view = new DataView(picture.buffer, picture.byteOffset, picture.byteLength);
  for (let at = 0; at + LENGTH_BYTES < picture.byteLength;) {
    const length = view.getUint32(at);
    yield picture.subarray(at + LENGTH_BYTES, at + LENGTH_BYTES + length);
    at += LENGTH_BYTES + length;
  }
}

/** Whether a unit holds a part of a picture, by its first byte (ITU-T H.264, table 7-1, and H.265, table 7-1). */
export const showsPicture = (codec: string): ((nal: Uint8Array) => boolean) =>
  (codec.startsWith('avc') ? ([header = 0]) => (header & 0x1f) <= 5 : ([header = 0]) => (header >> 1 & 0x3f) < 32);

/** Whether it says how pictures are coded and how large they are (sequence parameter set). */
export const setsSequence = (codec: string): ((nal: Uint8Array) => boolean) =>
  (codec.startsWith('avc') ? ([header = 0]) => (header & 0x1f) === 7 : ([header = 0]) => (header >> 1 & 0x3f) === 33);
