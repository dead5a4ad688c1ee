import { z } from 'zod';
import type { VaultAnswer } from './route.ts';

const errorSchema = z.strictObject({ error: z.strictObject({ code: z.string(), message: z.string() }) });

const refused = (tells: string): VaultAnswer => ({ tells, schema: errorSchema });

export const BAD: Readonly<Record<400, VaultAnswer>> = {
  400: refused('What was sent is not as expected; the message says what was'),
};
export const KEYS: Readonly<Record<401 | 403 | 429, VaultAnswer>> = {
  401: refused('No key was shown, or a wrong one'),
  403: refused('The account is switched off, or this key may not do it'),
  429: refused('Too many wrong keys; `Retry-After` says when to try again'),
};
export const NO_ROOM: Readonly<Record<413 | 503 | 507, VaultAnswer>> = {
  413: refused('Larger than is taken'),
  503: refused('The landing cannot take it just now'), 507: refused('The account or the disk is full'),
};
export const missing = (tells: string): Readonly<Record<404, VaultAnswer>> => ({ 404: refused(tells) });
export const taken = (tells: string): Readonly<Record<409, VaultAnswer>> => ({ 409: refused(tells) });
export const WAITING: Readonly<Record<503, VaultAnswer>> = {
  503: refused(
    'It was uploaded, and is judged before it is in the library, or the landing cannot be looked into just now; `Retry-After` says when to ask again',
  ),
};
export const BLIND: Readonly<Record<503, VaultAnswer>> = {
  503: refused('The landing cannot be looked into just now; `Retry-After` says when to ask again'),
};
export const NOT_GIVEN = missing(
  'No device of this name was given to the account with a key, or there is no such event or request',
);
export const WRONG_HASH: Readonly<Record<422, VaultAnswer>> = { 422: refused('What came is not what was announced') };
