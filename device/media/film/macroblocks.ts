/** A picture's macroblocks, one after the other (ITU-T H.264, 7.3.5), and what a decoder makes of them. */
import { setImmediate as others } from 'node:timers/promises';
import type { Size } from '../../core/geometry.ts';
import type { BitWriter } from './bit-writer.ts';
import { MEANS, writeCoefficients } from './coefficients.ts';
import { CoefficientCounts } from './coefficient-counts.ts';
import type { PictureKind } from './heads.ts';
import { emptyPlanes, type Plane, type Planes } from './plane.ts';
import { COLOUR_MODE, directionsAt, LIGHT_MODE, predictColour, predictLight, type Direction } from './predict.ts';
import { smoothPicture } from './smooth-picture.ts';
import { codeColourMeans, codeMeans, quantise, restore, scale, transform, type Rounding } from './transform.ts';

/** A few milliseconds on a small board. */
const ROWS_AT_ONCE = 4;
/** Pixels that a block is more off for than its neighbour to be predicted by that: it takes more to write. */
const RATHER_AS_BEFORE = 96;
/** Levels of four blocks that are so few and small are noise. */
const NOISE = 2;
/** `coded_block_pattern` to the number that it is written as, of blocks that are predicted from the picture before. */
const PATTERN_NUMBERS = [
  0, 2, 3, 7, 4, 8, 17, 13, 5, 18, 9, 14, 10, 15, 16, 11, 1, 32, 33, 36, 34, 37, 44, 40, 35, 45, 38, 41, 39, 42, 43, 19,
  6, 24, 25, 20, 26, 21, 46, 28, 27, 47, 22, 29, 23, 30, 31, 12,
] as const;
const MODES_WITH_CHANGES = 5;

/** Of the blocks of a macroblock, in the order in which they are written: column and row. */
const BLOCKS = Array.from({ length: 16 }, (_, index) =>
  ({ x: (index & 1) + (index >> 2 & 1) * 2, y: (index >> 1 & 1) + (index >> 3) * 2 }));

export class Macroblocks {
  readonly #size: Size;
  readonly #counts: CoefficientCounts;
  #now: Planes;
  #before: Planes;
  readonly #block = new Int32Array(16);
  readonly #light = new Uint8Array(256);
  readonly #colours = [new Uint8Array(64), new Uint8Array(64)] as const;
  readonly #other = new Uint8Array(256);
  /** Of light: sixteen blocks, and their means. */
  readonly #levels = new Int32Array(256);
  readonly #meanLevels = new Int32Array(16);
  readonly #means = new Int32Array(16);
  /** Of both colours: four blocks each, and their means. */
  readonly #colourLevels = new Int32Array(128);
  readonly #colourMeanLevels = [new Int32Array(4), new Int32Array(4)] as const;
  readonly #colourMeans = [new Int32Array(4), new Int32Array(4)] as const;
  #unchanged = 0;

  /** @param size - In macroblocks. */
  constructor(size: Size) {
    this.#size = size;
    this.#counts = new CoefficientCounts(size);
    this.#now = emptyPlanes(size);
    this.#before = emptyPlanes(size);
  }

  get shown(): Planes { return this.#now; }

  /**
   * Writes all of a picture, a few rows at a time: whatever else waits comes in between. `source` is in whole
   * macroblocks.
   */
  async write(out: BitWriter, source: Planes, kind: PictureKind): Promise<void> {
    [this.#now, this.#before] = [this.#before, this.#now];
    this.#counts.clear();
    this.#unchanged = 0;
    for (let y = 0; y < this.#size.height; y += 1) {
      if (y % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) await others();
      for (let x = 0; x < this.#size.width; x += 1) this.#writeOne(out, source, kind, { x, y });
    }
    if (this.#unchanged > 0) out.unsigned(this.#unchanged);
    smoothPicture(this.#now, this.#size, this.#counts);
  }

  #writeOne(out: BitWriter, source: Planes, kind: PictureKind, at: At): void {
    const [direction, off] = this.#bestDirection(source[0], at);
    if (kind === 'changes' && this.#differenceFromBefore(source[0], at) <= off + RATHER_AS_BEFORE)
      return this.#writeChange(out, source, at);
    this.#counts.setNew(at);
    predictLight(this.#now[0], { x: at.x * 16, y: at.y * 16 }, direction, this.#light);
    for (const colour of [0, 1] as const)
      predictColour(this.#now[colour + 1] as Plane, { x: at.x * 8, y: at.y * 8 }, direction, this.#colours[colour]);
    const hasDetail = this.#codeLight(source[0], at, 1, 'intra') > 0;
    codeMeans(this.#means, this.#meanLevels);
    const colourDetail = this.#codeColours(source, at, 'intra');
    if (kind === 'changes') this.#endUnchanged(out);
    out.unsigned((kind === 'changes' ? MODES_WITH_CHANGES : 0) + 1 + LIGHT_MODE[direction] + 4 * colourDetail
      + (hasDetail ? 12 : 0));
    out.unsigned(COLOUR_MODE[direction]);
    out.signed(0);
    writeCoefficients(out, this.#meanLevels, 0, 16, this.#counts.near(0, at.x * 4, at.y * 4));
    if (hasDetail) this.#writeLight(out, at, 0b1111, 1);
    this.#writeColours(out, at, colourDetail);
    this.#show(at, 1);
  }

  /** What is not as in the picture before. */
  #writeChange(out: BitWriter, source: Planes, at: At): void {
    copy(this.#before[0], at, 16, this.#light);
    for (const colour of [0, 1] as const) copy(this.#before[colour + 1] as Plane, at, 8, this.#colours[colour]);
    const lightDetail = this.#codeLight(source[0], at, 0, 'inter');
    const colourDetail = this.#codeColours(source, at, 'inter');
    const pattern = lightDetail + 16 * colourDetail;
    if (pattern === 0) this.#unchanged += 1;
    else {
      this.#endUnchanged(out);
      out.unsigned(0);
      out.signed(0);
      out.signed(0);
      out.unsigned(PATTERN_NUMBERS[pattern] as number);
      out.signed(0);
      this.#writeLight(out, at, lightDetail, 0);
      this.#writeColours(out, at, colourDetail);
    }
    this.#show(at, 0);
  }

  #endUnchanged(out: BitWriter): void {
    out.unsigned(this.#unchanged);
    this.#unchanged = 0;
  }

  #bestDirection(source: Plane, at: At): readonly [Direction, number] {
    let best: readonly [Direction, number] | undefined;
    const place = { x: at.x * 16, y: at.y * 16 };
    for (const direction of directionsAt(place)) {
      predictLight(this.#now[0], place, direction, this.#other);
      const off = difference(source, at, this.#other);
      if (best === undefined || off < best[1]) best = [direction, off];
    }
    return best ?? ['mean', Infinity];
  }

  #differenceFromBefore(source: Plane, at: At): number {
    copy(this.#before[0], at, 16, this.#other);
    return difference(source, at, this.#other);
  }

  /** @returns A bit for each quarter that has coefficients. */
  #codeLight({ pixels, stride }: Plane, at: At, first: 0 | 1, rounding: Rounding): number {
    let pattern = 0;
    for (let index = 0; index < 16; index += 1) {
      const { x, y } = BLOCKS[index] as At;
      const from = (at.y * 16 + y * 4) * stride + at.x * 16 + x * 4;
      this.#difference(pixels, from, stride, this.#light, y * 64 + x * 4, 16);
      transform(this.#block);
      if (first === 1) this.#means[y * 4 + x] = this.#block[0] as number;
      if (quantise(this.#block, this.#levels, index * 16, first, rounding)) pattern |= 1 << (index >> 2);
    }
    return first === 1 ? pattern : this.#withoutNoise(pattern);
  }

  #withoutNoise(pattern: number): number {
    let left = 0;
    for (let quarter = 0; quarter < 4; quarter += 1) {
      if ((pattern & 1 << quarter) === 0) continue;
      const levels = this.#levels.subarray(quarter * 64, quarter * 64 + 64);
      if (levels.reduce((sum, level) => sum + Math.abs(level), 0) > NOISE) left |= 1 << quarter;
      else levels.fill(0);
    }
    return left;
  }

  /** @returns 0 without coefficients, 1 with means alone, 2 with others. */
  #codeColours(source: Planes, at: At, rounding: Rounding): 0 | 1 | 2 {
    let [hasMeans, hasDetail] = [false, false];
    for (const colour of [0, 1] as const) {
      const { pixels, stride } = source[colour + 1] as Plane;
      for (let index = 0; index < 4; index += 1) {
        const [x, y] = [index & 1, index >> 1];
        const from = (at.y * 8 + y * 4) * stride + at.x * 8 + x * 4;
        this.#difference(pixels, from, stride, this.#colours[colour], y * 32 + x * 4, 8);
        transform(this.#block);
        this.#colourMeans[colour][index] = this.#block[0] as number;
        if (quantise(this.#block, this.#colourLevels, colour * 64 + index * 16, 1, rounding)) hasDetail = true;
      }
      if (codeColourMeans(this.#colourMeans[colour], this.#colourMeanLevels[colour], rounding)) hasMeans = true;
    }
    return hasDetail ? 2 : hasMeans ? 1 : 0;
  }

  #difference(
    pixels: Uint8Array, from: number, stride: number, expected: Uint8Array, at: number, width: number,
  ): void {
    for (let row = 0; row < 4; row += 1) {
      for (let column = 0; column < 4; column += 1) {
        this.#block[row * 4 + column] = (pixels[from + row * stride + column] as number)
          - (expected[at + row * width + column] as number);
      }
    }
  }

  #writeLight(out: BitWriter, at: At, pattern: number, first: 0 | 1): void {
    for (let index = 0; index < 16; index += 1) {
      const { x, y } = BLOCKS[index] as At;
      if ((pattern & 1 << (index >> 2)) === 0) continue;
      const [column, row] = [at.x * 4 + x, at.y * 4 + y];
      const near = this.#counts.near(0, column, row);
      this.#counts.set(0, column, row, writeCoefficients(out, this.#levels, index * 16 + first, index * 16 + 16, near));
    }
  }

  #writeColours(out: BitWriter, at: At, detail: 0 | 1 | 2): void {
    if (detail === 0) return;
    for (const levels of this.#colourMeanLevels) writeCoefficients(out, levels, 0, 4, MEANS);
    if (detail === 1) return;
    for (let index = 0; index < 8; index += 1) {
      const colour = 1 + (index >> 2);
      const [column, row] = [at.x * 2 + (index & 1), at.y * 2 + (index >> 1 & 1)];
      const near = this.#counts.near(colour, column, row);
      const written = writeCoefficients(out, this.#colourLevels, index * 16 + 1, index * 16 + 16, near);
      this.#counts.set(colour, column, row, written);
    }
  }

  /** What was expected, with what was written. */
  #show(at: At, first: 0 | 1): void {
    const light = this.#now[0];
    for (let index = 0; index < 16; index += 1) {
      const { x, y } = BLOCKS[index] as At;
      scale(this.#levels, index * 16, this.#block, first);
      if (first === 1) this.#block[0] = this.#means[y * 4 + x] as number;
      restore(this.#block);
      this.#add(light, (at.y * 16 + y * 4) * light.stride + at.x * 16 + x * 4, this.#light, y * 64 + x * 4, 16);
    }
    for (const colour of [0, 1] as const) {
      const plane = this.#now[colour + 1] as Plane;
      for (let index = 0; index < 4; index += 1) {
        const [x, y] = [index & 1, index >> 1];
        scale(this.#colourLevels, colour * 64 + index * 16, this.#block, 1);
        this.#block[0] = this.#colourMeans[colour][index] as number;
        restore(this.#block);
        this.#add(
          plane, (at.y * 8 + y * 4) * plane.stride + at.x * 8 + x * 4, this.#colours[colour], y * 32 + x * 4, 8,
        );
      }
    }
  }

  #add({ pixels, stride }: Plane, to: number, expected: Uint8Array, at: number, width: number): void {
    for (let row = 0; row < 4; row += 1) {
      for (let column = 0; column < 4; column += 1) {
        const value = (expected[at + row * width + column] as number) + (this.#block[row * 4 + column] as number);
        pixels[to + row * stride + column] = value < 0 ? 0 : value > 255 ? 255 : value;
      }
    }
  }
}

/** Of a macroblock. */
interface At { readonly x: number; readonly y: number }

function copy({ pixels, stride }: Plane, { x, y }: At, side: number, out: Uint8Array): void {
  for (let row = 0; row < side; row += 1) {
    const from = (y * side + row) * stride + x * side;
    out.set(pixels.subarray(from, from + side), row * side);
  }
}

/** Of 16x16 pixels, summed up. */
function difference({ pixels, stride }: Plane, { x, y }: At, expected: Uint8Array): number {
  let sum = 0;
  for (let row = 0; row < 16; row += 1) {
    const from = (y * 16 + row) * stride + x * 16;
    for (let column = 0; column < 16; column += 1)
      sum += Math.abs((pixels[from + column] as number) - (expected[row * 16 + column] as number));
  }
  return sum;
}
