/** The keys to encrypted recordings, and what is answered where they do not open one. */
import { DeviceError } from '../core/errors.ts';
import type { BoxPlaces } from '../vault/box-places.ts';
import type { KeyOpener } from '../vault/wrapped-key.ts';
import { HttpError } from './http-error.ts';

export interface MediaKeys extends KeyOpener {
  /** Where the boxes of what was opened with them stand. */
  readonly places?: BoxPlaces;
  /** What people are told where none of them opens a recording; by default, what holds on the device that made it. */
  readonly whySealed?: string;
  /** Whether the keys wait for the password. */
  isLocked(): Promise<boolean>;
}

const NO_KEYS: MediaKeys = { open: () => undefined, isLocked: async () => false };
const WHY_SEALED =
  'this recording is encrypted, and no key to it is held here: it was made for the fleet alone, or under a password that is forgotten';

/**
 * Opens something encrypted.
 * @throws {HttpError} 423 `media.locked`, 403 `media.sealed`, 500 `media.damaged`; all else as it is.
 */
export async function refusingLocked<T>(keys: MediaKeys = NO_KEYS, work: (keys: MediaKeys) => Promise<T>): Promise<T> {
  try {
    return await work(keys);
  } catch (cause) {
    if (!(cause instanceof DeviceError)) throw cause;
    if (cause.code === 'vault.damaged') throw new HttpError(500, 'media.damaged', cause.message, { cause });
    if (cause.code !== 'vault.no-key') throw cause;
    if (await keys.isLocked()) {
      throw new HttpError(
        423, 'media.locked', 'recordings are encrypted, and the password opens them: enter it once more', { cause },
      );
    }
    throw new HttpError(403, 'media.sealed', keys.whySealed ?? WHY_SEALED, { cause });
  }
}
