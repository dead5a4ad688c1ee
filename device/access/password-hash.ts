/** The owner's password as it lies on disk: scrypt (RFC 7914) with a salt of its own. */
import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { z } from 'zod';

/** `N`, `r` and `p` of RFC 7914; memory is `128 * N * r` bytes. */
export interface ScryptCost { readonly N: number; readonly r: number; readonly p: number }

/** 32 MiB and about a second on a Raspberry Pi 3: OWASP's parameters for hosts with little memory. */
export const DEFAULT_COST: ScryptCost = { N: 32_768, r: 8, p: 3 };

const base64 = z.string().regex(/^[A-Za-z0-9+/]+=*$/);
const powerOfTwo = z.number().int().min(2).max(1 << 20).refine((n) => Number.isInteger(Math.log2(n)), 'a power of two');

export const passwordHashSchema = z.strictObject({
  algorithm: z.literal('scrypt'),
  N: powerOfTwo,
  r: z.number().int().min(1).max(32),
  p: z.number().int().min(1).max(16),
  salt: base64,
  hash: base64,
});
export type PasswordHash = Readonly<z.infer<typeof passwordHashSchema>>;

const HASH_BYTES = 32;

/** A fresh salt and the hash of `password` under it. */
export async function hashPassword(password: string, cost: ScryptCost): Promise<PasswordHash> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, cost);
  return { algorithm: 'scrypt', ...cost, salt: salt.toString('base64'), hash: hash.toString('base64') };
}

/** Whether `password` is the one that was hashed; takes as long either way. */
export async function verifyPassword(password: string, stored: PasswordHash): Promise<boolean> {
  const expected = Buffer.from(stored.hash, 'base64');
  const got = await derive(password, Buffer.from(stored.salt, 'base64'), stored);
  return expected.byteLength === got.byteLength && timingSafeEqual(expected, got);
}

/** NFKC: the same letters typed on another keyboard are the same password. */
function derive(password: string, salt: Buffer, { N, r, p }: ScryptCost): Promise<Buffer> {
  const options: ScryptOptions = { N, r, p, maxmem: 128 * r * (N + p) + 1024 * 1024 };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, options, (error, key) =>
      (error ? reject(error) : resolve(key)));
  });
}
