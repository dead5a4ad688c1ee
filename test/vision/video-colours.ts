/** A picture's colours as video has them (BT.601, 4:2:0): what a camera would have sent of it. */
import type { Size } from '../../device/core/geometry.ts';

export interface Coloured extends Size { readonly pixels: Uint8Array }

/** @param picture - 8-bit red, green, blue. A last odd row or column is left out. */
export function asVideo(picture: Coloured): Coloured {
  const [width, height] = [picture.width & ~1, picture.height & ~1];
  const pixels = new Uint8Array(width * height * 3 / 2);
  const at = (x: number, y: number): readonly [number, number, number] => {
    const from = (y * picture.width + x) * 3;
    return [picture.pixels[from] ?? 0, picture.pixels[from + 1] ?? 0, picture.pixels[from + 2] ?? 0];
  };
  let to = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [r, g, b] = at(x, y);
      pixels[to++] = Math.round(16 + 0.257 * r + 0.504 * g + 0.098 * b);
    }
  }
  const chroma = (red: number, green: number, blue: number): void => {
    for (let y = 0; y < height; y += 2) {
      for (let x = 0; x < width; x += 2) {
        const four = [at(x, y), at(x + 1, y), at(x, y + 1), at(x + 1, y + 1)];
        const sum = four.reduce((all, [r, g, b]) => all + red * r + green * g + blue * b, 0);
        pixels[to++] = Math.round(128 + sum / 4);
      }
    }
  };
  chroma(-0.148, -0.291, 0.439);
  chroma(0.439, -0.368, -0.071);
  return { width, height, pixels };
}
