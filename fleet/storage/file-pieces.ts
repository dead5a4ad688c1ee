/** Reads a file piece by piece, for stores that take large objects so. */
import { open } from 'node:fs/promises';

/**
 * A file up to this size goes in one request; a larger one in pieces of it, or of more where there would be too many.
 */
export const PIECE_BYTES = 8 * 1024 * 1024;

export interface Piece { readonly number: number; readonly data: Buffer }

/** Size of a piece so that `bytes` come to no more than `most` of them. */
export const pieceBytesFor = (bytes: number, most: number): number =>
  Math.max(PIECE_BYTES, Math.ceil(bytes / most / PIECE_BYTES) * PIECE_BYTES);

/**
 * The pieces of `file` in their order, numbered from 1, each a buffer of its own. An empty file has one, empty.
 * @throws {Error} The system's error.
 */
export async function* piecesOf(file: string, pieceBytes: number): AsyncGenerator<Piece, void> {
  await using handle = await open(file, 'r');
  const { size } = await handle.stat();
  for (let number = 1, offset = 0; number === 1 || offset < size; number++, offset += pieceBytes) {
    const data = Buffer.allocUnsafe(Math.min(pieceBytes, size - offset));
    let filled = 0;
    while (filled < data.byteLength) {
      const { bytesRead } = await handle.read(data, filled, data.byteLength - filled, offset + filled);
      if (bytesRead === 0) throw new Error(`${file} has become shorter while it was read`);
      filled += bytesRead;
    }
    yield { number, data };
  }
}
