/** Privacy masks: what they cover of a picture, and how it is made black. */
import type { PrivacyMask } from '../../contract/places.ts';
import type { Size } from '../../core/geometry.ts';
import { touchedSquares } from '../../core/touched-squares.ts';

/** Of luma and of chroma. */
const BLACK = 16;
const NO_COLOUR = 128;

/** A pixel is covered when a mask touches it at all. */
export class MaskedArea {
  readonly size: Size;
  /** From the first covered pixel of a run to the one behind its last, row after row. */
  readonly #runs: readonly (readonly [from: number, to: number])[];

  constructor(masks: readonly PrivacyMask[], size: Size) {
    this.size = size;
    const covered = new Uint8Array(size.width * size.height);
    const grid = { columns: size.width, rows: size.height };
    for (const { polygon } of masks)
      touchedSquares(polygon, grid).forEach((touched, at) => { if (touched === 1) covered[at] = 1; });
    this.#runs = masks.length === 0 ? [] : runsOf(covered, size.width);
  }

  get empty(): boolean { return this.#runs.length === 0; }

  /** Makes the area black in a gray picture. */
  blacken(pixels: Uint8Array): void { for (const [from, to] of this.#runs) pixels.fill(0, from, to); }

  /** The same in a colour frame: what shares its colour with a covered pixel loses the colour, too. */
  blackenColour(pixels: Uint8Array): void {
    const { width, height } = this.size;
    const [luma, chroma] = [width * height, width * height / 4];
    for (const [from, to] of this.#runs) {
      pixels.fill(BLACK, from, to);
      const row = Math.floor(Math.floor(from / width) / 2) * (width / 2);
      const [first, last] = [row + Math.floor((from % width) / 2), row + Math.floor(((to - 1) % width) / 2)];
      for (const plane of [luma, luma + chroma]) pixels.fill(NO_COLOUR, plane + first, plane + last + 1);
    }
  }

  /** A picture of the area as ffmpeg lays it over another: a PAM file (netpbm), black and opaque where covered. */
  overlay(): Uint8Array {
    const { width, height } = this.size;
    const head =
      new TextEncoder().encode(`P7\nWIDTH ${width}\nHEIGHT ${height}\nDEPTH 2\nMAXVAL 255\nTUPLTYPE GRAYSCALE_ALPHA\nENDHDR\n`);
    const file = new Uint8Array(head.byteLength + width * height * 2);
    file.set(head);
    for (const [from, to] of this.#runs) for (let at = from; at < to; at++) file[head.byteLength + at * 2 + 1] = 255;
    return file;
  }
}

/**
 * What is to be said of masks where the camera's own video, of `codec`, is kept as it comes: a sentence for people that
 * begins with the setting, as `Feed.unmet`; nothing where there are none.
 */
export const unmaskedVideo = (masks: readonly PrivacyMask[], codec: string): readonly string[] =>
  (masks.length === 0 ? [] : [
    `privacy_masks: not in this camera's video, which is kept as it comes (${codec === 'h264' ? 'H.264' : 'H.265'}): `
      + 'live view and recordings show what they cover, only pictures do not; mask it in the camera too',
  ]);

function runsOf(covered: Uint8Array, width: number): readonly (readonly [number, number])[] {
  const runs: (readonly [number, number])[] = [];
  for (let at = 0; at < covered.length; at++) {
    if (covered[at] === 0) continue;
    const from = at;
    const rowEnd = at - at % width + width;
    while (at < rowEnd && covered[at] === 1) at++;
    runs.push([from, at]);
    at--;
  }
  return runs;
}
