/** Places in a picture, as fractions of its width and height: origin top left, independent of any resolution. */

/** `[x, y, width, height]`, each from 0 to 1. */
export type Box = readonly [x: number, y: number, width: number, height: number];
/** `[x, y]`, each from 0 to 1. */
export type Point = readonly [x: number, y: number];
/** Corner points in order; the last joins the first. At least three. */
export type Polygon = readonly Point[];

/** Pixels. */
export interface Size { readonly width: number; readonly height: number }

export const boxArea = ([, , width, height]: Box): number => width * height;

/** The smallest box around all of `boxes`; undefined for none. */
export function boundingBox(boxes: readonly Box[]): Box | undefined {
  if (boxes.length === 0) return undefined;
  const left = Math.min(...boxes.map(([x]) => x));
  const top = Math.min(...boxes.map(([, y]) => y));
  const right = Math.max(...boxes.map(([x, , width]) => x + width));
  const bottom = Math.max(...boxes.map(([, y, , height]) => y + height));
  return [left, top, right - left, bottom - top];
}

/** The box's corners `[left, top, right, bottom]` in whole pixels of a picture of `size`, clipped to it. */
export function cornersInPixels([x, y, width, height]: Box, size: Size): readonly [number, number, number, number] {
  const clip = (value: number, limit: number): number => Math.min(Math.max(Math.round(value), 0), limit);
  return [
    clip(x * size.width, size.width), clip(y * size.height, size.height),
    clip((x + width) * size.width, size.width), clip((y + height) * size.height, size.height),
  ];
}

/** Where a thing stands: the middle of its box's lower edge. */
export const footOf = ([x, y, width, height]: Box): Point => [x + width / 2, y + height];

/**
 * Whether `point` lies inside: a ray from it crosses the outline an odd number of times. Corners
 * may come in any order of rotation.
 */
export function isInside(polygon: Polygon, [x, y]: Point): boolean {
  let inside = false;
  polygon.forEach(([x1, y1], index) => {
    const [x0, y0] = polygon.at(index - 1) ?? [x1, y1];
    if ((y0 > y) !== (y1 > y) && x < x0 + ((y - y0) / (y1 - y0)) * (x1 - x0)) inside = !inside;
  });
  return inside;
}

/**
 * How far `point` is to the right of the line through `from` and `to`, seen from `from`; negative on the left. In the
 * points' own unit: distances of a picture that is not square have to be taken in pixels.
 */
export function distanceToRight(from: Point, to: Point, [x, y]: Point): number {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  return (dx * (y - from[1]) - dy * (x - from[0])) / Math.hypot(dx, dy);
}

/** Twice the area of the triangle: how much the way `a`, `b`, `c` changes when `b` is left out. */
export const detour = (a: Point, b: Point, c: Point): number =>
  Math.abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]));
