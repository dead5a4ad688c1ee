/**
 * Where a device's finished events land before the fleet has checked them. A device holds a `LandingWriter` and
 * can only add and list under its own prefix; the fleet holds both, since it answers with objects of its own. Keys
 * are those of `contract/names.ts`.
 *
 * Delivery is at least once: after a crash a device may put a key again, also one that the reader has removed
 * meanwhile. An event is whole when its manifest is there: the manifest is put last.
 */
import type { Readable } from 'node:stream';
import type { Millis } from '../core/units.ts';

/** What is put, with what is known of it beforehand: an adapter stores exactly this or fails. */
export interface Delivery {
  /** A file (read once, as a stream; not modified), or bytes in memory for what is small. */
  readonly content: { readonly file: string } | { readonly data: Uint8Array };
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** `image/jpeg`, `video/mp4`, `application/json`. */
  readonly contentType: string;
}

export interface LandingEntry {
  readonly key: string;
  readonly bytes: number;
  /** When it became visible, by the store's clock. */
  readonly modifiedAt: Millis;
}

/** At most 1,000 entries, ascending by key. */
export interface LandingPage {
  readonly entries: readonly LandingEntry[];
  /** Hand it to the next `list` of the same prefix; undefined when this page was the last. */
  readonly next: string | undefined;
  /** What keys begin with that could not be looked through just now: what lies there is missing here. Mostly empty. */
  readonly unreadable: readonly string[];
}

export interface LandingLister {
  /**
   * Objects whose key begins with `prefix` (any text, as in S3; `''` is all). Never one that is still being written.
   *
   * @throws {ConfigError | DeviceError | RemoteError} When the store cannot be read.
   */
  list(prefix: string, cursor: string | undefined, signal: AbortSignal): Promise<LandingPage>;
}

/**
 * Where an upload that was broken off goes on, also by another process: the caller keeps the
 * token as long as it keeps the wish.
 */
export interface Checkpoint {
  /**
   * What `save` was last given for this key, undefined for an upload that begins. Opaque; of other content, of another
   * store or too old it does no harm: the upload begins anew.
   */
  readonly token: string | undefined;
  /**
   * Called while the upload is under way, with undefined once the token is worth nothing any
   * more. It must be durable on return.
   */
  readonly save: (token: string | undefined) => void;
}

export interface PutOptions {
  /** Without one, an upload that is broken off begins anew. Stores that take every object in one piece never use it. */
  readonly checkpoint?: Checkpoint;
  /**
   * Called as the upload moves on, with how many bytes of the object have gone so far, those of an earlier try
   * included. It may go back, where something has to be sent again.
   */
  readonly onBytes?: (sent: number) => void;
  /** Awaited before each so many bytes (16 KiB at most) are sent. It rejects only when `signal` aborts. */
  readonly pace?: (bytes: number) => Promise<void>;
}

export interface LandingWriter extends LandingLister {
  /**
   * Stores `delivery` under `key`, replacing what was there. Whole and durable when it resolves, invisible when it
   * fails. It may be empty (0 bytes): what the fleet tells a device stands in the names of such objects.
   *
   * @throws {BugError} `landing.key-invalid` when the key is none of our form (see `key.ts`).
   * @throws {DeviceError} `landing.source-missing`, `landing.source-changed` when the
   * content is not what was announced;
   *   other codes when a local store cannot take it (full, read-only).
   * @throws {ConfigError | RemoteError} When the store refuses or cannot be reached: see `store-errors.ts`.
   * `landing.object-refused` is about this
   *   object alone; `landing.occupied` passes once a reader has removed the object that may not be replaced.
   * @throws {unknown} `signal.reason`, or an AbortError, soon after `signal` aborts.
   */
  put(key: string, delivery: Delivery, signal: AbortSignal, options?: PutOptions): Promise<void>;
}

export interface LandedObject {
  readonly bytes: number;
  /** Consume it or `destroy()` it: it holds a file or a connection. */
  readonly body: Readable;
}

export interface LandingReader extends LandingLister {
  /** The object under `key`, or undefined when there is none (any more). */
  open(key: string, signal: AbortSignal): Promise<LandedObject | undefined>;
  /** Removes the object for good; resolves too when it was not there. */
  remove(key: string, signal: AbortSignal): Promise<void>;
}
