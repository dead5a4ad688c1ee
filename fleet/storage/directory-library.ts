import type { Millis } from '../../device/core/units.ts';
import { DirectoryStore } from './directory-store.ts';
import { checkStoreKey } from './key.ts';
import type { LinkSigner } from './link-signer.ts';
import type { LibraryStore, SignedLink } from './port.ts';

/** A library in a folder. Its links lead to the console, which checks them with the same signer. */
export class DirectoryLibrary extends DirectoryStore implements LibraryStore {
  readonly #signer: LinkSigner;
  readonly #route: string;
  /** @param route - Path below which the console serves objects: `/media/`. */
  constructor(root: string, signer: LinkSigner, route: string, options: { readonly create?: boolean } = {}) {
    super(root, options);
    this.#signer = signer;
    this.#route = route;
  }

  async signedLink(key: string, lasts: Millis): Promise<SignedLink> {
    checkStoreKey(key); // a key of our form needs no escaping in a URL
    const { expires, signature, expiresAt } = this.#signer.sign(key, lasts);
    return { href: `${this.#route}${key}?expires=${expires}&signature=${signature}`, expiresAt };
  }
}
