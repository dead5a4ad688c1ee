/** Privacy masks as a picture that ffmpeg lays over another one. */
import { crc32, deflateSync } from 'node:zlib';
import type { Polygon } from '../core/geometry.ts';
import { touchedSquares } from '../core/touched-squares.ts';

/** Squares (nearly) that are black or clear: fine enough for a fence, coarse enough to be made in no time. */
const COLUMNS = 480;
const ROWS = 270;

/**
 * Black wherever one of `masks` lies and clear elsewhere, as a PNG in a `data:` address, for `coverWith`. Every square
 * that a mask touches is black. Undefined when there is nothing to cover.
 */
export function maskPicture(masks: readonly Polygon[]): string | undefined {
  if (masks.length === 0) return undefined;
  const black = new Uint8Array(COLUMNS * ROWS);
  for (const mask of masks) {
    touchedSquares(mask, { columns: COLUMNS, rows: ROWS })
      .forEach((touched, at) => { if (touched === 1) black[at] = 1; });
  }
  return `data:image/png;base64,${encodePng(black).toString('base64')}`;
}

/**
 * The ffmpeg filters that cover the picture `video` with the mask `mask` (labels such as `0:v`); both end in `out`.
 * What is black of a square that a pixel shows a part of makes all of the pixel black.
 */
export const coverWith = (video: string, mask: string, out: string): string =>
  `[${mask}][${video}]scale2ref=flags=area[soft][bare];[soft]format=rgba,lutrgb=a='255*min(val,1)'[mask];`
  + `[bare][mask]overlay[${out}]`;

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
