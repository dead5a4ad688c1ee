/** Smooth and cellular patterns without a period, for lawns, stones and leaves. Pure. */
import { chance, smoothStep } from '../story/chance.ts';

const corner = (x: number, y: number, salt: number): number =>
  chance(Math.imul(x, 73_856_093) ^ Math.imul(y, 19_349_663), salt);

/** Smooth noise from 0 to 1 with features about 1 wide. */
export function noise(x: number, y: number, salt: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [u, v] = [smoothStep(0, 1, x - left), smoothStep(0, 1, y - top)];
  const above = corner(left, top, salt) * (1 - u) + corner(left + 1, top, salt) * u;
  const below = corner(left, top + 1, salt) * (1 - u) + corner(left + 1, top + 1, salt) * u;
  return above * (1 - v) + below * v;
}

/** Noise of several sizes on top of each other, about 0 to 1: clouds, dirt, meadows. */
export function grainy(x: number, y: number, salt: number, octaves: number): number {
  let [sum, weight, total] = [0, 1, 0];
  for (let octave = 0; octave < octaves; octave++) {
    const size = 2 ** octave;
    sum += weight * noise(x * size, y * size, salt + octave);
    total += weight;
    weight *= 0.5;
  }
  return sum / total;
}

export interface Cell {
  /** Distance to the joint with the next cell: 0 on the joint. */
  readonly toJoint: number;
  /** Which cell: a number from 0 to 1 that stays the same within it. */
  readonly which: number;
}

/** Irregular cells about 1 wide, as flagstones or a giraffe have them. */
export function cellAt(x: number, y: number, salt: number): Cell {
  let [nearest, second, which] = [Infinity, Infinity, 0];
  for (let row = Math.floor(y) - 1; row <= Math.floor(y) + 1; row++) {
    for (let column = Math.floor(x) - 1; column <= Math.floor(x) + 1; column++) {
      const centreX = column + 0.5 + 0.75 * (corner(column, row, salt) - 0.5);
      const centreY = row + 0.5 + 0.75 * (corner(column, row, salt + 1) - 0.5);
      const distance = Math.hypot(x - centreX, y - centreY);
      if (distance < nearest) [nearest, second, which] = [distance, nearest, corner(column, row, salt + 2)];
      else if (distance < second) second = distance;
    }
  }
  return { toJoint: second - nearest, which };
}
