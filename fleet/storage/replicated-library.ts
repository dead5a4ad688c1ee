import type { Millis } from '../../device/core/units.ts';
import type { InFlight } from './in-flight.ts';
import type { LibraryStore, SignedLink, StoredObject, StorePage } from './port.ts';

/**
 * The library, for whoever files and removes. A removal is noted before it is done: killed in between, the replicas'
 * workers find the object still there, and leave theirs.
 */
export class ReplicatedLibrary implements LibraryStore {
  readonly #primary: LibraryStore;
  readonly #inFlight: InFlight;
  readonly #noteRemoval: (key: string) => void;
  constructor(primary: LibraryStore, inFlight: InFlight, noteRemoval: (key: string) => void) {
    this.#primary = primary;
    this.#inFlight = inFlight;
    this.#noteRemoval = noteRemoval;
  }

  put(key: string, file: string): Promise<void> { return this.#primary.put(key, file); }
  open(key: string): Promise<StoredObject | undefined> { return this.#primary.open(key); }
  list(prefix: string, cursor?: string, most?: number): Promise<StorePage> {
    return this.#primary.list(prefix, cursor, most);
  }
  signedLink(key: string, lasts: Millis): Promise<SignedLink> { return this.#primary.signedLink(key, lasts); }

  remove(key: string): Promise<void> {
    return this.#inFlight.during(key, async () => {
      this.#noteRemoval(key);
      await this.#primary.remove(key);
    });
  }
}
