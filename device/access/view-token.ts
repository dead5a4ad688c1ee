/**
 * Keys that let a program look and nothing else: long, random, each for itself taken back. Only their hashes are kept.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';

export const viewTokenSchema = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9_-]{11}$/),
  /** What it is for, in the owner's words. */
  name: z.string().min(1).max(64),
  /** Lower-case hexadecimal. A key of 256 random bits needs no slow hash: nobody can try them all. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Unix milliseconds. */
  created: z.number().nonnegative(),
});
export type ViewToken = Readonly<z.infer<typeof viewTokenSchema>>;

/** More are a mistake: of a script that makes one each time it runs. */
export const MOST_VIEW_TOKENS = 32;

const TOKEN = /^tyto_[A-Za-z0-9_-]{43}$/;

/** @returns The key, which is told once, and what is kept of it. */
export function newViewToken(name: string, created: number): { readonly token: string; readonly kept: ViewToken } {
  const token = `tyto_${randomBytes(32).toString('base64url')}`;
  return { token, kept: { id: randomBytes(8).toString('base64url'), name, sha256: hashOf(token), created } };
}

export const findViewToken = (tokens: readonly ViewToken[], token: string): ViewToken | undefined => {
  const sha256 = TOKEN.test(token) ? hashOf(token) : undefined;
  return tokens.find((kept) => kept.sha256 === sha256);
};

/**
 * What a request shows that may be a key: `Authorization: Bearer`, the password of `Authorization: Basic`
 * (its user may be any), and `?token=` for what can only be given an address. Both are looked at: the
 * header may be for a proxy on the way.
 */
export function viewTokensOf({ headers, url = '' }: IncomingMessage): readonly string[] {
  const [, scheme = '', value = ''] = /^(Bearer|Basic) +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  const shown = scheme.toLowerCase() === 'basic'
    ? Buffer.from(value, 'base64').toString('utf8').split(':').slice(1).join(':')
    : value;
  return [shown, new URLSearchParams(url.split('?')[1] ?? '').get('token') ?? ''].filter((token) => token !== '');
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
