/** Takes the edges of blocks out of a coded picture, as every decoder does (ITU-T H.264, 8.7), at `QUANTISER`. */
import type { Plane } from './plane.ts';

/** Tables 8-16 and 8-17 at 24: what differs by more than this across an edge, or beside it, is no edge of blocks. */
const ACROSS = 12;
const BESIDE = 4;
/** How much is changed at an edge that is none of a picture predicted anew. */
const CHANGE = 1;

/** How much a side of a block is smoothed: 0 not at all, 2 where there are coefficients, more where predicted anew. */
export type Strength = 0 | 2 | 3 | 4;

/**
 * Smooths the edge before four pixels of light that begin at `at`.
 * @param across - Step over the edge. @param along - Step beside it.
 */
export function smoothLight(
  { pixels }: Plane, at: number, [across, along]: readonly [number, number], strength: Strength,
): void {
  for (let pixel = 0, q = at; pixel < 4; pixel += 1, q += along) {
    const p1 = pixels[q - 2 * across] as number;
    const p0 = pixels[q - across] as number;
    const q0 = pixels[q] as number;
    const q1 = pixels[q + across] as number;
    if (!isOfBlocks(p1, p0, q0, q1)) continue;
    const p2 = pixels[q - 3 * across] as number;
    const q2 = pixels[q + 2 * across] as number;
    const isFlatP = Math.abs(p2 - p0) < BESIDE;
    const isFlatQ = Math.abs(q2 - q0) < BESIDE;
    if (strength === 4) {
      const isSmall = Math.abs(p0 - q0) < (ACROSS >> 2) + 2;
      if (isSmall && isFlatP) {
        pixels[q - across] = (p2 + 2 * p1 + 2 * p0 + 2 * q0 + q1 + 4) >> 3;
        pixels[q - 2 * across] = (p2 + p1 + p0 + q0 + 2) >> 2;
        pixels[q - 3 * across] = (2 * (pixels[q - 4 * across] as number) + 3 * p2 + p1 + p0 + q0 + 4) >> 3;
      } else pixels[q - across] = (2 * p1 + p0 + q1 + 2) >> 2;
      if (isSmall && isFlatQ) {
        pixels[q] = (p1 + 2 * p0 + 2 * q0 + 2 * q1 + q2 + 4) >> 3;
        pixels[q + across] = (p0 + q0 + q1 + q2 + 2) >> 2;
        pixels[q + 2 * across] = (2 * (pixels[q + 3 * across] as number) + 3 * q2 + q1 + q0 + p0 + 4) >> 3;
      } else pixels[q] = (2 * q1 + q0 + p1 + 2) >> 2;
      continue;
    }
    const delta = within(CHANGE + Number(isFlatP) + Number(isFlatQ), (4 * (q0 - p0) + p1 - q1 + 4) >> 3);
    const mean = (p0 + q0 + 1) >> 1;
    if (isFlatP) pixels[q - 2 * across] = p1 + within(CHANGE, (p2 + mean - 2 * p1) >> 1);
    if (isFlatQ) pixels[q + across] = q1 + within(CHANGE, (q2 + mean - 2 * q1) >> 1);
    pixels[q - across] = byte(p0 + delta);
    pixels[q] = byte(q0 - delta);
  }
}

/** The same of two pixels of colour. */
export function smoothColour(
  { pixels }: Plane, at: number, [across, along]: readonly [number, number], strength: Strength,
): void {
  for (let pixel = 0, q = at; pixel < 2; pixel += 1, q += along) {
    const p1 = pixels[q - 2 * across] as number;
    const p0 = pixels[q - across] as number;
    const q0 = pixels[q] as number;
    const q1 = pixels[q + across] as number;
    if (!isOfBlocks(p1, p0, q0, q1)) continue;
    const delta = within(CHANGE + 1, (4 * (q0 - p0) + p1 - q1 + 4) >> 3);
    pixels[q - across] = strength === 4 ? (2 * p1 + p0 + q1 + 2) >> 2 : byte(p0 + delta);
    pixels[q] = strength === 4 ? (2 * q1 + q0 + p1 + 2) >> 2 : byte(q0 - delta);
  }
}

const isOfBlocks = (p1: number, p0: number, q0: number, q1: number): boolean =>
  Math.abs(p0 - q0) < ACROSS && Math.abs(p1 - p0) < BESIDE && Math.abs(q1 - q0) < BESIDE;

const within = (most: number, value: number): number => Math.max(-most, Math.min(most, value));
const byte = (value: number): number => Math.max(0, Math.min(255, value));
