/**
 * JPEG of a picture that is decoded already (ITU-T T.81, baseline, the tables of its annex K; JFIF 1.02). ffmpeg would
 * do it as well, but a start of it takes half a second of a desk's processor and 60 MB; this takes some 30 ms and 2 MB.
 */
import { setImmediate as others } from 'node:timers/promises';
import type { ColourFrame } from '../core/frame.ts';
import { CODES, QUANTA, SEGMENTS_OF_TABLES, ZIGZAG, type Codes } from './jpeg-tables.ts';

/** Rows of 16 lines that are done in one go: a few milliseconds on a small board. */
const ROWS_AT_ONCE = 4;
/** Video's light is 16 to 235, a JPEG's 0 to 255; colours likewise. */
const LIGHT = Float32Array.from({ length: 256 }, (_, value) => clamp((value - 16) * 255 / 219) - 128);
const COLOUR = Float32Array.from({ length: 256 }, (_, value) => clamp((value - 128) * 255 / 224 + 128) - 128);

type Plane = { readonly pixels: Uint8Array; readonly width: number; readonly height: number };

/** Makes a JPEG of a colour frame of any size, a few rows at a time: whatever else waits comes in between. */
export async function jpegOf({ width, height, pixels }: Omit<ColourFrame, 'at'>): Promise<Uint8Array> {
  const area = width * height;
  const y: Plane = { pixels: pixels.subarray(0, area), width, height };
  const [cb, cr] = [0, 1].map((index): Plane => ({
    pixels: pixels.subarray(area + index * area / 4, area + (index + 1) * area / 4),
    width: width / 2, height: height / 2,
  })) as [Plane, Plane];
  const scan = new Scan(Math.max(65_536, area / 2));
  for (const segment of [...SEGMENTS_OF_TABLES, frameSegment(width, height), SCAN_SEGMENT]) scan.bytes(segment);
  const before = { y: 0, cb: 0, cr: 0 };
  const columns = Math.ceil(width / 16);
  for (let row = 0; row < Math.ceil(height / 16); row += 1) {
    if (row % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) await others();
    for (let column = 0; column < columns; column += 1) {
      for (let part = 0; part < 4; part += 1)
        before.y = scan.block(y, column * 16 + (part & 1) * 8, row * 16 + (part >> 1) * 8, before.y, 0);
      before.cb = scan.block(cb, column * 8, row * 8, before.cb, 1);
      before.cr = scan.block(cr, column * 8, row * 8, before.cr, 1);
    }
  }
  return scan.end();
}

function clamp(value: number): number { return Math.min(255, Math.max(0, value)); }

/** SOF0: 8 bits, three components, the first sampled twice as finely in both directions. */
const frameSegment = (width: number, height: number): readonly number[] => [
  0xff, 0xc0, 0, 17, 8, height >> 8, height & 255, width >> 8, width & 255, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1,
];
/** SOS: all three components, all coefficients. */
const SCAN_SEGMENT: readonly number[] = [0xff, 0xda, 0, 12, 3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0];

/** The file as it grows. */
class Scan {
  readonly #block = new Float32Array(64);
  readonly #levels = new Int16Array(64);
  #out: Uint8Array;
  #length = 0;
  #bits = 0;
  #count = 0;
  constructor(capacity: number) { this.#out = new Uint8Array(capacity); }

  bytes(bytes: readonly number[]): void {
    this.#out.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /**
   * Writes the 8x8 pixels of `plane` at `x`, `y`; beyond its edges the last ones are repeated.
   * @param before - Mean of the block before of the same component, as this returns it.
   * @param kind - 0 for light, 1 for colour.
   */
  block(plane: Plane, x: number, y: number, before: number, kind: 0 | 1): number {
    this.#load(plane, x, y, kind === 0 ? LIGHT : COLOUR);
    transform(this.#block);
    const quanta = QUANTA[kind];
    for (let at = 0; at < 64; at += 1)
      this.#levels[at] = Math.round((this.#block[ZIGZAG[at] as number] as number) * (quanta[at] as number));
    return this.#write(before, CODES[kind]);
  }

  end(): Uint8Array {
    if (this.#count > 0) this.#put(0x7f, 7); // the last byte is filled with ones
    this.bytes([0xff, 0xd9]);
    return this.#out.slice(0, this.#length);
  }

  #load({ pixels, width, height }: Plane, x: number, y: number, values: Float32Array): void {
    for (let row = 0, to = 0; row < 8; row += 1) {
      const from = Math.min(y + row, height - 1) * width;
      for (let column = 0; column < 8; column += 1, to += 1)
        this.#block[to] = values[pixels[from + Math.min(x + column, width - 1)] as number] as number;
    }
  }

  #write(before: number, { dc, ac }: { readonly dc: Codes; readonly ac: Codes }): number {
    const levels = this.#levels;
    this.#reserve();
    const mean = levels[0] as number;
    this.#number(dc, 0, mean - before);
    let zeros = 0;
    for (let at = 1; at < 64; at += 1) {
      const level = levels[at] as number;
      if (level === 0) {
        zeros += 1;
        continue;
      }
      for (; zeros > 15; zeros -= 16) this.#put(ac.bits[0xf0] as number, ac.lengths[0xf0] as number);
      this.#number(ac, zeros << 4, level);
      zeros = 0;
    }
    if (zeros > 0) this.#put(ac.bits[0] as number, ac.lengths[0] as number);
    return mean;
  }

  /** The code of a value's length, with `run` in front of it, and the value (T.81, F.1.2.1). */
  #number({ bits, lengths }: Codes, run: number, value: number): void {
    const size = 32 - Math.clz32(Math.abs(value));
    this.#put(bits[run | size] as number, lengths[run | size] as number);
    if (size > 0) this.#put(value < 0 ? value + (1 << size) - 1 : value, size);
  }

  #put(bits: number, length: number): void {
    this.#bits = (this.#bits << length) | bits;
    this.#count += length;
    while (this.#count >= 8) {
      this.#count -= 8;
      const byte = (this.#bits >> this.#count) & 255;
      this.#out[this.#length++] = byte;
      if (byte === 255) this.#out[this.#length++] = 0;
    }
    this.#bits &= (1 << this.#count) - 1;
  }

  /** A block takes less than 512 bytes. */
  #reserve(): void {
    if (this.#out.length - this.#length > 1024) return;
    const larger = new Uint8Array(this.#out.length * 2);
    larger.set(this.#out);
    this.#out = larger;
  }
}

/**
 * The cosine transform of Arai, Agui and Nakajima (1988), rows then columns, in place. What it leaves out, a factor for
 * each coefficient, is part of `QUANTA`.
 */
function transform(block: Float32Array): void {
  for (let row = 0; row < 64; row += 8) line(block, row, 1);
  for (let column = 0; column < 8; column += 1) line(block, column, 8);
}

function line(block: Float32Array, from: number, step: number): void {
  const at = (index: number): number => block[from + index * step] as number;
  const put = (index: number, value: number): void => { block[from + index * step] = value; };
  const sum07 = at(0) + at(7);
  const off07 = at(0) - at(7);
  const sum16 = at(1) + at(6);
  const off16 = at(1) - at(6);
  const sum25 = at(2) + at(5);
  const off25 = at(2) - at(5);
  const sum34 = at(3) + at(4);
  const off34 = at(3) - at(4);
  const outer = sum07 - sum34;
  const turned = (sum16 - sum25 + outer) * Math.SQRT1_2;
  put(0, sum07 + sum34 + sum16 + sum25);
  put(4, sum07 + sum34 - sum16 - sum25);
  put(2, outer + turned);
  put(6, outer - turned);
  const low = off34 + off25;
  const high = off16 + off07;
  const both = (low - high) * 0.382683433;
  const mixedLow = 0.5411961 * low + both;
  const mixedHigh = 1.306562965 * high + both;
  const middle = (off25 + off16) * Math.SQRT1_2;
  put(5, off07 - middle + mixedLow);
  put(3, off07 - middle - mixedLow);
  put(1, off07 + middle + mixedHigh);
  put(7, off07 + middle - mixedHigh);
}
