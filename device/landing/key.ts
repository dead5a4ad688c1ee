/** Which keys may be written, and which may be read: writing is strict, reading only safe. */
import { BugError } from '../core/errors.ts';

const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;
const MAX_KEY_LENGTH = 900;
/** Ends the name of what is still being written; readers pass over it. */
export const DRAFT_SUFFIX = '.part';

/**
 * Holds a key that is to be written to our form: segments of letters, digits, `.`, `_` and `-` that begin with a letter
 * or digit, at most 200 characters each, joined by `/`.
 *
 * @throws {BugError} `landing.key-invalid`.
 */
export function checkKey(key: string): void {
  if (key.length <= MAX_KEY_LENGTH
    && !key.endsWith(DRAFT_SUFFIX)
    && key.split('/').every((segment) => SEGMENT.test(segment)))
    return;
  throw new BugError('landing.key-invalid',
    'an object key has segments of letters, digits, ".", "_" and "-" joined by "/", '
      + `got ${JSON.stringify(key.slice(0, MAX_KEY_LENGTH))}`);
}

/** True when a key names something below a folder and nothing else: others than us may have chosen it. */
export const staysInside = (key: string): boolean =>
  !key.includes('\0') && key.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..');

/** A prefix as keys begin with it: with one slash at its end, unless it is empty. */
export const folderPrefix = (prefix: string): string => prefix.replace(/\/*$/, prefix === '' ? '' : '/');
