import { isEncrypted } from '../../device/contract/encrypted-box.ts';
import type { Millis } from '../../device/core/units.ts';
import type { LibraryStore, SignedLink, StoredObject, StorePage } from './port.ts';

/** Enough for what people have on their screens. */
const MOST_REMEMBERED = 20_000;
const HEAD_BYTES = 16;

/**
 * The library of people who hold keys to encrypted recordings: a link to one of those leads to the console, which
 * decrypts it on the way; every other link is the store's own. What an object is, is looked at once.
 */
export class LinkedLibrary implements LibraryStore {
  readonly #store: LibraryStore;
  readonly #console: Pick<LibraryStore, 'signedLink'>;
  readonly #encrypted = new Map<string, boolean>();
  constructor(store: LibraryStore, console: Pick<LibraryStore, 'signedLink'>) {
    this.#store = store;
    this.#console = console;
  }

  put(key: string, file: string): Promise<void> {
    this.#encrypted.delete(key);
    return this.#store.put(key, file);
  }

  open(key: string): Promise<StoredObject | undefined> { return this.#store.open(key); }
  remove(key: string): Promise<void> { return this.#store.remove(key); }
  list(prefix: string, cursor?: string, most?: number): Promise<StorePage> {
    return this.#store.list(prefix, cursor, most);
  }

  async signedLink(key: string, lasts: Millis): Promise<SignedLink> {
    return await this.#isEncrypted(key) ? this.#console.signedLink(key, lasts) : this.#store.signedLink(key, lasts);
  }

  async #isEncrypted(key: string): Promise<boolean> {
    const known = this.#encrypted.get(key);
    if (known !== undefined) return known;
    await using object = await this.#store.open(key);
    if (object === undefined) return false;
    const found = isEncrypted(await object.read(0, HEAD_BYTES));
    if (this.#encrypted.size >= MOST_REMEMBERED) this.#encrypted.clear();
    this.#encrypted.set(key, found);
    return found;
  }
}
