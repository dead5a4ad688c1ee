/** The car on the gravel, seen from the front left. */
import type { Point } from '../../../core/geometry.ts';
import { plain, shaded, upright, type Canvas, type Ink } from '../brush/canvas.ts';
import { ellipse } from '../brush/coverage.ts';
import { mixed, rgb, scaled, type Rgb } from '../brush/colour.ts';
import { between, smoothStep } from '../story/chance.ts';
import { car } from './plan.ts';

/** Upper outline from the front bumper to the rear, metres behind the front and above the ground. */
const roofLine: readonly Point[] = [
  [0.02, 0.38], [0, 0.6], [0.1, 0.76], [0.55, 0.88], [1.05, 0.95],
  [1.72, 1.38], [2.1, 1.45], [3, 1.43], [3.7, 1.25], [4.2, 0.9],
];
const paintwork = rgb(0x4a_7d_9c);

export function paintCar(canvas: Canvas): void {
  const [front, , near] = car.low;
  const far = car.high[2];
  carTop(canvas, front, near, far);
  carSide(canvas, front, near);
  carFront(canvas, front, near, far);
  for (const x of [0.78, 3.35]) wheel(canvas, [front + x, 0.31], near);
}

function carSide(canvas: Canvas, front: number, near: number): void {
  const plane = upright(near, 0.1);
  const fill = (corners: readonly Point[], ink: Ink): void =>
    canvas.fill(plane, corners.map(([x, y]): Point => [front + x, y]), ink);
  fill([[0.05, 0.22], ...roofLine, [4.2, 0.25]], (_, y) =>
    scaled(paintwork, 0.5 + 0.42 * smoothStep(0.2, 0.95, y) + 0.25 * smoothStep(0.84, 0.9, y)));
  const glass: Ink = (x, y) =>
    mixed(rgb(0x2c_36_3e), rgb(0x9f_b8_c8), 0.55 * smoothStep(0.3, 0.9, Math.sin((x - front) * 2.4 - y * 2.2)));
  fill([[1.3, 0.98], [1.8, 1.35], [2.3, 1.38], [2.3, 0.98]], glass);
  fill([[2.38, 0.98], [2.38, 1.38], [3, 1.36], [3.5, 1.2], [3.6, 0.98]], glass);
  fill([[1.24, 0.3], [1.26, 0.3], [1.26, 0.95], [1.24, 0.95]], plain(scaled(paintwork, 0.35)));
  fill([[2.1, 0.82], [2.28, 0.82], [2.28, 0.85], [2.1, 0.85]], plain(rgb(0xc8_cc_d0)));
  fill([[0.02, 0.6], [0.24, 0.64], [0.22, 0.76], [0.1, 0.75]], plain(rgb(0xe4_e8_ea)));
  fill([[0, 0.3], [0.3, 0.3], [0.3, 0.4], [0, 0.42]], plain(rgb(0x2c_2e_31)));
}

/** The camera hangs to the left of the car and sees its front, narrow. */
function carFront(canvas: Canvas, front: number, near: number, far: number): void {
  const face = (from: number, to: number, [low, high]: readonly [number, number], colour: Rgb): void => {
    const [a, b] = [between(near, far, from), between(near, far, to)];
    const x = (y: number): number => front + (y > 0.6 ? (y - 0.6) * 0.6 : 0);
    canvas.fillFacet([[x(low), low, a], [x(low), low, b], [x(high), high, b], [x(high), high, a]], colour, 0.15);
  };
  face(0, 1, [0.22, 0.6], scaled(paintwork, 0.62));
  face(0, 1, [0.6, 0.76], scaled(paintwork, 0.85));
  face(0, 1, [0.22, 0.42], rgb(0x2c_2e_31));
  face(0.26, 0.74, [0.54, 0.7], rgb(0x26_2a_2e));
  face(0.3, 0.7, [0.42, 0.52], rgb(0xe6_e4_dc));
  for (const [from, to] of [[0.03, 0.22], [0.78, 0.97]] as const) face(from, to, [0.58, 0.75], rgb(0xe4_e8_ea));
}

function carTop(canvas: Canvas, front: number, near: number, far: number): void {
  for (let index = 2; index < roofLine.length - 1; index++) {
    const [a, b] = [roofLine[index], roofLine[index + 1]];
    if (a === undefined || b === undefined) continue;
    const windscreen = index === 4;
    const colour = windscreen ? rgb(0x55_68_76) : scaled(paintwork, 1.2 - 0.3 * Math.abs(b[1] - a[1]));
    const [ax, bx] = [front + a[0], front + b[0]];
    canvas.fillFacet([[ax, a[1], near], [bx, b[1], near], [bx, b[1], far], [ax, a[1], far]], colour, 0.9);
  }
}

function wheel(canvas: Canvas, [x, y]: Point, near: number): void {
  const plane = upright(near - 0.02);
  canvas.fill(plane, ellipse([x, y + 0.04], [0.39, 0.38], 0), plain(rgb(0x1c_1e_20)));
  canvas.fill(plane, ellipse([x, y], [0.31, 0.31], 0), plain(rgb(0x2a_2a_2c)));
  canvas.fill(plane, ellipse([x, y], [0.2, 0.2], 0), shaded(rgb(0xb4_b8_bc), (a, b) =>
    Math.cos(5 * Math.atan2(b - y, a - x)) > 0.2 ? 0.9 : 0.28));
  canvas.fill(plane, ellipse([x, y], [0.05, 0.05], 0), plain(rgb(0xc8_cc_d0)));
}
