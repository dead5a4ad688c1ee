/**
 * A frame as tamper detection sees it: the logarithm of its brightness, at three scales. In the logarithm a light that
 * is dimmed or an exposure that is changed only adds a constant, and differences between neighbours stay what they
 * were.
 */
import type { Pyramid, TamperKernel } from './tamper-kernel.ts';

/** Added to a grey before the logarithm, so that the noise of black areas does not become contrast. */
const offset = 16;

/** Grey -> hundredths: two greys that differ by one percent (of grey + `offset`) are 1 apart. */
export const hundredths = (grey: number): number => 100 * Math.log((grey + offset) / offset);

const table = Float32Array.from({ length: 256 }, (_, grey) => hundredths(grey));

/** Overwrites `pyramid`, which must be of the frame's size. */
export const fillPyramid = (kernel: TamperKernel, pyramid: Pyramid, pixels: Uint8Array): void =>
  kernel.fill(pyramid, pixels, table);
