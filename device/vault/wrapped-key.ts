/** The key of one file, wrapped for those who may read it. */
import type { KeyObject } from 'node:crypto';
import type { WrappedKey } from '../contract/encrypted-box.ts';
import { hpkeOpen, hpkeSeal } from './hpke.ts';
import { pairOf, rawPublicKey, type KeyPair } from './x25519.ts';

/** What a wrapped key is for: nothing that the same key pair is used for elsewhere fits here. */
const INFO = new TextEncoder().encode('tyto file key 1');

/** @throws {Error} When `recipient` is no point that a secret can be shared with. */
export function wrapKey(fileKey: Uint8Array, fileId: Uint8Array, recipient: KeyObject): WrappedKey {
  const { enc, ciphertext } = hpkeSeal(recipient, fileKey, { info: INFO, aad: fileId });
  return { key: text(rawPublicKey(recipient)), enc: text(enc), wrapped: text(ciphertext) };
}

/** What opens files. `undefined`: none of the keys that are held here was among the recipients. */
export interface KeyOpener { open(recipients: readonly WrappedKey[], fileId: Uint8Array): Uint8Array | undefined }

/** Private keys in memory. */
export class Keyring implements KeyOpener {
  readonly #pairs: ReadonlyMap<string, KeyPair>;
  constructor(keys: Iterable<KeyObject>) {
    this.#pairs = new Map([...keys].map((key) => [pairOf(key).publicKey, pairOf(key)]));
  }

  /** What others encrypt for, in the order in which the keys were given. */
  get publicKeys(): readonly string[] { return [...this.#pairs.keys()]; }

  open(recipients: readonly WrappedKey[], fileId: Uint8Array): Uint8Array | undefined {
    for (const { key, enc, wrapped } of recipients) {
      const pair = this.#pairs.get(key);
      const opened = pair
        && hpkeOpen(pair.privateKey, { enc: raw(enc), ciphertext: raw(wrapped) }, { info: INFO, aad: fileId });
      if (opened?.byteLength === 32) return opened;
    }
    return undefined;
  }
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
const raw = (base64url: string): Uint8Array => new Uint8Array(Buffer.from(base64url, 'base64url'));
