/** H.264's transform of blocks of 4x4, and the one quantiser that films are made with (ITU-T H.264, 8.5). */

/** Forty decibels of a garden, where the picture is as small as a preview's: nothing of it looks coded. */
export const QUANTISER = 24;

const SHIFT = 15 + Math.floor(QUANTISER / 6);
/** Of `QUANTISER`, by place in a block: to a level, and back. */
const TO_LEVEL = [
  13_107, 8066, 13_107, 8066, 8066, 5243, 8066, 5243, 13_107, 8066, 13_107, 8066, 8066, 5243, 8066, 5243,
];
const FROM_LEVEL = [10, 13, 10, 13, 13, 16, 13, 16, 10, 13, 10, 13, 13, 16, 13, 16].map((step) =>
  step << Math.floor(QUANTISER / 6));
/** Where in a block the coefficients lie, in the order in which they are written (6.4.8, frame). */
const ZIGZAG = [0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15] as const;

/** How a value between two levels is rounded: what was predicted from the picture before is rather left as it was. */
export type Rounding = 'intra' | 'inter';

/** Of 4x4 differences, in place. */
export function transform(block: Int32Array): void {
  for (let row = 0; row < 16; row += 4) forward(block, row, 1);
  for (let column = 0; column < 4; column += 1) forward(block, column, 4);
}

function forward(block: Int32Array, at: number, step: number): void {
  const a = block[at] as number;
  const b = block[at + step] as number;
  const c = block[at + 2 * step] as number;
  const d = block[at + 3 * step] as number;
  block[at] = a + b + c + d;
  block[at + step] = 2 * a + b - c - 2 * d;
  block[at + 2 * step] = a - b - c + d;
  block[at + 3 * step] = a - 2 * b + 2 * c - d;
}

/**
 * Levels of a transformed block, in the order in which they are written.
 * @param first - 1 where the mean is coded elsewhere.
 */
export function quantise(block: Int32Array, levels: Int32Array, to: number, first: 0 | 1, rounding: Rounding): boolean {
  const half = Math.floor(2 ** SHIFT / (rounding === 'intra' ? 3 : 6));
  let some = false;
  for (let index = first; index < 16; index += 1) {
    const place = ZIGZAG[index] as number;
    const value = block[place] as number;
    const size = (Math.abs(value) * (TO_LEVEL[place] as number) + half) >> SHIFT;
    levels[to + index] = value < 0 ? -size : size;
    if (size > 0) some = true;
  }
  return some;
}

/** Turns levels into a block that `restore` takes; leaves the mean alone where it is coded elsewhere. */
export function scale(levels: Int32Array, from: number, block: Int32Array, first: 0 | 1): void {
  for (let index = first; index < 16; index += 1) {
    const place = ZIGZAG[index] as number;
    block[place] = (levels[from + index] as number) * (FROM_LEVEL[place] as number);
  }
}

/** From scaled coefficients to differences, in place. */
export function restore(block: Int32Array): void {
  for (let row = 0; row < 16; row += 4) backward(block, row, 1);
  for (let column = 0; column < 4; column += 1) backward(block, column, 4);
  for (let at = 0; at < 16; at += 1) block[at] = ((block[at] as number) + 32) >> 6;
}

function backward(block: Int32Array, at: number, step: number): void {
  const a = block[at] as number;
  const b = block[at + step] as number;
  const c = block[at + 2 * step] as number;
  const d = block[at + 3 * step] as number;
  const even = a + c;
  const odd = a - c;
  const low = (b >> 1) - d;
  const high = b + (d >> 1);
  block[at] = even + high;
  block[at + step] = odd + low;
  block[at + 2 * step] = odd - low;
  block[at + 3 * step] = even - high;
}

/**
 * The means of the sixteen blocks of a macroblock that is predicted as a whole: levels in the order in which they are
 * written; `means`, in the order of rows, become what a decoder makes of them.
 */
export function codeMeans(means: Int32Array, levels: Int32Array): boolean {
  hadamard(means);
  let some = false;
  for (let index = 0; index < 16; index += 1) {
    const value = (means[ZIGZAG[index] as number] as number) >> 1;
    levels[index] = meanLevel(value);
    if (levels[index] !== 0) some = true;
  }
  for (let index = 0; index < 16; index += 1) means[ZIGZAG[index] as number] = levels[index] as number;
  hadamard(means);
  for (let at = 0; at < 16; at += 1) means[at] = (means[at] as number) * (FROM_LEVEL[0] as number) >> 2;
  return some;
}

/** The same of the four blocks of one colour. */
export function codeColourMeans(means: Int32Array, levels: Int32Array, rounding: Rounding): boolean {
  square(means);
  for (let at = 0; at < 4; at += 1) {
    levels[at] = meanLevel(means[at] as number, rounding);
    means[at] = levels[at] as number;
  }
  const some = means.some((level) => level !== 0);
  square(means);
  for (let at = 0; at < 4; at += 1) means[at] = (means[at] as number) * (FROM_LEVEL[0] as number) >> 1;
  return some;
}

function meanLevel(value: number, rounding: Rounding = 'intra'): number {
  const half = Math.floor(2 ** (SHIFT + 1) / (rounding === 'intra' ? 3 : 6));
  // larger than what bits can be shifted of
  const size = Math.floor((Math.abs(value) * (TO_LEVEL[0] as number) + half) / 2 ** (SHIFT + 1));
  return value < 0 ? -size : size;
}

function hadamard(block: Int32Array): void {
  for (let row = 0; row < 16; row += 4) sums(block, row, 1);
  for (let column = 0; column < 4; column += 1) sums(block, column, 4);
}

function sums(block: Int32Array, at: number, step: number): void {
  const a = block[at] as number;
  const b = block[at + step] as number;
  const c = block[at + 2 * step] as number;
  const d = block[at + 3 * step] as number;
  block[at] = a + b + c + d;
  block[at + step] = a + b - c - d;
  block[at + 2 * step] = a - b - c + d;
  block[at + 3 * step] = a - b + c - d;
}

function square(block: Int32Array): void {
  const [a, b, c, d] = [block[0] as number, block[1] as number, block[2] as number, block[3] as number];
  block[0] = a + b + c + d;
  block[1] = a - b + c - d;
  block[2] = a + b - c - d;
  block[3] = a - b - c + d;
}
