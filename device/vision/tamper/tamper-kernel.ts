/**
 * The passes over pixels of tamper detection, and the WebAssembly routine that does them. A look
 * comes but once a second: so seldom that JavaScript would not be compiled for it for minutes, and
 * makes an object of each number meanwhile. Pictures lie in the routine's memory.
 */
import { readFileSync } from 'node:fs';
import { BugError } from '../../core/errors.ts';
import type { Size } from '../../core/geometry.ts';

/** Blocks of a picture: 8 across, 6 down. */
export const blockCount = 48;

/** A byte offset into the routine's memory. */
export type Pointer = number;

/** The same picture at full, half and quarter size, f32, one after the other; row-major. */
export interface Pyramid extends Size { readonly at: Pointer }

/**
 * The structure of a frame: f64, mean squared steps of brightness from a pixel to its right and lower neighbour, in
 * hundredths. Of each block at full size, with its noise; at half and at quarter size, above it; then the noise's own,
 * at full and at half size.
 */
export interface Structure { readonly at: Pointer }
const structureBytes = 8 * (3 * blockCount + 2);

interface Routine {
  fill(pixels: Pointer, table: Pointer, pyramid: Pointer, w: number, h: number): void;
  structure(frame: Pointer, before: Pointer, own: Pointer, work: Pointer, w: number, h: number): void;
  textured(own: Pointer): number;
  view(
    frame: Pointer, own: Pointer, picture: Pointer, known: Pointer, view: Pointer, work: Pointer, w: number, h: number,
  ): void;
  learn(picture: Pointer, now: Pointer, known: Pointer, own: Pointer, n: number, share: number): void;
  approach(mean: Pointer, now: Pointer, share: number, n: number): void;
  light(
    now: Pointer, before: Pointer, counts: Pointer, n: number, white: number, nearlyWhite: number, black: number,
  ): void;
  greys(picture: Pointer, means: Pointer, w: number, h: number): void;
  life(
    before: Pointer, now: Pointer, greys: Pointer, changes: Pointer, w: number, h: number, black: number, white: number,
  ): number;
}
interface Memory { readonly buffer: ArrayBuffer; grow(pages: number): number }

/** The part of the platform's WebAssembly that is used here: only the browsers' library of types has it. */
declare const WebAssembly: {
  readonly Memory: new (pages: { readonly initial: number; readonly maximum: number }) => Memory;
  readonly Module: new (binary: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

const PAGE = 65_536;
/** The routine's stack lies in the first page, results behind it, then what it works with, then pictures. */
const [RESULTS, WORK, PICTURES] = [PAGE, PAGE + 2048, PAGE + 8192];
/** Six pyramids of frames of 2048x2048, two frames, and what else there is. */
const MOST_PAGES = 2400;

export class TamperKernel {
  readonly #memory: Memory;
  readonly #routine: Routine;
  #end = PICTURES;
  /** Where frames are put for the routine. */
  #frames: { readonly at: Pointer; readonly bytes: number } = { at: PICTURES, bytes: 0 };

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

  /** A pyramid of zeros. It is never given back. */
  makePyramid({ width, height }: Size): Pyramid {
    return { at: this.#take(4 * valuesOf({ width, height })), width, height };
  }

  /** A structure of zeros. It is never given back. */
  makeStructure(): Structure { return { at: this.#take(structureBytes) }; }

  /** Makes zeros of what was learnt. */
  clear(picture: Pyramid, known: Structure): void {
    this.values(picture).fill(0);
    this.#bytes(known.at, structureBytes).fill(0);
  }

  /** All values of a pyramid: a view that is good until something else is made. */
  values(pyramid: Pyramid): Float32Array { return this.#floats(pyramid.at, valuesOf(pyramid)); }

  /** `table` (256) of each of `pixels`, at three scales, each pixel of the smaller the mean of four. */
  fill({ at, width, height }: Pyramid, pixels: Uint8Array, table: Float32Array): void {
    const source = this.#show(pixels);
    this.#floats(RESULTS, 256).set(table);
    this.#routine.fill(source, RESULTS, at, width, height);
  }

  /** Measures the structure of `frame`; `before` is the one looked at before it. */
  structure(frame: Pyramid, before: Pyramid, own: Structure): void {
    this.#routine.structure(frame.at, before.at, own.at, WORK, frame.width, frame.height);
  }

  /** Blocks with enough structure to be recognised later. */
  textured({ at }: Structure): number { return this.#routine.textured(at); }

  /**
   * How `frame`, whose structure is `own`, stands to a scene of the structure `known`: the five numbers of a
   * `SceneView`, in its order. A view that the next call overwrites.
   */
  view(frame: Pyramid, own: Structure, picture: Pyramid, known: Structure): Float64Array {
    const { width, height } = frame;
    this.#routine.view(frame.at, own.at, picture.at, known.at, RESULTS, WORK, width, height);
    return new Float64Array(this.#memory.buffer, RESULTS, 5);
  }

  /** Moves `picture` and `known` by `share` of the way to a frame and its structure. */
  learn(picture: Pyramid, known: Structure, now: Pyramid, own: Structure, share: number): void {
    this.#routine.learn(picture.at, now.at, known.at, own.at, valuesOf(picture), share);
  }

  /** Remembers the quarter-size picture: what is handed to `approach` and `light`. */
  keepQuarter(now: Pyramid): Pointer {
    const { at, length } = quarterOf(now);
    const kept = this.#take(4 * length);
    this.#floats(kept, length).set(this.#floats(at, length));
    return kept;
  }

  /** Moves what was kept by `share` of the way to `now`. */
  approach(kept: Pointer, now: Pyramid, share: number): void {
    const { at, length } = quarterOf(now);
    this.#routine.approach(kept, at, share, length);
  }

  /**
   * Of the quarter-size pixels of `now` the shares that are `white` and more and were less than `nearlyWhite` in what
   * was kept, that are less than `black`, and that were.
   */
  light(now: Pyramid, kept: Pointer | undefined, white: number, nearlyWhite: number, black: number): number[] {
    const { at, length } = quarterOf(now);
    this.#routine.light(at, kept ?? at, RESULTS, length, white, nearlyWhite, black);
    return Array.from(new Int32Array(this.#memory.buffer, RESULTS, 3), (count) => count / length);
  }

  /** The mean grey of each block. The caller's own. */
  greys(picture: Uint8Array, { width, height }: Size): Float64Array {
    this.#routine.greys(this.#show(picture), RESULTS, width, height);
    return new Float64Array(this.#memory.buffer, RESULTS, blockCount).slice();
  }

  /**
   * How much neighbouring pixels changed against each other, in grey: mean of the quieter half of the blocks that are
   * from `black` to `white` now. NaN where there are none.
   */
  life(before: Uint8Array, now: Uint8Array, { width, height }: Size, black: number, white: number): number {
    const [first, second] = [this.#show(before, now), this.#frames.at + before.length];
    return this.#routine.life(first, second, RESULTS, WORK, width, height, black, white);
  }

  /** Puts one or two frames where the routine sees them. */
  #show(pixels: Uint8Array, others?: Uint8Array): Pointer {
    if (this.#frames.bytes < 2 * pixels.length)
      this.#frames = { at: this.#take(2 * pixels.length), bytes: 2 * pixels.length };
    const { at } = this.#frames;
    this.#bytes(at, pixels.length).set(pixels);
    if (others !== undefined) this.#bytes(at + pixels.length, others.length).set(others);
    return at;
  }

  #take(bytes: number): Pointer {
    const start = this.#end;
    this.#end = start + 64 * Math.ceil(bytes / 64);
    const missing = this.#end - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
    return start;
  }

  #bytes(at: Pointer, length: number): Uint8Array { return new Uint8Array(this.#memory.buffer, at, length); }
  #floats(at: Pointer, length: number): Float32Array { return new Float32Array(this.#memory.buffer, at, length); }
}

/** Pixels of a picture at a scale: 0 full, 1 half, 2 quarter size. */
const pixelsOf = ({ width, height }: Size, scale: number): number => (width >> scale) * (height >> scale);
const valuesOf = (size: Size): number => pixelsOf(size, 0) + pixelsOf(size, 1) + pixelsOf(size, 2);
const quarterOf = (pyramid: Pyramid): { readonly at: Pointer; readonly length: number } =>
  ({ at: pyramid.at + 4 * (pixelsOf(pyramid, 0) + pixelsOf(pyramid, 1)), length: pixelsOf(pyramid, 2) });
