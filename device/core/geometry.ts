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
