/**
 * A frame as tamper detection sees it: the logarithm of its brightness, at three scales. In the logarithm a light that
 * is dimmed or an exposure that is changed only adds a constant, and differences between neighbours stay what they were.
 */
import type { Size } from '../../core/geometry.ts';

/** One scale of a picture, row-major. */
export interface Plane { readonly width: number; readonly height: number; readonly values: Float32Array }

/** The same picture at full, half and quarter size. */
export type Pyramid = readonly [Plane, Plane, Plane];
export const scales = [0, 1, 2] as const;

/** Added to a grey before the logarithm, so that the noise of black areas does not become contrast. */
const offset = 16;

/** Grey -> hundredths: two greys that differ by one percent (of grey + `offset`) are 1 apart. */
export const hundredths = (grey: number): number => 100 * Math.log((grey + offset) / offset);

const table = Float32Array.from({ length: 256 }, (_, grey) => hundredths(grey));

export function emptyPyramid({ width, height }: Size): Pyramid {
  const plane = (divisor: number): Plane => {
    const [w, h] = [Math.floor(width / divisor), Math.floor(height / divisor)];
    return { width: w, height: h, values: new Float32Array(w * h) };
  };
  return [plane(1), plane(2), plane(4)];
}

/** Overwrites `pyramid`, which must be of the frame's size. */
export function fillPyramid(pyramid: Pyramid, pixels: Uint8Array): void {
  const [full, half, quarter] = pyramid;
  const { values } = full;
  for (let at = 0; at < values.length; at += 1) values[at] = table[pixels[at] ?? 0] ?? 0;
  halve(full, half);
  halve(half, quarter);
}

function halve(from: Plane, to: Plane): void {
  const [source, out, stride] = [from.values, to.values, from.width];
  let at = 0;
  for (let y = 0; y < to.height; y += 1) {
    for (let x = 0, top = 2 * y * stride; x < to.width; x += 1, top += 2, at += 1) {
      const sum = (source[top] ?? 0) + (source[top + 1] ?? 0) + (source[top + stride] ?? 0) + (source[top + stride + 1] ?? 0);
      out[at] = sum / 4;
    }
  }
}
