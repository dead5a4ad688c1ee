/** Pictures whose sides are multiples of a macroblock's, as H.264 codes them. */
import type { ColourFrame } from '../../core/frame.ts';
import type { Size } from '../../core/geometry.ts';

export interface Plane { readonly pixels: Uint8Array; readonly stride: number }
/** Light, and two colours of half the width and height. */
export type Planes = readonly [Plane, Plane, Plane];

/** Macroblocks in a row and in a column. */
export const macroblocksOf = ({ width, height }: Size): Size =>
  ({ width: Math.ceil(width / 16), height: Math.ceil(height / 16) });

export function emptyPlanes({ width, height }: Size): Planes {
  const plane = (side: number): Plane =>
    ({ pixels: new Uint8Array(width * side * height * side), stride: width * side });
  return [plane(16), plane(8), plane(8)];
}

/** `frame` in planes of whole macroblocks; beyond its edges the last pixels are repeated. */
export function planesOf({ width, height, pixels }: Omit<ColourFrame, 'at'>): Planes {
  const planes = emptyPlanes(macroblocksOf({ width, height }));
  let from = 0;
  for (const [index, { pixels: to, stride }] of planes.entries()) {
    const [wide, high] = index === 0 ? [width, height] : [width / 2, height / 2];
    for (let row = 0; row * stride < to.length; row += 1) {
      const source = from + Math.min(row, high - 1) * wide;
      to.set(pixels.subarray(source, source + wide), row * stride);
      to.fill(pixels[source + wide - 1] as number, row * stride + wide, (row + 1) * stride);
    }
    from += wide * high;
  }
  return planes;
}
