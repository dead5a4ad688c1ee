/** Where the buffers of one pixel model lie in the memory of its passes, and views of them. */
import { passesReserve, type PixelPasses, type Pointer } from './pixel-passes.ts';

/**
 * Numbers of a cell: marked pixels, marked pixels that changed within a fifth of a second, rim (1 thing, -1 ghost),
 * texture (1 the background's own in another light, -1 another, -2 one where the background has none).
 */
export const cellNumbers = 4;
export const cellSize = 4;
/** Numbers of a group of cells: what `PixelPasses.measure` counts. */
export const groupNumbers = 10;
/** Groups of cells that do not touch, at most. */
export const mostGroups = (columns: number, rows: number): number => Math.ceil(columns / 2) * Math.ceil(rows / 2);
/** Marked pixels, of sixteen, that make a cell count. */
export const cellPixels = 4;

/** What a cell is held as when the background learns. */
export const heldAs = {
  nothing: 0,
  thing: 1,
  light: 2,
  /** A thing that moves and stays where it is: leaves, a web, a flag. What blinks there is learnt. */
  dithering: 3,
  /** No thing, while light moves: it is learnt, but not at once. */
  movingLight: 4,
} as const;

/** The side of a block of pixels in which flashes are counted. */
export const flashBlock = 16;

/** Areas across the picture in which exposure is compared; a band of rows has as many. */
export const areasAcross = 16;
/** Bands of four rows in a picture so high. */
export const bandsOf = (height: number): number => Math.floor(height / 4);

/** Where an image lies, and the gains that it was taken with: f64, one for each band of rows. */
export interface LitImage { readonly image: Pointer; readonly bands: Pointer }

/** Views of the passes' memory at a pointer, as long as they are asked to be. */
export class PixelViews {
  readonly #buffer: ArrayBuffer;
  constructor({ memory }: PixelPasses) { this.#buffer = memory.buffer; }

  u8(at: Pointer, length: number): Uint8Array { return new Uint8Array(this.#buffer, at, length); }
  i16(at: Pointer, length: number): Int16Array { return new Int16Array(this.#buffer, at, length); }
  u16(at: Pointer, length: number): Uint16Array { return new Uint16Array(this.#buffer, at, length); }
  u32(at: Pointer, length: number): Uint32Array { return new Uint32Array(this.#buffer, at, length); }
  i32(at: Pointer, length: number): Int32Array { return new Int32Array(this.#buffer, at, length); }
}

export type PixelBuffers = ReturnType<typeof layOut>['at'];

/** Where each buffer lies. Every buffer starts on 64 bytes. */
export function layOut(width: number, height: number) {
  const n = width * height;
  const [columns, rows] = [Math.floor(width / cellSize), Math.floor(height / cellSize)];
  const cells = columns * rows;
  const bands = 8 * bandsOf(height);
  const areas = areasAcross * bands;
  let end = passesReserve;
  const take = (bytes: number): Pointer => {
    const start = end;
    end = start + (Math.ceil(bytes / 64) + 1) * 64;
    return start;
  };
  const takeLit = (): LitImage => ({ image: take(n), bands: take(bands) });
  const at = {
    frame: take(n), image: take(n), picture: take(n), relit: take(n), past0: takeLit(), past1: takeLit(),
    mean: take(2 * n), deviation: take(2 * n), blink: take(2 * n), still: take(2 * n), expected: take(2 * n),
    contrast: take(n), limit: take(n), energy: take(n), sums: take(2 * n), relitSums: take(2 * n),
    raw0: takeLit(), raw1: takeLit(), raw2: takeLit(), newer: take(n), older: take(n), lasting: take(n),
    flashes: take(4 * Math.floor(width / flashBlock) * Math.floor(height / flashBlock)),
    slow: takeLit(), tight: take(n), stirred: take(n),
    mask: take(n), moving: take(n), before: take(n), heldMask: take(n), ghostMask: take(n),
    row: take(8 * width + 160), areaRow: take(4 * width), gains: take(2 * height), histogram: take(1024),
    bands: take(bands), medians: take(bands), ratios: take(areas), background: take(areas), areaScratch: take(areas),
    misfits: take(36), blocksBefore: take(192), blocksAfter: take(192),
    counts: take(4 * cellNumbers * cells), heldCells: take(cells),
    shown: take(4 * cellNumbers * cells), seenCells: take(cells), groupCells: take(4 * cells),
    groups: take(4 * groupNumbers * mostGroups(columns, rows)), listed: take(4 * cells), lastingMask: take(n),
    reliefImage: take(n), reliefPicture: take(n),
    inner: take(n), lit: take(n), shades: take(2 * cells), unshaded: take(2 * cells), sure: take(cells),
    edgesImage: take(4 * cells), edgesPicture: take(4 * cells),
  };
  return { at, bytes: end - passesReserve };
}
