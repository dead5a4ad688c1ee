/**
 * The still yard before light falls on it: for each pixel what colour the surface has, where it is and how it is
 * turned. One canvas is then lit four times, for day, dusk, night and dawn (`frame/backdrop.ts`). Pure.
 */
import type { Point, Size } from '../../../core/geometry.ts';
import { giveBack } from '../../../core/give-back.ts';
import { eyeHeight, focalDown, groundAt, horizon, inPixels, uprightAt, type Place } from '../yard/view.ts';
import type { Rgb } from './colour.ts';
import { coverPolygon } from './coverage.ts';

/** Colour of a surface in the surface's own coordinates, in metres; the fourth number is its opacity. */
export type Ink = (a: number, b: number) => readonly [red: number, green: number, blue: number, opacity?: number];

interface Surface {
  readonly colour: Rgb;
  readonly depth: number;
  readonly tilt: number;
  readonly glow: number;
}

/** A flat piece of the world to paint on. */
export interface Plane {
  /** Distance in metres of what is seen at a point of the picture; 0 for the ground. */
  depthAt(seen: Point): number;
  /** 0 faces the camera, 1 faces up. */
  readonly tilt: number;
  place(a: number, b: number): Place;
  coordinates(seen: Point): Point;
}

/** The ground; coordinates are x and z. */
export const ground: Plane = {
  depthAt: () => 0, tilt: 1, place: (x, z) => [x, 0, z],
  coordinates: (seen) => { const [x, , z] = groundAt(seen); return [x, z]; },
};

/** An upright plane at distance `depth`; coordinates are x and y. */
export const upright = (depth: number, tilt = 0): Plane => ({
  depthAt: () => depth, tilt, place: (x, y) => [x, y, depth],
  coordinates: (seen) => { const [x, y] = uprightAt(seen, depth); return [x, y]; },
});

/** As `upright`, for what is so low, like grass, that people stand in it and their shadows fall on it. */
export const growing = (depth: number): Plane => ({ ...upright(depth, 1), depthAt: () => 0 });

/** A roof that rises away from the camera; coordinates are x and y. */
export function slope(low: Point, high: Point, tilt: number): Plane {
  const rise = (high[1] - low[1]) / (high[0] - low[0]);
  const depthAt = ([, v]: Point): number =>
    (eyeHeight - low[1] + rise * low[0]) / (rise + (v - horizon) / focalDown);
  return {
    depthAt, tilt, place: (x, y) => [x, y, low[0] + (y - low[1]) / rise],
    coordinates: (seen) => { const [x, y] = uprightAt(seen, depthAt(seen)); return [x, y]; },
  };
}

export class Canvas implements Disposable {
  readonly size: Size;
  /** Three numbers a pixel: linear light that the surface returns, already weighted with `1 - sky`. */
  readonly colour: Float32Array;
  /** Share of the pixel through which the sky is seen. */
  readonly sky: Float32Array;
  /** Distance of the upright surface in metres; 0 for the ground and the sky. */
  readonly depth: Float32Array;
  readonly tilt: Float32Array;
  /** Light that the surface gives off by itself at night. */
  readonly glow: Float32Array;

  constructor(size: Size) {
    const pixels = size.width * size.height;
    this.size = size;
    this.colour = new Float32Array(3 * pixels);
    this.sky = new Float32Array(pixels).fill(1);
    this.depth = new Float32Array(pixels);
    this.tilt = new Float32Array(pixels);
    this.glow = new Float32Array(pixels);
  }

  /** 26 MB at 1280x720, which need not wait for the garbage. */
  [Symbol.dispose](): void {
    for (const numbers of [this.colour, this.sky, this.depth, this.tilt, this.glow]) giveBack(numbers);
  }

  /** Paints a polygon, given in the plane's coordinates, with `ink`; `glow` is light it gives off at night. */
  fill(plane: Plane, corners: readonly Point[], ink: Ink, glow = 0): void {
    const { width, height } = this.size;
    const pixels = corners.map(([a, b]) => inPixels(plane.place(a, b), this.size));
    coverPolygon(pixels, this.size, (column, row, share) => {
      const seen: Point = [(column + 0.5) / width, (row + 0.5) / height];
      const [red, green, blue, opacity = 1] = ink(...plane.coordinates(seen));
      const surface = { colour: [red, green, blue], depth: plane.depthAt(seen), tilt: plane.tilt, glow } as const;
      this.#blend(row * width + column, surface, share * opacity);
    });
  }

  /** Paints a small face that is turned anyhow, given by its corners, in one colour. */
  fillFacet(corners: readonly Place[], colour: Rgb, tilt: number): void {
    const pixels = corners.map((corner) => inPixels(corner, this.size));
    const depth = corners.reduce((sum, [, , z]) => sum + z, 0) / corners.length;
    coverPolygon(pixels, this.size, (column, row, share) => {
      this.#blend(row * this.size.width + column, { colour, depth, tilt, glow: 0 }, share);
    });
  }

  #blend(index: number, { colour, depth, tilt, glow }: Surface, share: number): void {
    for (let channel = 0; channel < 3; channel++) {
      const was = this.colour[3 * index + channel] ?? 0;
      this.colour[3 * index + channel] = was + ((colour[channel] ?? 0) - was) * share;
    }
    this.sky[index] = (this.sky[index] ?? 0) * (1 - share);
    this.glow[index] = (this.glow[index] ?? 0) * (1 - share) + glow * share;
    if (share < 0.5) return;
    this.depth[index] = depth;
    this.tilt[index] = tilt;
  }
}

/** The corners of a rectangle. */
export const rectangle = (left: number, low: number, right: number, high: number): readonly Point[] =>
  [[left, low], [right, low], [right, high], [left, high]];

/** A plain ink. */
export const plain = (colour: Rgb): Ink => () => colour;

/** `colour` in lighter and darker shades: `shade` gives the factor. */
export const shaded = (colour: Rgb, shade: (a: number, b: number) => number): Ink => (a, b) => {
  const by = shade(a, b);
  return [colour[0] * by, colour[1] * by, colour[2] * by];
};
