/**
 * Something secret on the disk that a password opens: scrypt (RFC 7914) gives the key, AES-256-GCM keeps the secret.
 */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { z } from 'zod';

/** `N`, `r` and `p` of RFC 7914; memory is `128 * N * r` bytes. */
export interface ScryptCost { readonly N: number; readonly r: number; readonly p: number }

/** As for the hash of the owner's password: opening this is what guessing would be tried with. */
export const DEFAULT_COST: ScryptCost = { N: 32_768, r: 8, p: 3 };

const base64 = z.string().regex(/^[A-Za-z0-9+/]+=*$/);
export const passwordBoxSchema = z.strictObject({
  N: z.number().int().min(2).max(1 << 20).refine((n) => Number.isInteger(Math.log2(n)), 'a power of two'),
  r: z.number().int().min(1).max(32),
  p: z.number().int().min(1).max(16),
  salt: base64,
  nonce: base64,
  /** Ciphertext and tag. */
  box: base64,
});
export type PasswordBox = Readonly<z.infer<typeof passwordBoxSchema>>;

const TAG = 16;

/** A password in hand. Several boxes of one salt cost one derivation. */
export class Password {
  readonly #password: string;
  readonly #keys = new Map<string, Promise<Buffer>>();
  readonly #salt = randomBytes(16).toString('base64');
  constructor(password: string) { this.#password = password; }

  /** All that is locked by one `Password` has one salt, and each a nonce of its own. */
  async lock(secret: Uint8Array, cost: ScryptCost): Promise<PasswordBox> {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', await this.#key(this.#salt, cost), nonce, { authTagLength: TAG });
    const box = Buffer.concat([cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
    return {
      N: cost.N, r: cost.r, p: cost.p, salt: this.#salt, nonce: nonce.toString('base64'), box: box.toString('base64'),
    };
  }

  /** Undefined when another password locked it, or it was altered. */
  async unlock({ salt, nonce, box, ...cost }: PasswordBox): Promise<Uint8Array | undefined> {
    const key = await this.#key(salt, cost);
    const data = Buffer.from(box, 'base64');
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'), { authTagLength: TAG })
        .setAuthTag(data.subarray(-TAG));
      return new Uint8Array(Buffer.concat([decipher.update(data.subarray(0, -TAG)), decipher.final()]));
    } catch {
      return undefined;
    }
  }

  #key(salt: string, { N, r, p }: ScryptCost): Promise<Buffer> {
    const known = this.#keys.get(`${salt} ${N} ${r} ${p}`);
    if (known !== undefined) return known;
    const derived = new Promise<Buffer>((resolve, reject) => {
      // NFKC: the same letters typed on another keyboard are the same password.
      scrypt(this.#password.normalize('NFKC'), Buffer.from(salt, 'base64'), 32, {
        N, r, p, maxmem: 128 * r * (N + p) + 1024 * 1024,
      },
        (error, key) => (error ? reject(error) : resolve(key)));
    });
    this.#keys.set(`${salt} ${N} ${r} ${p}`, derived);
    return derived;
  }
}
