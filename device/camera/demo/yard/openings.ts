/** Windows with curtains and flower boxes, the door with its number, the step and the lamp. */
import type { Point } from '../../../core/geometry.ts';
import { ground, plain, rectangle, shaded, upright, type Canvas } from '../brush/canvas.ts';
import { ellipse } from '../brush/coverage.ts';
import { mixed, rgb, scaled, type Rgb } from '../brush/colour.ts';
import { noise } from '../brush/texture.ts';
import { chance, smoothStep } from '../story/chance.ts';
import { door, house, lamp, windows } from './plan.ts';

const trim = rgb(0xf6_f3_ea);
const teal = rgb(0x2f_6b_6a);
const brass = rgb(0xc9_a2_4a);
const iron = rgb(0x2b_2c_2e);
const face = upright(house.front - 0.02);

export function paintOpenings(canvas: Canvas): void {
  for (const [index, each] of windows.entries()) paintWindow(canvas, each, index);
  paintDoor(canvas);
  step(canvas);
  lantern(canvas);
}

type Frame = (typeof windows)[number];

function paintWindow(canvas: Canvas, frame: Frame, index: number): void {
  const { left, right, sill, top } = frame;
  const lit = index === 1 ? 1 : 0.45;
  for (const x of [left - 0.46, right + 0.08]) shutter(canvas, x, frame);
  canvas.fill(face, rectangle(left - 0.09, sill - 0.09, right + 0.09, top + 0.09), plain(trim));
  canvas.fill(face, rectangle(left, sill, right, top), glass(frame), 1.6 * lit);
  for (const side of [0, 1] as const) curtain(canvas, frame, side, lit);
  const middle = (left + right) / 2;
  canvas.fill(face, rectangle(middle - 0.025, sill, middle + 0.025, top), plain(trim));
  canvas.fill(face, rectangle(left, sill + 0.72, right, sill + 0.765), plain(trim));
  canvas.fill(face, rectangle(left, top - 0.1, right, top), () => [0, 0, 0, 0.3]);
  flowerBox(canvas, frame);
}

/** The room is dark by day; the panes mirror some sky. */
const glass = ({ left, sill }: Frame) => (x: number, y: number): Rgb => {
  const mirror = smoothStep(0.25, 0.75, 0.5 + 0.5 * Math.sin((x - left) * 2.2 + (y - sill) * 2.6)) * 0.6;
  return mixed(rgb(0x25_2e_36), rgb(0x8f_a9_bd), mirror);
};

function curtain(canvas: Canvas, { left, right, sill, top }: Frame, side: 0 | 1, lit: number): void {
  const from = side === 0 ? left : right;
  const inward = side === 0 ? 1 : -1;
  const corners: readonly Point[] = [
    [from, top], [from + inward * 0.5, top], [from + inward * 0.34, sill + 0.5], [from + inward * 0.2, sill],
    [from, sill],
  ];
  canvas.fill(face, corners, (x) => scaled(rgb(0xe6_d9_bd), 0.62 + 0.16 * Math.sin(x * 46)), 1.5 * lit);
}

function shutter(canvas: Canvas, x: number, { sill, top }: Frame): void {
  canvas.fill(face, rectangle(x, sill - 0.05, x + 0.38, top + 0.05), plain(scaled(teal, 0.8)));
  canvas.fill(face, rectangle(x + 0.05, sill, x + 0.33, top), (_, y) => scaled(teal, 0.75 + 0.5 * ((y / 0.075) % 1)));
}

function flowerBox(canvas: Canvas, { left, right, sill }: Frame): void {
  const front = upright(house.front - 0.22, 0.3);
  const foot = sill - 0.3;
  canvas.fill(front, rectangle(left - 0.02, foot, right + 0.02, foot + 0.2), (x, y) =>
    scaled(rgb(0x8c_62_40), 0.8 + 0.25 * noise(x * 3, y * 22, 90)));
  for (let each = 0; each < 90; each++) {
    const x = left + (right - left) * chance(each, 91);
    const y = foot + 0.17 + 0.2 * chance(each, 92);
    const colours = [rgb(0x4c_74_32), rgb(0x5f_86_3a), rgb(0xc8_30_38), rgb(0xe0_5a_66), rgb(0xf0_e4_e2)] as const;
    const colour = colours[each < 45 ? each % 2 : 2 + (each % 3)] ?? trim;
    canvas.fill(front, ellipse([x, y], [0.045, 0.04], 0), plain(scaled(colour, 0.75 + 0.4 * chance(each, 93))));
  }
}

function paintDoor(canvas: Canvas): void {
  const { left, right, height } = door;
  const foot = 0.16;
  canvas.fill(face, rectangle(left - 0.12, 0, right + 0.12, height + 0.13), plain(trim));
  canvas.fill(face, rectangle(left - 0.16, height + 0.1, right + 0.16, height + 0.18), plain(scaled(trim, 0.92)));
  const grain = (x: number, y: number): number => 0.92 + 0.1 * noise(x * 4, y * 20, 94);
  canvas.fill(face, rectangle(left, foot, right, height), shaded(teal, grain));
  for (const [low, high] of [[0.3, 0.88], [1, 1.36]] as const) {
    for (const x of [left + 0.11, left + 0.55]) panel(canvas, rectangle(x, low, x + 0.34, high));
  }
  canvas.fill(face, rectangle(left + 0.11, 1.48, right - 0.11, 1.94), plain(rgb(0x33_42_4a)), 2);
  canvas.fill(face, rectangle(left + 0.48, 1.48, left + 0.52, 1.94), plain(teal));
  canvas.fill(face, ellipse([right - 0.08, 1.08], [0.035, 0.035], 0), plain(brass));
  canvas.fill(face, rectangle(left + 0.36, 0.92, left + 0.64, 0.97), plain(scaled(brass, 0.8)));
  canvas.fill(face, rectangle(left, height - 0.08, right, height), () => [0, 0, 0, 0.35]);
  number(canvas, [right + 0.27, 1.62]);
}

/** A panel is a little deeper than the door: dark above, light below. */
function panel(canvas: Canvas, corners: readonly Point[]): void {
  const [low, high] = [corners[0]?.[1] ?? 0, corners[2]?.[1] ?? 1];
  canvas.fill(face, corners, (_, y) => scaled(teal, y > high - 0.035 ? 0.55 : y < low + 0.03 ? 1.35 : 1.02));
}

/** The house number, 7, on an enamelled plate. */
function number(canvas: Canvas, [x, y]: Point): void {
  canvas.fill(face, ellipse([x, y], [0.11, 0.14], 0), plain(rgb(0x2a_4a_86)));
  canvas.fill(face, ellipse([x, y], [0.095, 0.125], 0), plain(rgb(0x33_58_9c)));
  canvas.fill(face, rectangle(x - 0.05, y + 0.05, x + 0.055, y + 0.08), plain(trim));
  const stem: readonly Point[] =
    [[x + 0.025, y + 0.06], [x + 0.055, y + 0.07], [x - 0.005, y - 0.09], [x - 0.035, y - 0.09]];
  canvas.fill(face, stem, plain(trim));
}

function step(canvas: Canvas): void {
  const [left, right] = [door.left - 0.2, door.right + 0.2];
  const near = house.front - 0.42;
  const stone = rgb(0xb9_b1_a4);
  const tread = rectangle(left, near, right, house.front).map(([x, z]) => [x, 0.16, z] as const);
  canvas.fillFacet(tread, stone, 1);
  canvas.fill(upright(near), rectangle(left, 0, right, 0.16), (x, y) =>
    scaled(stone, 0.62 + 0.15 * noise(x * 9, y * 9, 96)));
  const mat = rectangle(door.left + 0.12, house.front - 0.34, door.right - 0.12, house.front - 0.06);
  canvas.fillFacet(mat.map(([x, z]) => [x, 0.165, z] as const), rgb(0x7a_55_36), 1);
  canvas.fill(ground, [[left, near], [right, near], [right, near - 0.2], [left, near - 0.2]], (_, z) =>
    [0, 0, 0, 0.35 * smoothStep(near - 0.2, near, z)]);
}

function lantern(canvas: Canvas): void {
  const [x, y, z] = lamp;
  const plane = upright(z);
  canvas.fill(plane, rectangle(x - 0.02, y + 0.16, x + 0.02, y + 0.3), plain(iron));
  /** Narrower at `to` than at `from`. */
  const taper = ([from, half]: Point, [to, tip]: Point): readonly Point[] =>
    [[x - half, y + from], [x + half, y + from], [x + tip, y + to], [x - tip, y + to]];
  canvas.fill(plane, taper([0.1, 0.13], [0.2, 0.05]), plain(iron));
  canvas.fill(plane, taper([0.1, 0.1], [-0.14, 0.065]), plain(rgb(0xd9_d2_b8)), 3.5);
  canvas.fill(plane, rectangle(x - 0.008, y - 0.14, x + 0.008, y + 0.1), plain(iron), 0.6);
  canvas.fill(plane, rectangle(x - 0.075, y - 0.18, x + 0.075, y - 0.13), plain(iron));
}
