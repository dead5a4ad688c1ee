/** A place in a picture as networks tell it: in pixels, and perhaps beyond the edges. */
import type { Box, Size } from '../../core/geometry.ts';

export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export const areaOf = ({ width, height }: Rectangle): number => width * height;

export function sharedArea(a: Rectangle, b: Rectangle): number {
  const width = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left);
  const height = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top);
  return Math.max(0, width) * Math.max(0, height);
}

/** The area that both cover, as a share of the area that they cover together (intersection over union). */
export function sharedOfUnion(a: Rectangle, b: Rectangle): number {
  const shared = sharedArea(a, b);
  return shared / (areaOf(a) + areaOf(b) - shared);
}

/** As fractions of a picture of `size`, cut off at its edges. */
export function boxOf({ left, top, width, height }: Rectangle, size: Size): Box {
  const clip = (value: number): number => Math.min(Math.max(value, 0), 1);
  const [x, y] = [clip(left / size.width), clip(top / size.height)];
  return [x, y, clip((left + width) / size.width) - x, clip((top + height) / size.height) - y];
}

/** The place of fractions `box` in a picture of `size`. */
export const rectangleOf = ([x, y, width, height]: Box, size: Size): Rectangle =>
  ({ left: x * size.width, top: y * size.height, width: width * size.width, height: height * size.height });
