/** Lawn with mowing stripes, flagstones, gravel, the lane and the meadow behind. */
import type { Point } from '../../../core/geometry.ts';
import { ground, growing, type Canvas } from '../brush/canvas.ts';
import { mixed, rgb, scaled, type Rgb } from '../brush/colour.ts';
import { ellipse } from '../brush/coverage.ts';
import { cellAt, grainy, noise } from '../brush/texture.ts';
import { between, chance, smoothStep } from '../story/chance.ts';
import { curve } from '../story/walk.ts';
import { boundary, drive, house, path, pathWidth, type Spot } from './plan.ts';
import { halfWidthAt } from './view.ts';

const grass = rgb(0x74_92_3e);
const greener = rgb(0x55_7d_35);
const drier = rgb(0x95_9b_4c);
const meadow = rgb(0x9a_a8_55);
const gravel = rgb(0xa8_9f_8f);
const stone = rgb(0xb4_ab_9c);
const soil = rgb(0x5d_47_35);

const flagstones = curve(path);

export function paintGround(canvas: Canvas): void {
  canvas.fill(ground, [[-900, 900], [900, 900], [900, 5.4], [-900, 5.4]], (x, z) => groundAt(x, z));
  blades(canvas);
}

function groundAt(x: number, z: number): Rgb {
  if (z > 17.4 && z < 20.5) return scaled(rgb(0x8d_86_7c), 0.85 + 0.3 * noise(x * 3, z * 3, 60));
  if (z > boundary.depth + 0.4) return mixed(meadowAt(x, z), rgb(0xb9_cb_d6), smoothStep(25, 300, z) * 0.5);
  const fromPath = distanceToPath(x, z) + 0.16 * (noise(x * 3, z * 3, 8) - 0.5);
  const stones = smoothStep(pathWidth / 2 + 0.06, pathWidth / 2 - 0.06, fromPath);
  const pebbles = gravelShare(x, z);
  const base = inBed(x, z) ? scaled(soil, 0.75 + 0.5 * noise(x * 14, z * 9, 9)) : lawnAt(x, z);
  return mixed(mixed(base, gravelAt(x, z), pebbles), flagstoneAt(x, z), stones);
}

function lawnAt(x: number, z: number): Rgb {
  const stripe = Math.sin((x * 0.86 + z * 0.5) * 3.1);
  const patch = grainy(x * 0.7, z * 0.7, 10, 3);
  const tuft = noise(x * 11, z * 6, 14) * smoothStep(16, 7, z);
  const dry = smoothStep(0.52, 0.85, grainy(x * 0.45 + 40, z * 0.45, 12, 3)) * 0.55;
  const colour = mixed(mixed(grass, greener, patch), drier, dry);
  return scaled(colour, 0.9 + 0.085 * Math.tanh(2.5 * stripe) + 0.2 * (patch - 0.5) + 0.24 * (tuft - 0.4));
}

function meadowAt(x: number, z: number): Rgb {
  const green = smoothStep(0.35, 0.7, grainy(x * 0.1, z * 0.05, 20, 3));
  return scaled(mixed(meadow, greener, green), 0.8 + 0.3 * noise(x * 0.8, z * 0.4, 22));
}

/** 1 on the drive, ragged at its edge. */
function gravelShare(x: number, z: number): number {
  const ragged = 0.3 * (grainy(x * 2, z * 2, 30, 2) - 0.5);
  const inside = Math.min(x - drive.left, z - drive.near, drive.far - z) + ragged;
  return smoothStep(-0.08, 0.08, inside);
}

const gravelAt = (x: number, z: number): Rgb =>
  scaled(gravel, 0.62 + 0.5 * noise(x * 24, z * 14, 32) + 0.25 * (noise(x * 2, z * 2, 33) - 0.3));

function flagstoneAt(x: number, z: number): Rgb {
  const cell = cellAt(x * 2.1, z * 1.7, 40);
  const face = scaled(stone, 0.78 + 0.3 * cell.which + 0.2 * (grainy(x * 8, z * 6, 42, 2) - 0.5));
  return mixed(scaled(greener, 0.55), face, smoothStep(0.03, 0.13, cell.toJoint));
}

/** The flower bed along the house. */
const inBed = (x: number, z: number): boolean =>
  z > 12.35 && z < house.front && x > house.left + 0.1 && x < -3.1 + 0.1 * noise(x * 5, z * 5, 50);

function distanceToPath(x: number, z: number): number {
  if (z < 11 || x < -3.5 || x > 3.5) return Infinity;
  let nearest = Infinity;
  for (let index = 1; index < flagstones.length; index++) {
    const [from, to] = [flagstones[index - 1], flagstones[index]];
    if (from !== undefined && to !== undefined) nearest = Math.min(nearest, distanceToPiece([x, z], from, to));
  }
  return nearest;
}

function distanceToPiece([x, z]: Spot, from: Spot, to: Spot): number {
  const [dx, dz] = [to[0] - from[0], to[1] - from[1]];
  const share = Math.min(Math.max(((x - from[0]) * dx + (z - from[1]) * dz) / (dx * dx + dz * dz), 0), 1);
  return Math.hypot(x - from[0] - dx * share, z - from[1] - dz * share);
}

/** Single blades and daisies, far ones first: what makes a green plane a lawn. */
function blades(canvas: Canvas): void {
  const count = 8000;
  for (let blade = 0; blade < count; blade++) {
    const z = 15.5 - 9.6 * Math.sqrt(blade / count);
    const x = (chance(blade, 1) * 2 - 1) * halfWidthAt(z) * 1.02;
    if (z > house.front && x < house.right + 0.3) continue;
    if (distanceToPath(x, z) < pathWidth / 2 || gravelShare(x, z) > 0 || inBed(x, z)) continue;
    const height = between(0.035, 0.085, chance(blade, 2));
    const lean = (chance(blade, 3) - 0.5) * 0.08;
    const tone = mixed(mixed(greener, drier, chance(blade, 4)), rgb(0xb5_c2_62), chance(blade, 5) * 0.35);
    const corners: readonly Point[] = [[x - 0.008, 0], [x + 0.008, 0], [x + lean, height]];
    canvas.fill(growing(z), corners, (_, y) => scaled(tone, 0.6 + (0.55 * y) / height));
    if (chance(blade, 6) < 0.05 * smoothStep(0.55, 0.75, grainy(x * 0.6, z * 0.6, 70, 2))) daisy(canvas, x, z);
  }
}

function daisy(canvas: Canvas, x: number, z: number): void {
  const plane = growing(z);
  canvas.fill(plane, ellipse([x, 0.06], [0.022, 0.014], 0), () => rgb(0xf4_f2_ea));
  canvas.fill(plane, ellipse([x, 0.062], [0.008, 0.006], 0), () => rgb(0xe8_b9_2f));
}
