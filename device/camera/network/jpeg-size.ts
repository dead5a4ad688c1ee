import type { Size } from '../../core/geometry.ts';

const MARKER = 0xff;
/** Start of image, and markers that no length follows (ITU-T T.81, table B.1). */
const LONELY = (code: number): boolean => code === 0x01 || (code >= 0xd0 && code <= 0xd8);
/** Start of a frame: 0xC0 to 0xCF, but for tables (C4, CC) and an extension (C8). */
const STARTS_FRAME = (code: number): boolean =>
  code >= 0xc0 && code <= 0xcf && code !== 0xc4 && code !== 0xc8 && code !== 0xcc;

/** The size that a JPEG says it has; undefined when it is none. */
export function jpegSize(bytes: Uint8Array): Size | undefined {
  if (bytes[0] !== MARKER || bytes[1] !== 0xd8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 9 < bytes.byteLength;) {
    const code = bytes[at + 1] ?? 0;
    if (bytes[at] !== MARKER) return undefined;
    if (code === MARKER) { at++; continue; }
    if (LONELY(code)) { at += 2; continue; }
    if (STARTS_FRAME(code)) {
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      return width > 0 && height > 0 ? { width, height } : undefined;
    }
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}
