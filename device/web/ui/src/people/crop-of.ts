import type { Box, Size } from '../../../../core/geometry.ts';

/** What is shown, in sides of the face: a face alone is hard to recognise. */
const AROUND = 1.8;

/**
 * How a picture must lie behind a square window that is to show the face in `box` and what is around it.
 * @param box - Fractions of the picture.
 * @returns Sizes and places in percent of the window; the picture is not stretched, and covers the window.
 */
export function cropOf([x, y, width, height]: Box, picture: Size) {
  const wanted = AROUND * Math.max(width * picture.width, height * picture.height);
  const side = Math.min(wanted, picture.width, picture.height);
  const from = (middle: number, most: number): number => Math.max(0, Math.min(middle - side / 2, most - side));
  const left = from((x + width / 2) * picture.width, picture.width);
  const top = from((y + height / 2) * picture.height, picture.height);
  const percent = (pixels: number): string => `${100 * pixels / side}%`;
  return {
    width: percent(picture.width), height: percent(picture.height), left: percent(-left), top: percent(-top),
  };
}
