/** An object of a store elsewhere, held open by what it was when it was opened. */
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { buffer } from 'node:stream/consumers';
import type { ByteRange, StoredObject } from './port.ts';

/**
 * @param get - Asks the store for all of it or for a part, of exactly the version that was opened.
 */
export function remoteObject(bytes: number, get: (range?: ByteRange) => Promise<Readable>): StoredObject {
  return {
    bytes,
    read: async (offset, count) => {
      const end = Math.min(offset + count, bytes) - 1;
      return end < offset ? Buffer.alloc(0) : buffer(await get({ start: offset, end }));
    },
    stream: (range) => {
      const through = new PassThrough();
      // Nobody waits for this: an error is that of the stream.
      void get(bytes === 0 ? undefined : range).then((body) => pipeline(body, through)).catch((error: unknown) => {
        through.destroy(error instanceof Error ? error : new Error(String(error)));
      });
      return through;
    },
    [Symbol.asyncDispose]: async () => {},
  };
}
