/**
 * The passes over pixels of tamper detection, and the WebAssembly routine that does them. A look
 * comes but once a second: so seldom that JavaScript would not be compiled for it for minutes, and
 * makes an object of each number meanwhile.
 */
import { readFileSync } from 'node:fs';
import { BugError } from '../../core/errors.ts';

/** Blocks of a picture. */
export const blocksAcross = 8;
export const blocksDown = 6;
export const blockCount = blocksAcross * blocksDown;

/** Whole pixels by which the frame is displaced against the reference; positive is right and down. */
export interface Shift { readonly x: number; readonly y: number }
export const noShift: Shift = { x: 0, y: 0 };

/** One scale of a picture, row-major. */
export interface Plane { readonly width: number; readonly height: number; readonly values: Float32Array }

/**
 * How much structure a frame has, how much its reference had, and how much of it is the same: for each block the means,
 * over its pixels, of products of brightness steps from a pixel to its right and lower neighbour. Steps in hundredths.
 */
export interface StepSums {
  /** Of the frame's steps, squared: its structure, and its noise. */
  readonly frame: Float64Array;
  /** Of the reference's steps, squared. */
  readonly reference: Float64Array;
  /** Of the frame's steps times the reference's: about 0 where they have nothing in common. */
  readonly shared: Float64Array;
}

type Pointer = number;
interface Routine {
  logarithms(pixels: Pointer, table: Pointer, out: Pointer, n: number): void;
  halve(from: Pointer, out: Pointer, stride: number, w: number, h: number): void;
  blockSums(
    frame: Pointer, reference: Pointer, sums: Pointer, w: number, h: number, sx: number, sy: number, rowStep: number,
  ): void;
  approach(mean: Pointer, now: Pointer, share: number, n: number): void;
  lives(before: Pointer, now: Pointer, sums: Pointer, w: number, h: number): void;
  greys(picture: Pointer, sums: Pointer, w: number, h: number): void;
}
interface Memory { readonly buffer: ArrayBuffer; grow(pages: number): number }

/** The part of the platform's WebAssembly that is used here: only the browsers' library of types has it. */
declare const WebAssembly: {
  readonly Memory: new (pages: { readonly initial: number; readonly maximum: number }) => Memory;
  readonly Module: new (binary: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

const PAGE = 65_536;
/** The routine's stack lies in the first page, results behind it. */
const [RESULTS, PLANES] = [PAGE, PAGE + 4096];
/** Two planes of frames of 2048x2048, and what else there is. */
const MOST_PAGES = 768;

export class TamperKernel {
  readonly #memory: Memory;
  readonly #routine: Routine;

  /** @throws {BugError} `vision.kernel` when the binary is missing or this machine's WebAssembly cannot run it. */
  constructor() {
    try {
      this.#memory = new WebAssembly.Memory({ initial: 4, maximum: MOST_PAGES });
      const module = new WebAssembly.Module(readFileSync(new URL('./tamper-kernel.wasm', import.meta.url)));
      this.#routine = new WebAssembly.Instance(module, { env: { memory: this.#memory } }).exports as Routine;
    } catch (cause) {
      throw new BugError('vision.kernel', 'the tamper routine (tamper-kernel.wasm) does not run here', { cause });
    }
  }

  /** `table` (256) of each of `pixels`, at three scales, each pixel of the smaller the mean of four. */
  fill([full, half, quarter]: readonly [Plane, Plane, Plane], pixels: Uint8Array, table: Float32Array): void {
    const bytes = pixels.length * 4;
    const [values, smaller, smallest] = [PLANES, PLANES + bytes, PLANES + bytes + half.values.byteLength];
    const source = smallest + quarter.values.byteLength;
    this.#reserve(source + pixels.length);
    this.#floats(RESULTS, 256).set(table);
    this.#bytes(source, pixels.length).set(pixels);
    this.#routine.logarithms(source, RESULTS, values, pixels.length);
    this.#routine.halve(values, smaller, full.width, half.width, half.height);
    this.#routine.halve(smaller, smallest, half.width, quarter.width, quarter.height);
    full.values.set(this.#floats(values, full.values.length));
    half.values.set(this.#floats(smaller, half.values.length));
    quarter.values.set(this.#floats(smallest, quarter.values.length));
  }

  /** `frame` displaced by `shift` against `reference`. `rowStep`: 2 looks at every other row only. The caller's own. */
  stepSums(frame: Plane, reference: Plane, { x, y }: Shift = noShift, rowStep = 1): StepSums {
    const { width, height, values } = reference;
    const other = PLANES + values.byteLength;
    this.#reserve(other + values.byteLength);
    this.#floats(PLANES, values.length).set(frame.values);
    this.#floats(other, values.length).set(values);
    this.#routine.blockSums(PLANES, other, RESULTS, width, height, x, y, rowStep);
    const sums = new Float64Array(this.#memory.buffer, RESULTS, 3 * blockCount);
    return {
      frame: sums.slice(0, blockCount),
      reference: sums.slice(blockCount, 2 * blockCount), shared: sums.slice(2 * blockCount),
    };
  }

  /** Moves each value of `mean` by `share` of the way to that of `now`. */
  approach(mean: Float32Array, now: Float32Array, share: number): void {
    const other = PLANES + mean.byteLength;
    this.#reserve(other + mean.byteLength);
    this.#floats(PLANES, mean.length).set(mean);
    this.#floats(other, mean.length).set(now);
    this.#routine.approach(PLANES, other, share, mean.length);
    mean.set(this.#floats(PLANES, mean.length));
  }

  /** For each block the sum of what neighbouring pixels changed against each other. The caller's own. */
  lives(before: Uint8Array, now: Uint8Array, width: number, height: number): Float64Array {
    this.#reserve(PLANES + 2 * now.length);
    this.#bytes(PLANES, now.length).set(before);
    this.#bytes(PLANES + now.length, now.length).set(now);
    this.#routine.lives(PLANES, PLANES + now.length, RESULTS, width, height);
    return this.#blocks();
  }

  /** For each block the sum of its greys. The caller's own. */
  greys(picture: Uint8Array, width: number, height: number): Float64Array {
    this.#reserve(PLANES + picture.length);
    this.#bytes(PLANES, picture.length).set(picture);
    this.#routine.greys(PLANES, RESULTS, width, height);
    return this.#blocks();
  }

  #reserve(bytes: number): void {
    const missing = bytes - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
  }

  #bytes(at: Pointer, length: number): Uint8Array { return new Uint8Array(this.#memory.buffer, at, length); }
  #floats(at: Pointer, length: number): Float32Array { return new Float32Array(this.#memory.buffer, at, length); }
  #blocks(): Float64Array { return Float64Array.from(new Uint32Array(this.#memory.buffer, RESULTS, blockCount)); }
}
