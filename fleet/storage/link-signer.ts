/** Links that are their own permission: HMAC-SHA256 over the object's key and the moment at which the link dies. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { inSeconds, millis, type Millis } from '../../device/core/units.ts';

export interface LinkClaim {
  /** Unix seconds with milliseconds, as in the link: `1795252630.123`. */
  readonly expires: string;
  /** 43 characters of base64url. */
  readonly signature: string;
}

export type LinkVerdict = 'good' | 'expired' | 'forged';

const EXPIRES = /^\d{1,12}\.\d{3}$/;

export class LinkSigner {
  readonly #key: Uint8Array;
  readonly #now: () => Millis;
  /** @param key - Whoever knows it can make links; 32 bytes. */
  constructor(key: Uint8Array, now: () => Millis) { this.#key = key; this.#now = now; }

  /** A claim to the object under `key` that holds for `lasts` from now. */
  sign(key: string, lasts: Millis): LinkClaim & { readonly expiresAt: Millis } {
    const expiresAt = millis(Math.round(this.#now() + lasts));
    const expires = inSeconds(expiresAt).toFixed(3);
    return { expires, signature: this.#mac(key, expires).toString('base64url'), expiresAt };
  }

  /** Takes the same time for any signature of the right form. A forged claim is never called expired. */
  check(key: string, { expires, signature }: LinkClaim): LinkVerdict {
    const given = Buffer.from(signature, 'base64url');
    const right = this.#mac(key, expires);
    if (!EXPIRES.test(expires) || given.byteLength !== right.byteLength || !timingSafeEqual(given, right))
      return 'forged';
    return Number(expires) * 1000 > this.#now() ? 'good' : 'expired';
  }

  #mac(key: string, expires: string): Buffer {
    return createHmac('sha256', this.#key).update(`tyto link\n${expires}\n${key}`).digest();
  }
}
