/** Privacy masks as a picture that ffmpeg lays over another one. */
import { crc32, deflateSync } from 'node:zlib';
import { isInside, type Point, type Polygon } from '../core/geometry.ts';

/** Squares (nearly) that are black or clear: fine enough for a fence, coarse enough to be made in no time. */
const COLUMNS = 480;
const ROWS = 270;
/** A corner exactly on a border between two squares blackens both: what was drawn is never seen. */
const TOUCH = 1e-6;

/**
 * Black wherever one of `masks` lies and clear elsewhere, as a PNG in a `data:` address; to be scaled to the picture
 * without smoothing. Every square that a mask touches is black. Undefined when there is nothing to cover.
 */
export function maskPicture(masks: readonly Polygon[]): string | undefined {
  if (masks.length === 0) return undefined;
  const black = new Uint8Array(COLUMNS * ROWS);
  for (const mask of masks) blacken(black, mask);
  return `data:image/png;base64,${encodePng(black).toString('base64')}`;
}

/** The ffmpeg filters that cover the picture `video` with the mask `mask` (labels such as `0:v`); both end in `out`. */
export const coverWith = (video: string, mask: string, out: string): string =>
  `[${mask}][${video}]scale2ref=flags=neighbor[mask][bare];[bare][mask]overlay[${out}]`;

function blacken(black: Uint8Array, mask: Polygon): void {
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < COLUMNS; column++) {
      if (isInside(mask, [(column + 0.5) / COLUMNS, (row + 0.5) / ROWS])) black[row * COLUMNS + column] = 1;
    }
  }
  mask.forEach((corner, index) => blackenEdge(black, mask.at(index - 1) ?? corner, corner));
}

/** Every square that the straight line touches. */
function blackenEdge(black: Uint8Array, from: Point, to: Point): void {
  const [[x0, y0], [x1, y1]] = from[1] <= to[1] ? [from, to] : [to, from];
  for (let row = square(y0 - TOUCH, ROWS); row <= square(y1 + TOUCH, ROWS); row++) {
    const ends = [row / ROWS, (row + 1) / ROWS].map((y) =>
      (y1 === y0 ? undefined : x0 + (x1 - x0) * Math.min(1, Math.max(0, (y - y0) / (y1 - y0)))));
    const [a = x0, b = x1] = ends;
    black.fill(1, row * COLUMNS
      + square(Math.min(a, b) - TOUCH, COLUMNS), row * COLUMNS + square(Math.max(a, b) + TOUCH, COLUMNS) + 1);
  }
}

const square = (fraction: number, squares: number): number =>
  Math.min(squares - 1, Math.max(0, Math.floor(fraction * squares)));

/** Gray with alpha, 8 bits each (PNG, third edition, 11.2). */
function encodePng(black: Uint8Array): Buffer {
  const lines = Buffer.alloc(ROWS * (1 + 2 * COLUMNS)); // each begins with its filter: none
  black.forEach((isBlack, index) => {
    lines[Math.floor(index / COLUMNS) * (1 + 2 * COLUMNS) + 2 + 2 * (index % COLUMNS)] = isBlack * 255;
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(COLUMNS, 0);
  header.writeUInt32BE(ROWS, 4);
  header.set([8, 4, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature, chunk('IHDR', header), chunk('IDAT', deflateSync(lines)), chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.byteLength);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
