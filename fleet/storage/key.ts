import { BugError } from '../../device/core/errors.ts';

const SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,254}$/;
const MAX_KEY_LENGTH = 900;

/** True for segments of letters, digits, `.`, `_` and `-`, none of which begins with a dot or hyphen, joined by `/`. */
export const isStoreKey = (key: string): boolean =>
  key.length <= MAX_KEY_LENGTH && key.split('/').every((segment) => SEGMENT.test(segment));

/** @throws {BugError} `storage.key-invalid`: whoever stores has checked names before. */
export function checkStoreKey(key: string): void {
  if (!isStoreKey(key))
    throw new BugError(
      'storage.key-invalid',
      `an object's key has segments of letters, digits, ".", "_" and "-", got ${JSON.stringify(key.slice(0, 200))}`,
    );
}
