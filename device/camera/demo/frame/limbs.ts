/** A small picture in which a figure is put together from rounded limbs, before it is laid over the yard. Pure. */
import type { Point, Size } from '../../../core/geometry.ts';
import { giveBack } from '../../../core/give-back.ts';
import type { Yuv } from '../brush/colour.ts';

/** A limb in pixels: thick at both ends, straight between. */
export interface Limb {
  readonly from: Point;
  readonly to: Point;
  readonly fromRadius: number;
  readonly toRadius: number;
}

/** Whole pixels of the picture. */
export interface Region { readonly left: number; readonly top: number; readonly width: number; readonly height: number }

/** Two MB and more, ten times a second: it gives its memory back rather than wait for the garbage. */
export class LimbPicture implements Disposable {
  readonly region: Region;
  /** 0 to 1. */
  readonly cover: Float32Array;
  /** Already weighted with `cover`; nothing where there is but a shadow. */
  readonly y: Float32Array;
  readonly u: Float32Array;
  readonly v: Float32Array;

  constructor(region: Region, of: 'figure' | 'shadow') {
    const pixels = region.width * region.height;
    const coloured = of === 'figure' ? pixels : 0;
    this.region = region;
    this.cover = new Float32Array(pixels);
    [this.y, this.u, this.v] = [new Float32Array(coloured), new Float32Array(coloured), new Float32Array(coloured)];
  }

  [Symbol.dispose](): void {
    for (const numbers of [this.cover, this.y, this.u, this.v]) giveBack(numbers);
  }

  /** Lays a limb over those before; `lightFrom` -1 lights its left side, 1 its right, 0 its middle. */
  add(limb: Limb, [y, u, v]: Yuv, lightFrom: number): void {
    this.#each(limb, 1, (index, share, side) => {
      const round = 1 - 0.26 * Math.min((side - lightFrom * 0.55) ** 2, 1.4);
      const rest = 1 - share;
      this.cover[index] = (this.cover[index] ?? 0) * rest + share;
      this.y[index] = (this.y[index] ?? 0) * rest + share * y * round;
      this.u[index] = (this.u[index] ?? 0) * rest + share * u;
      this.v[index] = (this.v[index] ?? 0) * rest + share * v;
    });
  }

  /** Joins a limb of a shadow to those before; its edge is `softness` pixels wide. */
  join(limb: Limb, softness: number): void {
    this.#each(limb, softness, (index, share) => { this.cover[index] = Math.max(this.cover[index] ?? 0, share); });
  }

  #each(limb: Limb, softness: number, cover: (index: number, share: number, side: number) => void): void {
    const { region } = this;
    const { from: [ax, ay], to: [bx, by], fromRadius, toRadius } = limb;
    const reach = Math.max(fromRadius, toRadius) + softness;
    const [wayX, wayY] = [bx - ax, by - ay];
    const lengthSquare = wayX * wayX + wayY * wayY + 1e-6;
    const length = Math.sqrt(lengthSquare);
    const top = Math.max(Math.floor(Math.min(ay, by) - reach) - region.top, 0);
    const bottom = Math.min(Math.ceil(Math.max(ay, by) + reach) - region.top, region.height);
    const left = Math.max(Math.floor(Math.min(ax, bx) - reach) - region.left, 0);
    const right = Math.min(Math.ceil(Math.max(ax, bx) + reach) - region.left, region.width);
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) {
        const [x, y] = [region.left + column + 0.5 - ax, region.top + row + 0.5 - ay];
        const along = Math.min(Math.max((x * wayX + y * wayY) / lengthSquare, 0), 1);
        const radius = fromRadius + (toRadius - fromRadius) * along;
        const [asideX, asideY] = [x - along * wayX, y - along * wayY];
        const square = asideX * asideX + asideY * asideY;
        if (square > (radius + softness) * (radius + softness)) continue;
        const share = Math.min(0.5 + (radius - Math.sqrt(square)) / softness, 1);
        if (share > 0) cover(row * region.width + column, share, sideOf(x, y, wayX, wayY, length, radius));
      }
    }
  }
}

/** -1 at the limb's left edge in the picture, 1 at its right. */
function sideOf(x: number, y: number, wayX: number, wayY: number, length: number, radius: number): number {
  if (length < radius) return Math.min(Math.max(x / radius, -1), 1);
  const across = (x * wayY - y * wayX) / length;
  return Math.min(Math.max((wayY >= 0 ? across : -across) / radius, -1), 1);
}

/** The region around `limbs`, with a margin for soft edges, on even pixels and within a picture of `size`. */
export function regionAround(limbs: readonly Limb[], margin: number, size: Size): Region {
  const ends = limbs.flatMap(({ from, to, fromRadius, toRadius }) =>
    [[...from, fromRadius], [...to, toRadius]] as const);
  const clip = (value: number, limit: number): number => Math.min(Math.max(2 * Math.floor(value / 2), 0), limit);
  const left = clip(Math.min(...ends.map(([x, , r]) => x - r)) - margin, size.width);
  const top = clip(Math.min(...ends.map(([, y, r]) => y - r)) - margin, size.height);
  const right = clip(Math.max(...ends.map(([x, , r]) => x + r)) + margin + 2, size.width);
  const bottom = clip(Math.max(...ends.map(([, y, r]) => y + r)) + margin + 2, size.height);
  return { left, top, width: Math.max(right - left, 0), height: Math.max(bottom - top, 0) };
}
