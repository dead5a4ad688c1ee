/** The trunk of the tree with its inner leaves, and the flowers along the wall. */
import type { Point } from '../../../core/geometry.ts';
import { plain, upright, type Canvas } from '../brush/canvas.ts';
import { ellipse } from '../brush/coverage.ts';
import { mixed, rgb, scaled, type Rgb } from '../brush/colour.ts';
import { grainy } from '../brush/texture.ts';
import { between, chance, pick } from '../story/chance.ts';
import { innerCrown, type Leaf } from './leaves.ts';
import { house, trunk } from './plan.ts';

export function paintGarden(canvas: Canvas): void {
  paintTrunk(canvas);
  paintLeaves(canvas, innerCrown());
  flowers(canvas);
}

function paintTrunk(canvas: Canvas): void {
  const { x, z, height, radius } = trunk;
  const bark = (a: number, y: number): Rgb =>
    scaled(rgb(0x7a_64_50), 0.45 + 0.5 * grainy(a * 14, y * 3, 100, 3) + Math.min(Math.max(0.9 * (a - x), -0.2), 0.25));
  const plane = upright(z);
  canvas.fill(plane, [
    [x - radius * 1.7, 0], [x - radius, 0.35], [x - radius * 0.8, height], [x + radius * 0.7, height],
    [x + radius, 0.35], [x + radius * 1.8, 0],
  ], bark);
  const limb = (to: Point, width: number): readonly Point[] =>
    [[x - width, height - 0.9], [to[0] - width / 3, to[1]], [to[0] + width / 3, to[1]], [x + width, height - 0.5]];
  for (const to of [[4.5, 4.4], [6.9, 4.5], [5.3, 5.8], [6.2, 5.8]] as const) canvas.fill(plane, limb(to, 0.09), bark);
}

/** Leaves that do not move. */
function paintLeaves(canvas: Canvas, leaves: readonly Leaf[]): void {
  for (const { place: [x, y, z], size, angle, colour, tilt } of leaves) {
    canvas.fill(upright(z, tilt), ellipse([x, y], [size, size * 0.5], -angle), plain(colour));
  }
}

/** Tall ones by the wall, low ones in front. */
function flowers(canvas: Canvas): void {
  const count = 420;
  for (let each = 0; each < count; each++) {
    const near = each / count;
    const x = between(house.left + 0.15, -3.2, chance(each, 110));
    const z = house.front - 0.1 - 0.5 * near;
    const height = between(0.28, 0.5, chance(each, 111)) * (1.15 - 0.55 * near);
    const green = mixed(rgb(0x4d_73_33), rgb(0x7d_98_48), chance(each, 112));
    const lean = (chance(each, 113) - 0.5) * 0.16;
    const stalk: readonly Point[] = [[x - 0.03, 0], [x + 0.03, 0], [x + lean, height]];
    canvas.fill(upright(z, 0.6), stalk, (_, y) => scaled(green, 0.45 + (0.6 * y) / height));
    if (chance(each, 114) < 0.45) blossom(canvas, [x + lean, height, z], each);
  }
}

function blossom(canvas: Canvas, [x, y, z]: readonly [number, number, number], each: number): void {
  const bunch = Math.floor(x * 1.4);
  const colour = rgb(pick([0xd8_4a_7a, 0xf0_c0_3c, 0xf2_ee_e4, 0x8a_5c_b8, 0xe0_6a_3a], chance(bunch, 115)));
  const size = between(0.035, 0.06, chance(each, 116));
  canvas.fill(upright(z, 0.6), ellipse([x, y], [size, size * 0.8], 0), (_, b) => scaled(colour, 0.8 + 3 * (b - y)));
}
