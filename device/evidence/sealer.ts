/** Seals one clip while it is written. */
import { createHash, sign } from 'node:crypto';
import { sealBox, signedBytes, type SealFacts, type SealKind } from '../contract/seal.ts';
import { concat } from '../contract/mp4-boxes.ts';
import type { DeviceKey } from './device-key.ts';

/** Call `head` once, then `fragment` for each fragment in order, then `end` if the clip ended in order. */
export class Sealer {
  readonly #key: DeviceKey;
  readonly #facts: Omit<SealFacts, 'version' | 'key'>;
  #before = new Uint8Array();
  #index = 0;
  constructor(key: DeviceKey, facts: Omit<SealFacts, 'version' | 'key'>) {
    this.#key = key;
    this.#facts = facts;
  }

  /** @param init - The head, `ftyp` and `moov`. @returns What follows it. */
  head(init: Uint8Array): Uint8Array {
    const facts = new TextEncoder().encode(
      JSON.stringify({ version: 1, ...this.#facts, key: this.#key.publicKey } satisfies SealFacts),
    );
    return this.#seal('head', concat([init, facts]), facts);
  }

  /** @param data - `moof` and `mdat` as they stand in the file. @returns What precedes them. */
  fragment(data: Uint8Array): Uint8Array {
    this.#index += 1;
    return this.#seal('fragment', data);
  }

  /** @returns What ends the file. */
  end(): Uint8Array { return this.#seal('end', new Uint8Array()); }

  #seal(kind: SealKind, sealed: Uint8Array, facts: Uint8Array = new Uint8Array()): Uint8Array {
    const hash = chained(this.#before, sealed);
    this.#before = hash;
    const seal = { kind, index: this.#index, hash };
    return sealBox({ ...seal, signature: sign(null, signedBytes(seal), this.#key.key), facts });
  }
}

/** SHA-256 of the hash before and what is sealed. */
export const chained = (before: Uint8Array, sealed: Uint8Array): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createHash('sha256').update(before).update(sealed).digest());
