/**
 * Pictures as three planes: full-size brightness and two quarter-size colour planes. Pure.
 *
 * Loops over pixels, here and beside, read with `as number`: their indices stay within the plane by construction, and
 * asking again for each of a million pixels would cost more than painting them.
 */
import type { Size } from '../../../core/geometry.ts';

export interface Planes { readonly y: Uint8Array; readonly u: Uint8Array; readonly v: Uint8Array }

/** Length in bytes of a picture of `size` as yuv420p. */
export const frameBytes = ({ width, height }: Size): number => (width * height * 3) / 2;

/**
 * The three planes within one yuv420p buffer; writing to them writes to `frame`.
 * @throws {RangeError} As `refuseSides`, or when `frame` has another length than `frameBytes(size)` or does not start
 * on a multiple of four bytes.
 */
export function planesOf(frame: Uint8Array, size: Size): Planes {
  refuseSides(size);
  const { width, height } = size;
  const expected = frameBytes(size);
  if (frame.length !== expected || frame.byteOffset % 4 !== 0) {
    const came = `${frame.length} at ${frame.byteOffset}`;
    throw new RangeError(`a ${width}x${height} frame has ${expected} bytes from a multiple of 4 on, got ${came}`);
  }
  const pixels = width * height;
  return {
    y: frame.subarray(0, pixels), u: frame.subarray(pixels, (pixels * 5) / 4), v: frame.subarray((pixels * 5) / 4),
  };
}

/** @throws {RangeError} When the sides are no multiples of 8. */
export function refuseSides({ width, height }: Size): void {
  if (width % 8 !== 0 || height % 8 !== 0 || width < 8 || height < 8) {
    throw new RangeError(`the sides of a picture are multiples of 8, got ${width}x${height}`);
  }
}

export const emptyPlanes = (size: Size): Planes => planesOf(new Uint8Array(frameBytes(size)), size);

/** Copies every plane of `from`. */
export function copyPlanes(from: Planes, out: Planes): void {
  for (const plane of ['y', 'u', 'v'] as const) out[plane].set(from[plane]);
}
