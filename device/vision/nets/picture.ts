/** Pictures as networks are shown them: a square of any place, size and turn, sampled without stretching. */
import type { ColourFrame } from '../../core/frame.ts';
import type { Size } from '../../core/geometry.ts';
import { Level, type MakeRows } from './level.ts';
import { soften } from './soften.ts';
import { checkVideo, halvedRows, wholeRows } from './video-rows.ts';

/** A colour picture: 8-bit red, green, blue; row-major, `3 * width * height` bytes. */
export interface Picture extends Size { readonly pixels: Uint8Array }

/** A square in a picture, in its pixels; may reach beyond its edges. */
export interface Square {
  /** Its middle. */
  readonly x: number;
  readonly y: number;
  readonly side: number;
  /** Radians that it is turned by, clockwise as the picture is seen. 0 when absent. */
  readonly turn?: number;
}

/** What a network takes a channel's value for: `byte * scale + shift`. */
export interface ValueRange { readonly scale: number; readonly shift: number }

/** -1 for black to 1 for white. */
export const SIGNED: ValueRange = { scale: 2 / 255, shift: -1 };
/** 0 for black to 1 for white. */
export const UNSIGNED: ValueRange = { scale: 1 / 255, shift: 0 };
/** 0 for black to 255 for white. */
export const BYTES: ValueRange = { scale: 1, shift: 0 };

/** What is shown smaller than this is averaged enough. */
const SOFT_FROM = 0.8;

/**
 * A picture and its halves, each made when it is first needed, and no further than it is: what makes it small must
 * average, or it flickers. They are up to 4 MB of 1280x720: whoever is given another one every second gives it back
 * rather than wait for the garbage.
 */
export class Pyramid implements Disposable {
  readonly #levels: Level[];
  private constructor(levels: readonly Level[]) { this.#levels = [...levels]; }

  /** @throws {RangeError} When the number of bytes does not fit the size. */
  static of(picture: Picture): Pyramid {
    const { width, height, pixels } = picture;
    if (width < 1 || height < 1 || pixels.length !== width * height * 3) {
      const needed = width * height * 3;
      throw new RangeError(`a ${width}x${height} colour picture needs ${needed} bytes, got ${pixels.length}`);
    }
    return new Pyramid([Level.made(picture)]);
  }

  /**
   * Of a picture as video has it. Its memory stays the caller's, and must stay as it is while the pyramid is used.
   * @throws {RangeError} When the number of bytes does not fit the size, or a side is odd.
   */
  static ofVideo(frame: Omit<ColourFrame, 'at'>): Pyramid {
    checkVideo(frame);
    return new Pyramid([new Level(frame, wholeRows(frame)), new Level(halfOf(frame), halvedRows(frame))]);
  }

  get size(): Size { return this.#level(0); }

  /**
   * What is in `square`, as `side` x `side` pixels; what lies outside the picture is black.
   *
   * @returns Shape `[side, side, 3]`, row-major, in `out`, which is made when absent.
   */
  sample(square: Square, side: number, range: ValueRange, out = new Float32Array(side * side * 3)): Float32Array {
    const step = square.side / side;
    const halvings = Math.max(0, Math.min(8, Math.floor(Math.log2(step) + 0.3)));
    const shrink = 2 ** halvings;
    const level = this.#level(halvings);
    const { width, height } = level;
    const cos = Math.cos(square.turn ?? 0) * step / shrink;
    const sin = Math.sin(square.turn ?? 0) * step / shrink;
    const middle = (side - 1) / 2;
    const reach = middle * (Math.abs(cos) + Math.abs(sin)) + 2;
    const pixels = level.rows(Math.floor(square.y / shrink - reach), Math.ceil(square.y / shrink + reach));
    const { scale, shift } = range;
    let to = 0;
    for (let row = 0; row < side; row += 1) {
      let x = square.x / shrink - 0.5 - middle * cos - (row - middle) * sin;
      let y = square.y / shrink - 0.5 - middle * sin + (row - middle) * cos;
      for (let column = 0; column < side; column += 1, x += cos, y += sin, to += 3) {
        if (x <= -0.5 || y <= -0.5 || x >= width - 0.5 || y >= height - 0.5) {
          out[to] = out[to + 1] = out[to + 2] = shift;
          continue;
        }
        const left = x < 0 ? 0 : Math.floor(x);
        const top = y < 0 ? 0 : Math.floor(y);
        const dx = x < 0 ? 0 : x - left;
        const dy = y < 0 ? 0 : y - top;
        const a = (top * width + left) * 3;
        const b = left + 1 < width ? a + 3 : a;
        const down = top + 1 < height ? width * 3 : 0;
        for (let channel = 0; channel < 3; channel += 1) {
          const upper = at(pixels, a + channel) * (1 - dx) + at(pixels, b + channel) * dx;
          const lower = at(pixels, a + down + channel) * (1 - dx) + at(pixels, b + down + channel) * dx;
          out[to + channel] = (upper * (1 - dy) + lower * dy) * scale + shift;
        }
      }
    }
    return out;
  }

  /** As `sample`, smoothed by as much as the picture is magnified: its grain, not only its faces, would grow large. */
  sampleSoftly(square: Square, side: number, range: ValueRange, out = new Float32Array(side * side * 3)): Float32Array {
    this.sample(square, side, range, out);
    const magnified = side / square.side;
    if (magnified > SOFT_FROM) soften(out, side, Math.max(1, Math.round(magnified)));
    return out;
  }

  /** Gives its memory back, a picture's own included: nothing can be seen in it from then on. */
  [Symbol.dispose](): void {
    for (const level of this.#levels.splice(0)) level[Symbol.dispose]();
  }

  #level(index: number): Level {
    for (let made = this.#levels.length; made <= index; made += 1) {
      const larger = this.#level(made - 1);
      this.#levels.push(new Level(halfOf(larger), rowsOfHalf(larger)));
    }
    return this.#levels[index] as Level;
  }
}

/** The square around all of `size`. */
export const squareAround = ({ width, height }: Size): Square =>
  ({ x: width / 2, y: height / 2, side: Math.max(width, height) });

const halfOf = ({ width, height }: Size): Size =>
  ({ width: Math.max(1, width >> 1), height: Math.max(1, height >> 1) });

/** Each pixel is the mean of four; a last odd row or column is left out. */
const rowsOfHalf = (larger: Level): MakeRows => (pixels, first, last) => {
  const { width } = halfOf(larger);
  const right = larger.width > 1 ? 3 : 0;
  const down = larger.height > 1 ? larger.width * 3 : 0;
  const from = larger.rows(2 * first, 2 * last);
  let to = first * width * 3;
  for (let row = first; row < last; row += 1) {
    let at0 = row * 2 * larger.width * 3;
    for (let column = 0; column < width; column += 1, at0 += 6) {
      for (let a = at0; a < at0 + 3; a += 1, to += 1) {
        pixels[to] = (at(from, a) + at(from, a + right) + at(from, a + down) + at(from, a + down + right) + 2) >> 2;
      }
    }
  }
};

/** The compiler cannot know that the index is inside. */
const at = (pixels: Uint8Array, index: number): number => pixels[index] as number;
