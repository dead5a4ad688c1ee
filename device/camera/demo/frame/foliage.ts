/**
 * Leaves that sway: painted once onto a sheet of their own, then drawn each time with every row and patch pushed a
 * little aside by the wind. Pure.
 */
import type { Point, Size } from '../../../core/geometry.ts';
import type { LightName, SkyState, Weather } from '../story/day.ts';
import type { Leaf } from '../yard/leaves.ts';
import { inPixels, pixelsInMetre } from '../yard/view.ts';
import { mixPlanes } from './backdrop.ts';
import { paintLeaves, type LeafSheet } from './leaf-sheet.ts';
import { emptyPlanes, type Planes } from './planes.ts';

/** How a plant sways. */
export interface Sway {
  /** Furthest push of the leaves in metres, in the strongest wind. */
  readonly reach: number;
  /** Where, in metres above the ground, the plant is held; it moves more the higher above. */
  readonly heldAt: number;
}

/** Pixels from one computed push to the next, as a power of two; straight lines between. */
const patchBits = 4;
const patch = 1 << patchBits;

export class Foliage {
  readonly #picture: Size;
  readonly #sway: Sway;
  /** Pixels in a metre where the plant stands. */
  readonly #metre: number;
  /** Row of the sheet at which the plant is held. */
  readonly #heldRow: number;
  readonly #sheet: LeafSheet;
  readonly #mixed: Planes;
  readonly #pushes: Int32Array;

  constructor(picture: Size, leaves: readonly Leaf[], sway: Sway) {
    const depth = leaves.reduce((sum, { place }) => sum + place[2], 0) / leaves.length;
    this.#picture = picture;
    this.#sway = sway;
    this.#metre = pixelsInMetre(depth, picture);
    this.#sheet = paintLeaves(leaves, picture);
    this.#heldRow = inPixels([0, sway.heldAt, depth], picture)[1] - this.#sheet.top;
    this.#mixed = emptyPlanes(this.#sheet.size);
    this.#pushes = new Int32Array((this.#sheet.size.width >> patchBits) + 2);
  }

  /** Draws the plant over `out` as it stands in this wind and light. */
  draw(out: Planes, sky: SkyState, weather: Weather): void {
    const lit = this.#in(sky);
    const { top, size: { height } } = this.#sheet;
    const end = Math.min(height, this.#picture.height - top);
    for (let row = Math.max(-top, 0); row < end; row++) {
      const [first, last] = this.#sheet.spans[row] ?? [0, 0];
      if (last <= first) continue;
      this.#computePushes(row, weather, [first, last]);
      this.#drawRow(out.y, lit.y, row, [first, last]);
      if (row % 2 === 0) this.#drawColours(out, lit, row, [first, last]);
    }
  }

  #in({ from, to, mix }: SkyState): Planes {
    const of = (name: LightName): Planes => this.#sheet.lit[name];
    if (mix === 0 || from === to) return of(from);
    mixPlanes(of(from), of(to), mix, this.#mixed);
    return this.#mixed;
  }

  /** How far the wind pushes this row, in 1/256 pixels, at every `patch`th pixel. */
  #computePushes(row: number, { breeze, leafPhase }: Weather, [first, last]: Span): void {
    const above = Math.max(this.#heldRow - row, 0) / this.#metre;
    const furthest = 256 * this.#metre * this.#sway.reach * breeze * Math.min(above / 1.5, 1);
    const y = row / this.#metre;
    for (let step = first >> patchBits; step <= (last >> patchBits) + 1; step++) {
      const x = (step * patch) / this.#metre;
      const slow = Math.sin(leafPhase + 0.5 * x + 0.7 * y);
      const quick = Math.sin(2.7 * leafPhase + 3.1 * x - 2.3 * y) + 0.6 * Math.sin(4.3 * leafPhase - 5 * x + 4.1 * y);
      this.#pushes[step] = Math.round(furthest * (0.55 * slow + 0.28 * quick));
    }
  }

  #drawRow(out: Uint8Array, from: Uint8Array, row: number, [first, last]: Span): void {
    const { cover, size, top, left } = this.#sheet;
    const [start, target, pushes] = [row * size.width, (top + row) * this.#picture.width + left, this.#pushes];
    const end = Math.min(last, this.#picture.width - left);
    for (let column = Math.max(first, -left); column < end; column++) {
      const step = column >> patchBits;
      const push = pushes[step] as number;
      const at = (column << 8) - push - ((((pushes[step + 1] as number) - push) * (column & (patch - 1))) >> patchBits);
      const source = start + (at >> 8);
      const share = cover[source] as number;
      const next = cover[source + 1] as number;
      if ((share | next) === 0) continue;
      const part = at & 255;
      const covered = share * (256 - part) + next * part;
      const light = (from[source] as number) * (256 - part) + (from[source + 1] as number) * part;
      out[target + column] = ((out[target + column] as number) * (65_280 - covered) + (light << 8)) >> 16;
    }
  }

  #drawColours(out: Planes, from: Planes, row: number, [first, last]: Span): void {
    const { coverQuarter, size, top, left } = this.#sheet;
    const start = (row >> 1) * (size.width >> 1);
    const target = ((top + row) >> 1) * (this.#picture.width >> 1) + (left >> 1);
    const end = Math.min(last, this.#picture.width - left) >> 1;
    for (let column = Math.max(first, -left) >> 1; column < end; column++) {
      const source = start + column - ((this.#pushes[column >> (patchBits - 1)] as number) >> 9);
      const rest = 255 - (coverQuarter[source] as number);
      if (rest === 255) continue;
      const index = target + column;
      out.u[index] = (((out.u[index] as number) * rest) >> 8) + (from.u[source] as number);
      out.v[index] = (((out.v[index] as number) * rest) >> 8) + (from.v[source] as number);
    }
  }
}

/** Columns of the sheet, from and up to. */
type Span = Point;
