/** Which squares of a grid over the picture a drawn place touches. */
import type { Point, Polygon } from './geometry.ts';

export interface Grid { readonly columns: number; readonly rows: number }

/** A corner exactly on a border between two squares touches both. */
const TOUCH = 1e-6;

/** 1 for each square that `polygon` touches, however thin it is; row-major, `columns * rows`. */
export function touchedSquares(polygon: Polygon, grid: Grid): Uint8Array {
  const squares = squaresInside(polygon, grid);
  polygon.forEach((corner, index) => touchAlong(squares, grid, [polygon.at(index - 1) ?? corner, corner]));
  return squares;
}

/** 1 for each square whose middle lies inside of `polygon`, as `isInside` has it; row-major, `columns * rows`. */
export function squaresInside(polygon: Polygon, { columns, rows }: Grid): Uint8Array {
  const squares = new Uint8Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    const y = (row + 0.5) / rows;
    const crossings = polygon.flatMap(([x1, y1], index) => {
      const [x0, y0] = polygon.at(index - 1) ?? [x1, y1];
      return (y0 > y) === (y1 > y) ? [] : [x0 + ((y - y0) / (y1 - y0)) * (x1 - x0)];
    }).sort((a, b) => a - b);
    for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
      const [from, to] = [crossings[pair] ?? 0, crossings[pair + 1] ?? 0].map((x) =>
        Math.min(columns, Math.max(0, Math.ceil(x * columns - 0.5))));
      squares.fill(1, row * columns + (from ?? 0), row * columns + (to ?? 0));
    }
  }
  return squares;
}

/** Every square that the straight line touches. */
function touchAlong(squares: Uint8Array, { columns, rows }: Grid, [from, to]: readonly [Point, Point]): void {
  const [[x0, y0], [x1, y1]] = from[1] <= to[1] ? [from, to] : [to, from];
  for (let row = squareAt(y0 - TOUCH, rows); row <= squareAt(y1 + TOUCH, rows); row++) {
    const [a = x0, b = x1] = [row / rows, (row + 1) / rows].map((y) =>
      (y1 === y0 ? undefined : x0 + (x1 - x0) * Math.min(1, Math.max(0, (y - y0) / (y1 - y0)))));
    const [first, last] = [Math.min(a, b) - TOUCH, Math.max(a, b) + TOUCH].map((x) => squareAt(x, columns));
    squares.fill(1, row * columns + (first ?? 0), row * columns + (last ?? 0) + 1);
  }
}

const squareAt = (fraction: number, squares: number): number =>
  Math.min(squares - 1, Math.max(0, Math.floor(fraction * squares)));
