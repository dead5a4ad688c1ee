/** From video's colours to those that networks know. */
import type { ColourFrame } from '../../core/frame.ts';
import type { Picture } from './picture.ts';

/**
 * The same picture in red, green and blue (BT.601; ITU-R BT.601-7, 2.5). Four pixels share a colour, as in video.
 * @throws {RangeError} When the number of bytes does not fit the size.
 */
export function rgbPictureOf({ width, height, pixels }: Omit<ColourFrame, 'at'>): Picture {
  const [luma, chroma] = [width * height, width * height / 4];
  if (width % 2 !== 0 || height % 2 !== 0 || pixels.length !== luma + 2 * chroma)
    throw new RangeError(
      `a ${width}x${height} colour frame needs ${luma + 2 * chroma} bytes and even sides, got ${pixels.length}`,
    );
  const rgb = new Uint8ClampedArray(luma * 3);
  for (let y = 0, to = 0; y < height; y += 1) {
    const row = luma + (y >> 1) * (width / 2);
    for (let x = 0; x < width; x += 1, to += 3) {
      const light = 1.164 * ((pixels[y * width + x] ?? 0) - 16);
      const blueness = (pixels[row + (x >> 1)] ?? 0) - 128;
      const redness = (pixels[row + chroma + (x >> 1)] ?? 0) - 128;
      rgb[to] = light + 1.596 * redness;
      rgb[to + 1] = light - 0.392 * blueness - 0.813 * redness;
      rgb[to + 2] = light + 2.017 * blueness;
    }
  }
  return { width, height, pixels: new Uint8Array(rgb.buffer) };
}
