import type { ColourFrame } from '../core/frame.ts';

type Sampled = Omit<ColourFrame, 'at'>;

/** The same picture no wider than `widest`, each pixel the mean of those that it stands for; even, and never larger. */
export function shrinkFrame({ width, height, pixels }: Sampled, widest: number): Sampled {
  const small = 2 * Math.floor(Math.min(widest, width) / 2);
  const low = Math.max(2, 2 * Math.round(height * small / width / 2));
  const [area, smallArea] = [width * height, small * low];
  const out = new Uint8Array(smallArea * 3 / 2);
  shrinkPlane(pixels.subarray(0, area), width, out.subarray(0, smallArea), small);
  for (const index of [0, 1]) {
    shrinkPlane(
      pixels.subarray(area + index * area / 4, area + (index + 1) * area / 4), width / 2,
      out.subarray(smallArea + index * smallArea / 4, smallArea + (index + 1) * smallArea / 4), small / 2,
    );
  }
  return { width: small, height: low, pixels: out };
}

function shrinkPlane(from: Uint8Array, width: number, to: Uint8Array, small: number): void {
  const [height, low] = [from.length / width, to.length / small];
  for (let row = 0; row < low; row += 1) {
    const [top, bottom] = span(row, height / low);
    for (let column = 0; column < small; column += 1) {
      const [left, right] = span(column, width / small);
      let sum = 0;
      for (let y = top; y < bottom; y += 1)
        for (let x = left; x < right; x += 1) sum += from[y * width + x] ?? 0;
      to[row * small + column] = Math.round(sum / ((bottom - top) * (right - left)));
    }
  }
}

/** Where the pixels begin that the one at `index` stands for, and where they end. */
const span = (index: number, step: number): readonly [number, number] => {
  const from = Math.floor(index * step);
  return [from, Math.max(from + 1, Math.floor((index + 1) * step))];
};
