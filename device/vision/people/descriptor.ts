/** What is kept of a face to know it again: numbers, which no picture can be made of by us. */

/** Numbers that the network gives. */
export const DESCRIPTOR_LENGTH = 128;
export type Descriptor = Float32Array;

/** The distance that counts as half alike: measured, see docs/reference/faces.md. Twice as far is not alike. */
const HALF = 0.45;

/**
 * How alike two faces are: 1 for the same numbers, 0.5 at the distance (Euclidean) where a stranger and the same person
 * are told apart, 0 from twice that on.
 */
export function similarity(a: Descriptor, b: Descriptor): number {
  return Math.max(0, 1 - distance(a, b) / (2 * HALF));
}

function distance(a: Descriptor, b: Descriptor): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += ((a[index] ?? 0) - (b[index] ?? 0)) ** 2;
  return Math.sqrt(sum);
}
