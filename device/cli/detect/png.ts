import { crc32, deflateSync } from 'node:zlib';

/** A picture of at most 256 colours. */
export interface IndexedPicture {
  readonly width: number;
  readonly height: number;
  /** A byte for each pixel, row-major: its place in the palette. */
  readonly pixels: Uint8Array;
  /** Three bytes for each colour: red, green, blue. */
  readonly palette: Uint8Array;
}

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1A\n', 'latin1');
const [BITS, INDEXED] = [8, 3];
/** Quick rather than small: what it is for is enlarged pictures, which shrink well enough. */
const LEVEL = 2;

/** The bytes of a PNG file (ISO/IEC 15948): indexed colours, rows unfiltered. */
export function encodePng({ width, height, pixels, palette }: IndexedPicture): Buffer {
  if (pixels.length !== width * height)
    throw new RangeError(`${width}x${height} pixels are ${width * height} bytes, got ${pixels.length}`);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([BITS, INDEXED], 8);
  const rows = Buffer.alloc((width + 1) * height); // each begins with its filter: 0, none
  for (let y = 0; y < height; y += 1) rows.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', head),
    chunk('PLTE', palette),
    chunk('IDAT', deflateSync(rows, { level: LEVEL })),
    chunk('IEND', new Uint8Array()),
  ]);
}

/** Length, name, content, checksum of the last two. */
function chunk(name: string, content: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), content]);
  const bytes = Buffer.alloc(named.length + 8);
  bytes.writeUInt32BE(content.length, 0);
  bytes.set(named, 4);
  bytes.writeUInt32BE(crc32(named), named.length + 4);
  return bytes;
}
