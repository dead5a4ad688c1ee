/** The cottage: boarded walls, a tiled roof, two windows, a door, a lamp that lights the step at night. */
import type { Point } from '../../../core/geometry.ts';
import { ground, plain, rectangle, shaded, slope, upright, type Canvas } from '../brush/canvas.ts';
import { mixed, rgb, scaled, type Rgb } from '../brush/colour.ts';
import { cellAt, grainy, noise } from '../brush/texture.ts';
import { chance, smoothStep } from '../story/chance.ts';
import { house } from './plan.ts';

const wall = rgb(0xee_e2_c6);
const trim = rgb(0xf6_f3_ea);
const tile = rgb(0xa8_58_3c);
const brick = rgb(0x98_5a_46);

export function paintHouse(canvas: Canvas): void {
  chimney(canvas);
  roof(canvas);
  walls(canvas);
}

function walls(canvas: Canvas): void {
  const { left, right, front, eaves } = house;
  // The camera sees a hand's breadth of the right wall.
  const side: readonly Point[] = [[right, 0], [right + 0.17, 0.9], [right + 0.17, 2.6], [right, eaves]];
  canvas.fill(upright(front + 0.02), side, plain(scaled(wall, 0.55)));
  canvas.fill(upright(front), rectangle(left, 0, right, eaves), boards);
  canvas.fill(upright(front), rectangle(left, 0, right, 0.34), plinth);
  for (const x of [left, right - 0.14]) {
    canvas.fill(upright(front), rectangle(x, 0.34, x + 0.14, eaves), shaded(trim, () => 0.95));
  }
  canvas.fill(upright(front), rectangle(left, eaves - 0.42, right, eaves), (_, y) =>
    [0.05, 0.04, 0.03, 0.3 * smoothStep(eaves - 0.42, eaves - 0.05, y)]);
  contactShadow(canvas);
}

/** Boards of 17 cm, each shading the one below a little. */
function boards(x: number, y: number): Rgb {
  const board = Math.floor(y / 0.17);
  const within = y / 0.17 - board;
  const lip = 1 - 0.32 * smoothStep(0.86, 1, within) + 0.05 * within;
  const weathered = 0.95 + 0.1 * (grainy(x * 1.5, y * 1.5, 81, 2) - 0.5) + 0.05 * (chance(board, 82) - 0.5);
  return scaled(wall, lip * weathered);
}

function plinth(x: number, y: number): Rgb {
  const cell = cellAt(x * 2.6, y * 5, 83);
  return mixed(rgb(0x6a_64_5c), scaled(rgb(0x9b_92_86), 0.8 + 0.35 * cell.which), smoothStep(0.02, 0.1, cell.toJoint));
}

/** Where a wall stands on the ground, hardly any light comes. */
function contactShadow(canvas: Canvas): void {
  const { left, right, front } = house;
  canvas.fill(ground, [[left, front], [right, front], [right + 0.1, front - 0.35], [left, front - 0.35]], (_, z) =>
    [0.06, 0.06, 0.04, 0.45 * smoothStep(front - 0.35, front, z)]);
}

function roof(canvas: Canvas): void {
  const { left, right, front, eaves, ridge, ridgeDepth, overhang } = house;
  const low = front - overhang;
  const slant = slope([low, eaves - 0.12], [ridgeDepth, ridge], 0.6);
  const [from, to] = [left - 0.35, right + 0.32];
  canvas.fill(slant, [[from, eaves - 0.12], [to, eaves - 0.12], [to - 0.12, ridge], [from + 0.12, ridge]], tiles);
  const cap = slope([ridgeDepth - 0.05, ridge - 0.1], [ridgeDepth, ridge + 0.06], 0.6);
  canvas.fill(cap, rectangle(from + 0.1, ridge - 0.08, to - 0.1, ridge + 0.06), (x) =>
    scaled(tile, 0.8 + 0.2 * Number(Math.floor(x * 2.6) % 2 === 0)));
  const gutter = upright(low, 0.4);
  canvas.fill(gutter, rectangle(from, eaves - 0.2, to, eaves - 0.09), (_, y) =>
    scaled(rgb(0xd8_d4_c8), 0.55 + 3.6 * Math.abs(y - eaves + 0.16)));
}

/** Overlapping tiles, each of its own tone, some with moss. */
function tiles(x: number, y: number): Rgb {
  const row = Math.floor(y / 0.14);
  const across = x / 0.26 + (row % 2) * 0.5;
  const column = Math.floor(across);
  const tone = 0.78 + 0.34 * chance(column * 131 + row, 84);
  const gap = smoothStep(0.5, 0.44, Math.abs(across - column - 0.5)) * 0.25 + 0.75;
  const lip = 1 - 0.4 * smoothStep(0.22, 0, y / 0.14 - row);
  const moss = smoothStep(0.6, 0.78, grainy(x * 1.1, y * 2, 86, 3)) * 0.4;
  return mixed(scaled(tile, tone * gap * lip), scaled(rgb(0x6f_7a_42), lip), moss);
}

function chimney(canvas: Canvas): void {
  const plane = upright(house.ridgeDepth + 0.1);
  const ink = (x: number, y: number): Rgb => {
    const row = Math.floor(y / 0.1);
    const joint = Math.min(Math.abs(y / 0.1 - row - 0.5), Math.abs(((x / 0.24 + row * 0.5) % 1 + 1) % 1 - 0.5));
    return scaled(brick, (joint > 0.44 ? 1.25 : 0.9) * (0.85 + 0.3 * noise(x * 8, y * 9, 88)));
  };
  canvas.fill(plane, rectangle(-6.9, 4, -6.1, 5.75), ink);
  canvas.fill(plane, rectangle(-6.98, 5.62, -6.02, 5.78), plain(scaled(brick, 1.15)));
  for (const x of [-6.72, -6.42]) {
    canvas.fill(plane, rectangle(x, 5.78, x + 0.2, 6.1), shaded(rgb(0xb0_65_42), (a) => 0.7 + 2 * (a - x)));
  }
}
