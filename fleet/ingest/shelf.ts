/** Where ingest puts what it has judged; see `storage/port.ts`. */
import type { Readable } from 'node:stream';

/** Keeps files under keys. */
export interface Shelf {
  put(key: string, file: string): Promise<void>;
  remove(key: string): Promise<void>;
}

/** A shelf that can be looked into again. */
export interface Drawer extends Shelf {
  open(key: string): Promise<({ readonly bytes: number; stream(): Readable } & AsyncDisposable) | undefined>;
}
