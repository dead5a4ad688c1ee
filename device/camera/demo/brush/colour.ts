/** Colours: linear light while painting, BT.709 limited-range YUV in the picture. Pure. */

/** Linear light; 0 to 1 for surfaces, more for lights. */
export type Rgb = readonly [red: number, green: number, blue: number];
/** `y` from 0 (black) to 219 (white), without the offset of 16; `u` and `v` around 0. */
export type Yuv = readonly [y: number, u: number, v: number];

const linearOf = (code: number): number => {
  const share = code / 255;
  return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
};

/** An sRGB colour `0xRRGGBB` as linear light. */
export const rgb = (code: number): Rgb =>
  [linearOf((code >> 16) & 0xff), linearOf((code >> 8) & 0xff), linearOf(code & 0xff)];

export const mixed = (a: Rgb, b: Rgb, share: number): Rgb =>
  [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];

export const scaled = (a: Rgb, by: number): Rgb => [a[0] * by, a[1] * by, a[2] * by];

export const times = (a: Rgb, b: Rgb): Rgb => [a[0] * b[0], a[1] * b[1], a[2] * b[2]];

export const plus = (a: Rgb, b: Rgb): Rgb => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];

/** What the camera's sensor and lens make of light: highlights roll off softly, colours fade by `saturation`. */
export function developed([red, green, blue]: Rgb, saturation: number): Yuv {
  const [r, g, b] = [signal(red), signal(green), signal(blue)];
  const y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return [219 * y, (224 * saturation * (b - y)) / 1.8556, (224 * saturation * (r - y)) / 1.5748];
}

/** Linear light to a video signal from 0 to 1; straight up to `knee`, then approaching 1. */
function signal(light: number): number {
  const knee = 0.7;
  const curved = light <= knee ? light : knee + (1 - knee) * (1 - Math.exp((knee - light) / (1 - knee)));
  return Math.max(curved, 0) ** (1 / 2.2);
}
