/** Which pixels a shape covers, and by how much: soft edges for everything that is painted. Pure. */
import type { Point, Size } from '../../../core/geometry.ts';

/** Takes one pixel, its column and row, and the share from 0 to 1 that is covered. */
export type CoverPixel = (column: number, row: number, share: number) => void;

const lines = 4;

/** Calls `cover` for each pixel of a picture of `size` that the polygon touches. `corners` are in pixels. */
export function coverPolygon(corners: readonly Point[], size: Size, cover: CoverPixel): void {
  const rows = corners.map(([, y]) => y);
  const columns = corners.map(([x]) => x);
  const top = Math.max(Math.floor(Math.min(...rows)), 0);
  const bottom = Math.min(Math.ceil(Math.max(...rows)), size.height);
  const left = Math.max(Math.floor(Math.min(...columns)), 0);
  const right = Math.min(Math.ceil(Math.max(...columns)), size.width);
  if (right <= left) return;
  const shares = new Float32Array(right - left);
  for (let row = top; row < bottom; row++) {
    shares.fill(0);
    for (let line = 0; line < lines; line++) addLine(corners, row + (line + 0.5) / lines, left, shares);
    shares.forEach((share, column) => { if (share > 0.004) cover(left + column, row, Math.min(share, 1)); });
  }
}

/** Adds what one horizontal line through the polygon covers. */
function addLine(corners: readonly Point[], y: number, left: number, shares: Float32Array): void {
  const crossings: number[] = [];
  let before = corners.at(-1);
  for (const corner of corners) {
    if (before !== undefined && before[1] <= y !== corner[1] <= y) {
      crossings.push(before[0] + ((y - before[1]) * (corner[0] - before[0])) / (corner[1] - before[1]) - left);
    }
    before = corner;
  }
  crossings.sort((a, b) => a - b);
  for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
    addSpan(crossings[pair] ?? 0, crossings[pair + 1] ?? 0, shares);
  }
}

function addSpan(from: number, to: number, shares: Float32Array): void {
  const [start, end] = [Math.max(from, 0), Math.min(to, shares.length)];
  for (let column = Math.floor(start); column < end; column++) {
    const part = Math.min(end, column + 1) - Math.max(start, column);
    shares[column] = (shares[column] ?? 0) + part / lines;
  }
}

/** The corners of an ellipse, turned by `angle` radians. */
export function ellipse([x, y]: Point, [halfWidth, halfHeight]: Point, angle: number): readonly Point[] {
  const corners = halfWidth > 12 ? 48 : 16;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return Array.from({ length: corners }, (_, index) => {
    const turn = (2 * Math.PI * index) / corners;
    const [a, b] = [halfWidth * Math.cos(turn), halfHeight * Math.sin(turn)];
    return [x + a * cos - b * sin, y + a * sin + b * cos];
  });
}
