/** An object of a store elsewhere, held open by what it was when it was opened. */
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { buffer } from 'node:stream/consumers';
import type { ByteRange, StoredObject } from './port.ts';

export interface RemoteReader {
  /** Asks the store for all of it or for a part, of exactly the version that was opened. */
  readonly get: (range?: ByteRange) => Promise<Readable>;
  /** What breaks on the way, in our terms. */
  readonly told: (error: unknown) => unknown;
}

export function remoteObject(bytes: number, { get, told }: RemoteReader): StoredObject {
  return {
    bytes,
    read: async (offset, count) => {
      const end = Math.min(offset + count, bytes) - 1;
      if (end < offset) return Buffer.alloc(0);
      try {
        return await buffer(await get({ start: offset, end }));
      } catch (error) {
        throw told(error);
      }
    },
    stream: (range) => {
      const through = new PassThrough();
      // Nobody waits for this: an error is that of the stream.
      void get(bytes === 0 ? undefined : range).then((body) => pipeline(body, through)).catch((error: unknown) => {
        through.destroy(told(error) as Error);
      });
      return through;
    },
    [Symbol.asyncDispose]: async () => {},
  };
}
