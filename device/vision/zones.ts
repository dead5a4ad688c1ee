/**
 * Where things count. Zones are drawn on cells, as boxes are: a cell belongs to a polygon when its middle does; to one
 * that holds no cell's middle those belong that it touches. A thing
 * stands in a zone when its foot does, or at least half of its marked cells (the foot may be hidden, or out of the
 * picture). What lies in an exclude zone or under a privacy mask is no part of any thing; a thing of which more is
 * hidden below, in an exclude zone, than is seen outside of it stands in there, and does not count.
 */
import type { PrivacyMask, Zone } from '../contract/places.ts';
import type { Size } from '../core/geometry.ts';
import { squaresInside, touchedSquares } from '../core/touched-squares.ts';
import type { Blob } from './blobs.ts';
import { cellNumbers, cellSize } from './pixel-buffers.ts';

export interface ZoneSettings {
  readonly sensitivity: number;
  readonly minimumSize: number;
  readonly zones: readonly Zone[];
  readonly masks: readonly PrivacyMask[];
}

/** What is asked of things in one place: times what is normal, and a share of the picture. */
export interface Demand { readonly strictness: number; readonly minimumSize: number }

/** One slider: 1 in the middle, 2 at 0, a half at 1. What a thing must differ by and measure is multiplied by it. */
const strictnessOf = (sensitivity: number): number => 2 ** (1 - 2 * sensitivity);

/** A pixel's share of the normal difference, as `PixelModel` takes it: 64ths. */
const normal = 64;

export class ZoneMap {
  /** The least that is asked anywhere. */
  readonly leastDemand: Demand;
  readonly #columns: number;
  readonly #rows: number;
  readonly #base: Demand;
  readonly #included: readonly { readonly zone: Zone; readonly cells: Uint8Array; readonly demand: Demand }[];
  /** 1 in an exclude zone, 2 under a privacy mask. */
  readonly #hidden: Uint8Array;
  readonly #hides: boolean;
  /** Marked pixels of hidden cells, as they were before they were taken out. */
  readonly #below: Uint8Array;

  constructor({ width, height }: Size, { sensitivity, minimumSize, zones, masks }: ZoneSettings) {
    this.#columns = Math.floor(width / cellSize);
    this.#rows = Math.floor(height / cellSize);
    const cellsOf = ({ polygon: drawn }: Zone | PrivacyMask): Uint8Array => {
      const grid = { columns: this.#columns, rows: this.#rows };
      const polygon = drawn.map(([x, y]) =>
        [(x * width) / cellSize / grid.columns, (y * height) / cellSize / grid.rows] as const);
      const cells = squaresInside(polygon, grid);
      return cells.includes(1) ? cells : touchedSquares(polygon, grid);
    };
    this.#base = { strictness: strictnessOf(sensitivity), minimumSize };
    this.#included = zones.filter(({ type }) => type === 'include').map((zone) => ({
      zone, cells: cellsOf(zone),
      demand: {
        strictness: strictnessOf(zone.sensitivity ?? sensitivity), minimumSize: zone.minimum_size ?? minimumSize,
      },
    }));
    this.leastDemand = leastOf([this.#base, ...this.#included.map(({ demand }) => demand)]);
    this.#hidden = new Uint8Array(this.#columns * this.#rows);
    for (const zone of zones) if (zone.type === 'exclude') this.#hide(cellsOf(zone), 1);
    for (const mask of masks) this.#hide(cellsOf(mask), 2);
    this.#hides = this.#hidden.some((hidden) => hidden > 0);
    this.#below = new Uint8Array(this.#hidden.length);
  }

  /** Whether a cell is in an exclude zone or under a privacy mask. */
  isHidden(cell: number): boolean { return (this.#hidden[cell] ?? 0) > 0; }

  /** Whether a cell is outside of every include zone, where there is one: what stands there does not count. */
  isOutside(cell: number): boolean {
    return this.#included.length > 0 && !this.#included.some(({ cells }) => cells[cell] === 1);
  }

  /**
   * The difference asked for at each pixel of a picture of `size`, 64 for the normal one. Where zones overlap the
   * least.
   */
  contrasts({ width, height }: Size, contrast: number): Uint8Array {
    const askedBy = (strictness: number): number =>
      Math.min(Math.max(Math.round(normal * contrast * strictness), 1), 255);
    if (this.#included.length === 0) return new Uint8Array(width * height).fill(askedBy(this.#base.strictness));
    const cells = this.#hidden.map((_, cell) => {
      const inside = this.#included.filter((each) => each.cells[cell] === 1);
      return askedBy(inside.length === 0
        ? this.#base.strictness : Math.min(...inside.map(({ demand }) => demand.strictness)));
    });
    return Uint8Array.from({ length: width * height }, (_, pixel) => {
      const x = Math.min(Math.floor((pixel % width) / cellSize), this.#columns - 1);
      const y = Math.min(Math.floor(pixel / width / cellSize), this.#rows - 1);
      return cells[y * this.#columns + x] ?? normal;
    });
  }

  /** Takes the marks out of the cells' `numbers` where they are hidden. */
  hide(numbers: Int32Array): void {
    if (!this.#hides) return;
    this.#hidden.forEach((hidden, cell) => {
      if (hidden === 0) return;
      this.#below[cell] = hidden === 1 ? numbers[cell * cellNumbers] ?? 0 : 0;
      numbers.fill(0, cell * cellNumbers, (cell + 1) * cellNumbers);
    });
  }

  /** What is asked of a thing where it stands. */
  demand(blob: Blob): Demand {
    if (this.#included.length === 0) return this.#base;
    const demands = this.#included.filter(({ cells }) => this.#stands(blob, cells)).map(({ demand }) => demand);
    return demands.length === 0 ? this.#base : leastOf(demands);
  }

  /** Names of the include zones that a thing stands in. */
  zonesOf(blob: Blob): string[] {
    return this.#included.filter(({ cells }) => this.#stands(blob, cells)).map(({ zone }) => zone.name);
  }

  /** Whether a thing counts, given the zones it stands in. */
  counts(blob: Blob, zones: readonly string[]): boolean {
    if (this.#included.length > 0 && zones.length === 0) return false;
    return !this.#hides || this.#pixelsBelow(blob) <= blob.pixels;
  }

  #hide(cells: Uint8Array, as: number): void {
    cells.forEach((inside, cell) => { if (inside === 1) this.#hidden[cell] = as; });
  }

  #stands(blob: Blob, zone: Uint8Array): boolean {
    const foot = (blob.bottom - 1) * this.#columns + Math.floor((blob.left + blob.right - 1) / 2);
    if (zone[foot] === 1) return true;
    let inside = 0;
    for (let at = 0; at < blob.cells.length; at += 1) inside += zone[blob.cells[at] ?? 0] ?? 0;
    return 2 * inside >= blob.cells.length && blob.cells.length > 0;
  }

  /** Marked pixels in the hidden cells right below a thing, as far down as each row has any. */
  #pixelsBelow({ left, right, bottom }: Blob): number {
    let pixels = 0;
    for (let y = bottom; y < this.#rows; y += 1) {
      const from = y * this.#columns;
      let row = 0;
      for (let x = left; x < right; x += 1) if (this.#hidden[from + x] === 1) row += this.#below[from + x] ?? 0;
      if (row === 0) break;
      pixels += row;
    }
    return pixels;
  }
}

const leastOf = (demands: readonly Demand[]): Demand => ({
  strictness: Math.min(...demands.map(({ strictness }) => strictness)),
  minimumSize: Math.min(...demands.map(({ minimumSize }) => minimumSize)),
});
