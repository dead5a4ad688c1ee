/** What lies behind the fence: hills in the haze, trees, a neighbour's cottage. */
import type { Point } from '../../../core/geometry.ts';
import { plain, rectangle, upright, type Canvas } from '../brush/canvas.ts';
import { mixed, rgb, scaled, type Rgb } from '../brush/colour.ts';
import { grainy, noise } from '../brush/texture.ts';
import { chance } from '../story/chance.ts';

const haze = rgb(0xb9_cb_d6);

/** Behind the ground. */
export function paintHills(canvas: Canvas): void {
  hills(canvas, { depth: 400, height: 23, roughness: 55, colour: mixed(rgb(0x5f_7f_78), haze, 0.62), salt: 31 });
  hills(canvas, { depth: 220, height: 12.5, roughness: 34, colour: mixed(rgb(0x5b_78_50), haze, 0.42), salt: 47 });
}

/** On the far ground. */
export function paintNeighbours(canvas: Canvas): void {
  treeLine(canvas);
  cottage(canvas);
}

interface Hills {
  readonly depth: number;
  readonly height: number;
  /** Metres from hill to hill. */
  readonly roughness: number;
  readonly colour: Rgb;
  readonly salt: number;
}

function hills(canvas: Canvas, { depth, height, roughness, colour, salt }: Hills): void {
  const steps = 90;
  const half = depth * 0.75;
  const ridge = Array.from({ length: steps + 1 }, (_, step): Point => {
    const x = -half + (2 * half * step) / steps;
    return [x, height * (0.35 + 0.65 * grainy(x / roughness + 9, 0.5, salt, 3))];
  });
  const ink = (x: number, y: number): Rgb => scaled(colour, 0.9 + 0.2 * grainy(x / 6, y / 3, salt, 2));
  canvas.fill(upright(depth, 0.5), [...ridge, [half, 0], [-half, 0]], ink);
}

function treeLine(canvas: Canvas): void {
  for (let tree = 0; tree < 46; tree++) {
    const depth = 120 - tree * 1.1;
    const x = (chance(tree, 1) - 0.5) * 1.5 * depth;
    const size = 2.6 + 2.4 * chance(tree, 2);
    const colour = mixed(mixed(rgb(0x3f_5f_34), rgb(0x66_7a_38), chance(tree, 3)), haze, 0.08 + depth / 500);
    roundTree(canvas, { x, depth, size, colour, salt: tree });
  }
}

interface Tree {
  readonly x: number;
  readonly depth: number;
  readonly size: number;
  readonly colour: Rgb;
  readonly salt: number;
}

function roundTree(canvas: Canvas, { x, depth, size, colour, salt }: Tree): void {
  const outline = Array.from({ length: 26 }, (_, index): Point => {
    const turn = (2 * Math.PI * index) / 26;
    const reach = size * (0.75 + 0.35 * noise(Math.cos(turn) * 2 + 5, Math.sin(turn) * 2 + 5, salt));
    return [x + reach * Math.cos(turn), size * 0.9 + reach * Math.sin(turn)];
  });
  const ink = (a: number, b: number): Rgb =>
    scaled(colour, 0.65 + 0.3 * (b / (2 * size)) + 0.3 * noise(a * 1.3, b * 1.6, salt));
  canvas.fill(upright(depth, 0.4), outline, ink);
}

/** Gives the eye a sense of scale, and a light in the window at night. */
function cottage(canvas: Canvas): void {
  const front = upright(46);
  const wall = rgb(0xd8_cf_bd);
  canvas.fill(front, rectangle(4.2, 0, 10.4, 3), (x, y) => scaled(wall, 0.9 + 0.1 * noise(x * 3, y * 3, 5)));
  canvas.fill(upright(46, 0.6), [[3.8, 2.8], [10.8, 2.8], [9.8, 5.4], [4.8, 5.4]], (x, y) =>
    scaled(rgb(0x7c_52_45), 0.8 + 0.35 * noise(x * 5, y * 8, 6)));
  canvas.fill(front, rectangle(9, 4.9, 9.6, 6.2), plain(rgb(0x8b_5e_4e)));
  canvas.fill(front, rectangle(5.1, 1.1, 6.1, 2.1), plain(rgb(0x4a_55_60)), 1.8);
  canvas.fill(front, rectangle(8.4, 1.1, 9.4, 2.1), plain(rgb(0x4a_55_60)));
  canvas.fill(front, rectangle(6.9, 0, 7.7, 2), plain(rgb(0x6b_4a_35)));
}
