/** What is kept of a face to know it again: numbers, which no picture can be made of by us. */

/** Numbers that the network gives; together they have the length 1. */
export const DESCRIPTOR_LENGTH = 1024;
export type Descriptor = Float32Array;

/** The cosines that count as half alike and as not alike: measured, see docs/reference/faces.md. */
const HALF = 0.77;
const NONE = 2 * HALF - 1;

/**
 * How alike two faces are: 0 to 1, 0.5 where a stranger and the same person are told apart best.
 * The cosine of both, stretched so.
 */
export function similarity(a: Descriptor, b: Descriptor): number {
  let cosine = 0;
  for (let index = 0; index < a.length; index += 1) cosine += (a[index] ?? 0) * (b[index] ?? 0);
  return Math.min(Math.max((cosine - NONE) / (1 - NONE), 0), 1);
}

/**
 * The square root of each feature, scaled to the length 1: the cosine of two such is Bhattacharyya's coefficient, which
 * is less ruled by the few largest features. Features are never negative.
 */
export function describe(features: Float32Array): Descriptor {
  const roots = features.map((value) => Math.sqrt(Math.max(value, 0)));
  const length = Math.hypot(...roots);
  return length === 0 ? roots : roots.map((value) => value / length);
}
