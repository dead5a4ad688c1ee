/** The white fence, the gate that stands open and the hedge. */
import type { Point } from '../../../core/geometry.ts';
import { plain, rectangle, upright, type Canvas } from '../brush/canvas.ts';
import { ellipse } from '../brush/coverage.ts';
import { mixed, rgb, scaled, type Rgb } from '../brush/colour.ts';
import { grainy, noise } from '../brush/texture.ts';
import { between, chance } from '../story/chance.ts';
import { boundary, fenceHeight, hedge } from './plan.ts';

const white = rgb(0xec_e9_e0);
const leaf = rgb(0x46_6b_2e);

export function paintBoundary(canvas: Canvas): void {
  paintHedge(canvas);
  fence(canvas);
  openGate(canvas);
  for (const x of [boundary.gateLeft - 0.06, boundary.gateRight + 0.06]) post(canvas, x);
}

function fence(canvas: Canvas): void {
  const { depth, fenceLeft, gateLeft } = boundary;
  for (const height of [0.3, 0.82]) {
    const rail = rectangle(fenceLeft, height, gateLeft, height + 0.09);
    canvas.fill(upright(depth + 0.03), rail, plain(scaled(white, 0.75)));
  }
  for (let x = fenceLeft; x < gateLeft - 0.1; x += 0.165) picket(canvas, [x, depth], 0.1);
}

function picket(canvas: Canvas, [x, depth]: readonly [number, number], width: number): void {
  const corners: readonly Point[] = [
    [x, 0.05], [x + width, 0.05], [x + width, fenceHeight - 0.08], [x + width / 2, fenceHeight],
    [x, fenceHeight - 0.08],
  ];
  canvas.fill(upright(depth), corners, (a, y) =>
    scaled(white, 0.86 + 0.12 * noise(a * 9, y * 4, 3) - 0.25 * Math.max(0.25 - y, 0)));
}

/** Swung towards the house. */
function openGate(canvas: Canvas): void {
  const at = (share: number, y: number): readonly [number, number, number] =>
    [boundary.gateLeft - 0.42 * share, y, boundary.depth - 1.2 * share];
  for (const y of [0.3, 0.82]) {
    canvas.fillFacet([at(0, y), at(1, y), at(1, y + 0.09), at(0, y + 0.09)], scaled(white, 0.7), 0);
  }
  for (let board = 0; board < 8; board++) {
    const [from, to] = [board / 8, (board + 0.62) / 8];
    const top = fenceHeight - 0.1 + 0.1 * Math.sin((Math.PI * board) / 7);
    canvas.fillFacet([at(from, 0.06), at(to, 0.06), at(to, top), at(from, top)], scaled(white, 0.9), 0);
  }
}

function post(canvas: Canvas, x: number): void {
  const plane = upright(boundary.depth - 0.05);
  canvas.fill(plane, rectangle(x - 0.09, 0, x + 0.09, 1.3), (a) => scaled(white, 0.8 + 1.1 * (a - x + 0.09)));
  canvas.fill(plane, [[x - 0.13, 1.3], [x + 0.13, 1.3], [x + 0.08, 1.38], [x - 0.08, 1.38]], plain(white));
  canvas.fill(plane, ellipse([x, 1.44], [0.08, 0.08], 0), plain(white));
}

function paintHedge(canvas: Canvas): void {
  const [[left, , front], [right, top, back]] = [hedge.low, hedge.high];
  const edge = (x: number, salt: number): number => top + 0.09 * (grainy(x * 2.2, 0, salt, 2) - 0.5);
  const along = Array.from({ length: 120 }, (_, step) => left + ((right - left) * step) / 119);
  const face = along.map((x): Point => [x, edge(x, 71)]);
  const crest = along.map((x): Point => [x, edge(x, 72) + 0.02]);
  canvas.fill(upright(back, 1), [...crest, [right, 0], [left, 0]], (x, y) => tuft(x, y, 1.1));
  canvas.fill(upright(front, 0.25), [...face, [right, 0], [left, 0]], (x, y) => tuft(x, y, 0.55 + 0.2 * (y / top)));
  for (let each = 0; each < 5200; each++) leafOn(canvas, each);
}

const tuft = (x: number, y: number, by: number): Rgb => scaled(leaf, by * (0.55 + 0.7 * grainy(x * 5, y * 5, 73, 3)));

function leafOn(canvas: Canvas, each: number): void {
  const [[left, , front], [right, top]] = [hedge.low, hedge.high];
  const x = between(left - 0.06, right, chance(each, 74));
  const y = top * chance(each, 75) + 0.05;
  const bump = grainy(x * 1.6, y * 1.6, 77, 2);
  const tone = scaled(mixed(leaf, rgb(0x86_a2_48), chance(each, 76)), (0.5 + 0.35 * (y / top)) * (0.55 + bump * 0.9));
  const corners = ellipse([x, y], [0.05, 0.028], Math.PI * chance(each, 78));
  canvas.fill(upright(front, 0.3 + 0.4 * bump), corners, plain(tone));
}
