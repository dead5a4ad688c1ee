/**
 * A frame as tamper detection sees it: the logarithm of its brightness, at three scales. In the logarithm a light that
 * is dimmed or an exposure that is changed only adds a constant, and differences between neighbours stay what they
 * were.
 */
import type { Size } from '../../core/geometry.ts';
import type { Plane, TamperKernel } from './tamper-kernel.ts';

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
export const fillPyramid = (kernel: TamperKernel, pyramid: Pyramid, pixels: Uint8Array): void =>
  kernel.fill(pyramid, pixels, table);
