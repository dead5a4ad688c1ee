/** Encrypts one file while it is written: each box by itself, so that what was written up to any moment can be read. */
import { createCipheriv, randomBytes, type KeyObject } from 'node:crypto';
import {
  clearPart, ENCRYPTED_FTYP, fragmentFacts, headFacts, TAG_BYTES, type EncryptedHead, type EncryptedKind,
} from '../contract/encrypted-box.ts';
import { concat } from '../contract/mp4-boxes.ts';
import type { Fragment } from '../contract/mp4-fragment.ts';
import type { InitSegment } from '../contract/mp4-init.ts';
import { wrapKey } from './wrapped-key.ts';

/** The nonce is the box's number, unique under the file's key because nothing but this object ever encrypts with it. */
export function nonceOf(number: number): Uint8Array {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(number, 8);
  return nonce;
}

/** `head` first, then what follows it, in order. */
export class FileCipher {
  readonly #recipients: readonly KeyObject[];
  readonly #key = randomBytes(32);
  readonly #fileId = new Uint8Array(randomBytes(16));
  #number = 0;
  #timescale = 1;

  /** @param recipients - X25519; at least one. */
  constructor(recipients: readonly KeyObject[]) { this.#recipients = recipients; }

  /** @returns What a clip begins with. */
  clipHead({ data, codec, size, video: { timescale } }: InitSegment): Uint8Array {
    this.#timescale = timescale;
    return this.#head({ version: 1, content: 'clip', recipients: this.#wrapped(), codec, ...size, timescale }, data);
  }

  /**
   * @param data - `moof` and `mdat` as they would stand in a clip. `times`: of those.
   * @returns The box that stands in their place.
   */
  fragment(data: Uint8Array, times: Pick<Fragment, 'startTicks' | 'duration' | 'key' | 'samples'>): Uint8Array {
    return this.#box('fragment', fragmentFacts(times, this.#timescale), data);
  }

  /** All of a file that is no clip. */
  whole(data: Uint8Array): Uint8Array {
    const head = this.#head({ version: 1, content: 'file', recipients: this.#wrapped() }, new Uint8Array());
    return concat([head, this.#box('piece', new Uint8Array(), data)]);
  }

  #wrapped(): EncryptedHead['recipients'] {
    return this.#recipients.map((one) => wrapKey(this.#key, this.#fileId, one));
  }

  #head(facts: EncryptedHead, plain: Uint8Array): Uint8Array {
    return concat([ENCRYPTED_FTYP, this.#box('head', headFacts(facts), plain)]);
  }

  #box(kind: EncryptedKind, facts: Uint8Array, plain: Uint8Array): Uint8Array {
    const number = this.#number++;
    const clear = clearPart({ kind, number, fileId: this.#fileId, facts }, plain.byteLength);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonceOf(number), { authTagLength: TAG_BYTES })
      .setAAD(clear);
    return concat([clear, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  }
}
