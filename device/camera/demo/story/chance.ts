/**
 * Chance that can be asked again: the same seed and salt always give the same number, so that any moment of the demo
 * can be computed without the moments before it.
 * @returns From 0 up to, not including, 1.
 */
export function chance(seed: number, salt: number): number {
  let hash = Math.imul(seed ^ 0x9e37_79b9, 0x85eb_ca6b) ^ Math.imul(salt + 0x7f4a_7c15, 0xc2b2_ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b_3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a_2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 4_294_967_296;
}

/** From `low` up to `high`. */
export const between = (low: number, high: number, share: number): number => low + (high - low) * share;

/** One of `choices`, by a share from 0 up to 1. */
export function pick<T>(choices: readonly [T, ...T[]], share: number): T {
  return choices[Math.floor(share * choices.length)] ?? choices[0];
}

/** 0 before `from`, 1 after `to`, and an S-shaped way between. */
export function smoothStep(from: number, to: number, value: number): number {
  const share = Math.min(Math.max((value - from) / (to - from), 0), 1);
  return share * share * (3 - 2 * share);
}

/** A slow wander from 0 to 1 that never repeats: a new random level at each whole `position`, smooth between. */
export function wander(position: number, salt: number): number {
  const step = Math.floor(position);
  return between(chance(step, salt), chance(step + 1, salt), smoothStep(0, 1, position - step));
}
