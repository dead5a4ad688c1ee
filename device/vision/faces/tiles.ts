/** Which squares of a picture are looked at, so that small faces are large enough in one of them. */
import type { Size } from '../../core/geometry.ts';
import { squareAround, type Square } from '../nets/picture.ts';
import type { Candidate } from './candidate.ts';

/** Each tile is this much longer than its share, so that a face on a seam is whole in one of two. */
const OVERLAP = 0.25;
/** Tiles along the longer side; the finer ones only where the picture has the detail. */
const COARSE = 2;
const FINE = 4;
const FINE_FROM = 800;
/** What of a face may lie beyond a tile that ends inside the picture. */
const CUT = 0.1;

/** The square around all of the picture, and tiles of one or two finer grids. */
export function tilesOf(size: Size): Square[] {
  const grids = Math.max(size.width, size.height) >= FINE_FROM ? [COARSE, FINE] : [COARSE];
  return [squareAround(size), ...grids.flatMap((count) => grid(size, count))];
}

function grid(size: Size, count: number): Square[] {
  const side = Math.max(size.width, size.height) / count * (1 + OVERLAP);
  return middles(size.height, side).flatMap((y) => middles(size.width, side).map((x) => ({ x, y, side })));
}

/** Middles of the tiles along one length: as few as cover it with the overlap, evenly spread. */
function middles(length: number, side: number): number[] {
  if (length <= side) return [length / 2];
  const step = side / (1 + OVERLAP);
  const count = Math.ceil((length - side) / step) + 1;
  return Array.from({ length: count }, (_, index) => side / 2 + (length - side) * index / (count - 1));
}

/** False for a piece of what goes on beyond the square, where the picture goes on too: another tile has it whole. */
export function isWhole({ left, top, width, height }: Candidate, { x, y, side }: Square, size: Size): boolean {
  const half = side / 2;
  const beyond = [
    x - half > 0 ? x - half - left : 0,
    y - half > 0 ? y - half - top : 0,
    x + half < size.width ? left + width - (x + half) : 0,
    y + half < size.height ? top + height - (y + half) : 0,
  ];
  return Math.max(...beyond) <= CUT * Math.max(width, height);
}
