/** From video's colours to those that networks know. */
import type { ColourFrame } from '../../core/frame.ts';
import type { MakeRows } from './level.ts';

type VideoPicture = Omit<ColourFrame, 'at'>;

/** @throws {RangeError} When the number of bytes does not fit the size, or a side is odd. */
export function checkVideo({ width, height, pixels }: VideoPicture): void {
  const needed = width * height * 3 / 2;
  if (width > 0 && height > 0 && width % 2 === 0 && height % 2 === 0 && pixels.length === needed) return;
  const expected = `a ${width}x${height} colour frame needs ${needed} bytes and even sides`;
  throw new RangeError(`${expected}, got ${pixels.length}`);
}

/** The same picture in red, green and blue (BT.601; ITU-R BT.601-7, 2.5). Four pixels share a colour, as in video. */
export const wholeRows = (frame: VideoPicture): MakeRows => (pixels, from, to) => {
  const { width, pixels: video } = frame;
  const rgb = clamped(pixels);
  for (let y = from, out = from * width * 3; y < to; y += 1) {
    let chroma = chromaRow(frame, y >> 1);
    for (let luma = y * width, end = luma + width; luma < end; luma += 2, chroma += 1, out += 6) {
      const { red, green, blue } = shiftsOf(frame, chroma);
      const left = LUMA * byte(video, luma);
      const right = LUMA * byte(video, luma + 1);
      rgb[out] = left + red;
      rgb[out + 1] = left + green;
      rgb[out + 2] = left + blue;
      rgb[out + 3] = right + red;
      rgb[out + 4] = right + green;
      rgb[out + 5] = right + blue;
    }
  }
};

/** Its half: each pixel is the mean of the four that share a colour. */
export const halvedRows = (frame: VideoPicture): MakeRows => (pixels, from, to) => {
  const { width, pixels: video } = frame;
  const rgb = clamped(pixels);
  for (let y = from, out = from * (width / 2) * 3; y < to; y += 1) {
    let chroma = chromaRow(frame, y);
    for (let luma = 2 * y * width, end = luma + width; luma < end; luma += 2, chroma += 1, out += 3) {
      const { red, green, blue } = shiftsOf(frame, chroma);
      const light = LUMA / 4
        * (byte(video, luma) + byte(video, luma + 1) + byte(video, luma + width) + byte(video, luma + width + 1));
      rgb[out] = light + red;
      rgb[out + 1] = light + green;
      rgb[out + 2] = light + blue;
    }
  }
};

const LUMA = 1.164;
const BLACK = 16 * LUMA;

/** What the chroma at `place` adds to each colour. */
function shiftsOf(
  { width, height, pixels }: VideoPicture, place: number,
): { readonly red: number; readonly green: number; readonly blue: number } {
  const blueness = byte(pixels, place) - 128;
  const redness = byte(pixels, place + width * height / 4) - 128;
  return {
    red: 1.596 * redness - BLACK,
    green: -0.392 * blueness - 0.813 * redness - BLACK,
    blue: 2.017 * blueness - BLACK,
  };
}

/** Where a row of the first chroma begins. */
const chromaRow = ({ width, height }: VideoPicture, row: number): number => width * height + row * (width / 2);

/** The same memory; what is written there is rounded, and kept within a byte. */
const clamped = ({ buffer, byteOffset, byteLength }: Uint8Array): Uint8ClampedArray =>
  new Uint8ClampedArray(buffer, byteOffset, byteLength);

/** The compiler cannot know that the index is inside. */
const byte = (pixels: Uint8Array, index: number): number => pixels[index] as number;
