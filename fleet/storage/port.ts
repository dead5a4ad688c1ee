/** Stores of the fleet: where objects lie once ingest has judged them. Keys are those of `contract/names.ts`. */
import type { Readable } from 'node:stream';
import type { Millis } from '../../device/core/units.ts';

/** Bytes `start` to `end`, both included, counted from 0. */
export interface ByteRange { readonly start: number; readonly end: number }

/**
 * An object held open: what is read is of this object. When its key is replaced or removed meanwhile, a store elsewhere
 * fails to read on rather than mix two. Dispose it.
 */
export interface StoredObject extends AsyncDisposable {
  readonly bytes: number;
  /** Up to `count` bytes from `offset` on, fewer at its end; the object stays open. */
  read(offset: number, count: number): Promise<Uint8Array>;
  /** All of it, or a range within it. Once a stream was taken, its end or `destroy()` closes the object too. */
  stream(range?: ByteRange): Readable;
}

/** An object as a listing names it. */
export interface StoreEntry {
  readonly key: string;
  readonly bytes: number;
  /** By the store's clock. */
  readonly modifiedAt: Millis;
}

/** At most 1,000 entries, ascending by key. */
export interface StorePage {
  readonly entries: readonly StoreEntry[];
  /** Hand it to the next `list` of the same prefix; undefined when this page was the last. */
  readonly next: string | undefined;
}

/** What a page of a list holds where nobody asks for fewer. */
export const PAGE_ENTRIES = 1000;

export interface ObjectStore {
  /**
   * Takes the file at `file` in, under `key`, in place of what was there. Whole and durable when it resolves; `file` is
   * then gone. Its content must be durable already.
   *
   * @throws {BugError} `storage.key-invalid` when the key is none of our form.
   * @throws {ConfigError | RemoteError} When a store elsewhere refuses or cannot be reached.
   * @throws {Error} The system's error. What was stored before is in all cases untouched, and `file` is still there.
   */
  put(key: string, file: string): Promise<void>;
  /** Undefined when there is no such object. */
  open(key: string): Promise<StoredObject | undefined>;
  /** Resolves too when there was none. */
  remove(key: string): Promise<void>;
  /**
   * Objects whose key begins with `prefix` (any text, `''` is all). Never one that is still being written.
   * @param most - Entries in a page, from 1 to 1,000; there may be fewer before the last.
   */
  list(prefix: string, cursor?: string, most?: number): Promise<StorePage>;
}

/** A link that is its own permission, for a short time. */
export interface SignedLink {
  /** An absolute URL where the store serves the object itself; relative to the page's host where the console does. */
  readonly href: string;
  /** Wall clock. From this moment on the link is worth nothing. */
  readonly expiresAt: Millis;
}

/** What people see: only objects that ingest found sound. */
export interface LibraryStore extends ObjectStore {
  /**
   * A link to the object under `key` that dies after `lasts`. Whether the object is there is not looked at.
   * @throws {ConfigError | RemoteError} When the store's own signature cannot be made.
   */
  signedLink(key: string, lasts: Millis): Promise<SignedLink>;
}

/** What is known of an object before it is uploaded. */
export interface GrantedUpload {
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  readonly contentType: string;
}

/** Leave to put one object, for a short time, with one request. Whoever holds it needs no credentials. */
export interface UploadGrant {
  readonly method: 'PUT';
  readonly url: string;
  /**
   * To be sent exactly so, with the object as the body: the store refuses another size or type,
   * and, where it can, another content.
   */
  readonly headers: Readonly<Record<string, string>>;
  /** Wall clock. */
  readonly expiresAt: Millis;
}

/** A store that lets others put for it. */
export interface UploadSigner {
  /** Leave to put `upload` under `key` that dies after `lasts`. Nothing is sent. */
  signPut(key: string, upload: GrantedUpload, lasts: Millis): Promise<UploadGrant>;
}
