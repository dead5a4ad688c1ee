/**
 * Where a device's finished events land before the fleet has checked them. A device holds a `LandingWriter` and can only
 * add and list under its own prefix; ingest holds a `LandingReader`. Keys are those of `contract/names.ts`.
 *
 * Delivery is at least once: after a crash a device may put a key again, also one that the reader has removed meanwhile.
 * An event is whole when its manifest is there: the manifest is put last.
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

export interface LandingWriter extends LandingLister {
  /**
   * Stores `delivery` under `key`, replacing what was there. Whole and durable when it resolves, invisible when it fails.
   *
   * @throws {BugError} `landing.key-invalid` when the key is none of our form (see `key.ts`).
   * @throws {DeviceError} `landing.source-missing`, `landing.source-changed` when the content is not what was announced;
   *   other codes when a local store cannot take it (full, read-only).
   * @throws {ConfigError | RemoteError} When the store refuses or cannot be reached.
   * @throws {unknown} `signal.reason`, or an AbortError, soon after `signal` aborts.
   */
  put(key: string, delivery: Delivery, signal: AbortSignal): Promise<void>;
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
