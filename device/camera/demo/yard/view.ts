/**
 * Where the camera hangs and how it sees: a point in the yard, in metres, to a point in the picture, in fractions.
 * The lens is shifted, not tilted, so uprights stay upright. Composed for 16:9; other shapes are stretched.
 */
import type { Box, Point, Size } from '../../../core/geometry.ts';

/** `[x, y, z]` in metres: right of the camera, above the ground, away from the camera. */
export type Place = readonly [x: number, y: number, z: number];

/** Height of the camera above the ground, in metres. */
export const eyeHeight = 3.2;
/** Where the ground meets the sky, as a fraction of the picture's height. */
export const horizon = 0.34;
/** Fraction of the picture's width that a metre takes at one metre's distance. */
const focalAcross = 900 / 1280;
/** The same of the picture's height. */
export const focalDown = 900 / 720;

export const project = ([x, y, z]: Place): Point =>
  [0.5 + (focalAcross * x) / z, horizon + (focalDown * (eyeHeight - y)) / z];

/** Where `place` is seen in a picture of `size`, in pixels. */
export function inPixels(place: Place, { width, height }: Size): Point {
  const [u, v] = project(place);
  return [u * width, v * height];
}

/** How many pixels a metre takes at distance `depth` in a picture of `size`. */
export const pixelsInMetre = (depth: number, { width }: Size): number => (focalAcross * width) / depth;

/** The place on the ground that is seen at `[u, v]`; `v` below the horizon. */
export function groundAt([u, v]: Point): Place {
  const z = (focalDown * eyeHeight) / (v - horizon);
  return [((u - 0.5) * z) / focalAcross, 0, z];
}

/** The place seen at `[u, v]` on an upright plane that faces the camera at distance `z`. */
export const uprightAt = ([u, v]: Point, z: number): Place =>
  [((u - 0.5) * z) / focalAcross, eyeHeight - ((v - horizon) * z) / focalDown, z];

/** Half the width of the yard that the picture holds at distance `z`, in metres. */
export const halfWidthAt = (z: number): number => (0.5 * z) / focalAcross;

/** The box of the picture around all of `places`, clipped to the picture. Nothing seen gives a box of no area. */
export function boxAround(places: readonly Place[]): Box {
  const points = places.map(project);
  const clip = (value: number): number => Math.min(Math.max(value, 0), 1);
  const [left, right] = [Math.min(...points.map(([u]) => u)), Math.max(...points.map(([u]) => u))].map(clip);
  const [top, bottom] = [Math.min(...points.map(([, v]) => v)), Math.max(...points.map(([, v]) => v))].map(clip);
  return [left ?? 0, top ?? 0, (right ?? 0) - (left ?? 0), (bottom ?? 0) - (top ?? 0)];
}
