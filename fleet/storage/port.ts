/** Stores of the fleet: where objects lie once ingest has judged them. Keys are those of `contract/names.ts`. */
import type { Readable } from 'node:stream';
import type { Millis } from '../../device/core/units.ts';

/** Bytes `start` to `end`, both included, counted from 0. */
export interface ByteRange { readonly start: number; readonly end: number }

/** An object held open: what `stream` gives is of this object even when the key is replaced meanwhile. Dispose it. */
export interface StoredObject extends AsyncDisposable {
  readonly bytes: number;
  /** Up to `count` bytes from `offset` on, fewer at its end; the object stays open. */
  read(offset: number, count: number): Promise<Uint8Array>;
  /** All of it, or a range within it. Once a stream was taken, its end or `destroy()` closes the object too. */
  stream(range?: ByteRange): Readable;
}

export interface ObjectStore {
  /**
   * Takes the file at `file` in, under `key`, in place of what was there. Whole and durable when it resolves; `file` is
   * then gone. Its content must be durable already.
   *
   * @throws {BugError} `storage.key-invalid` when the key is none of our form.
   * @throws {Error} The system's error; what was stored before is then untouched.
   */
  put(key: string, file: string): Promise<void>;
  /** Undefined when there is no such object. */
  open(key: string): Promise<StoredObject | undefined>;
  /** Resolves too when there was none. */
  remove(key: string): Promise<void>;
}

/** A link that is its own permission, for a short time. */
export interface SignedLink {
  /** A URL; relative to the page's host where the console itself serves the object. */
  readonly href: string;
  /** Wall clock. From this moment on the link is worth nothing. */
  readonly expiresAt: Millis;
}

/** What people see: only objects that ingest found sound. */
export interface LibraryStore extends ObjectStore {
  /** A link to the object under `key` that dies after `lasts`. Whether the object is there is not looked at. */
  signedLink(key: string, lasts: Millis): SignedLink;
}
