/** For whom a device encrypts what it records. */
import type { KeyObject } from 'node:crypto';
import { rename } from 'node:fs/promises';
import { compactTime } from '../contract/names.ts';
import { ConfigError, describeError, systemCode } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Millis } from '../core/units.ts';
import { FileCipher } from './file-cipher.ts';
import { createOwnerKeys, openPair, readOwnerKeys, type OwnerKeys } from './owner-keys.ts';
import { wrapKey } from './wrapped-key.ts';
import { isPublicKey, newKeyPair, publicKeyFrom } from './x25519.ts';

/** Begins the encryption of one file, for those who may read it now. */
export interface Encryption { begin(): Promise<FileCipher> }

export interface EncryptionPlan {
  /** The fleet's public key, 43 characters; empty for none. */
  readonly fleetKey: string;
  /** Where the owner's keys lie. */
  readonly ownerKeys: string;
  /** Wall clock, for the name of a damaged file. */
  readonly now: () => Millis;
  readonly log: Log;
}

/**
 * With the fleet's key and no password set yet, the fleet alone can read what is recorded; without one, the owner's
 * pair is made here and lies open until the password is set.
 *
 * @throws {ConfigError} `vault.fleet-key` when that is no key, `vault.no-recipient` when
 * nobody could read what is recorded.
 */
export async function openEncryption({ fleetKey, ownerKeys, now, log }: EncryptionPlan): Promise<Encryption> {
  const fleet = fleetKey === '' ? undefined : fleetRecipient(fleetKey);
  let keys = await readOwnerKeys(ownerKeys).catch((error: unknown) => setAside(error, ownerKeys, { now, log }));
  if (keys === undefined && fleet === undefined) keys = await makeOwnerKeys(ownerKeys, log);
  let owner = keys && newest(keys);
  if (owner === undefined && fleet === undefined) throw nobody(ownerKeys);
  let isStale = false;
  const keepLastKnown = (reason?: string): void => {
    if (owner === undefined || isStale) return;
    isStale = true;
    log.error(
      'the owner\'s keys to encrypted recordings cannot be had: recordings are encrypted for the keys known last; put the file back, or a backup of it',
      { file: ownerKeys, ...(reason === undefined ? {} : { reason }) },
    );
  };
  return {
    begin: async () => {
      try {
        const read = await readOwnerKeys(ownerKeys)
          ?? (fleet === undefined ? await makeOwnerKeys(ownerKeys, log) : undefined);
        if (read === undefined) keepLastKnown();
        else [owner, isStale] = [newest(read), false];
      } catch (error) {
        keepLastKnown(describeError(error)); // recording goes on whatever happens to a file
      }
      return new FileCipher([fleet, owner].filter((one) => one !== undefined));
    },
  };
}

const newest = ({ pairs: [first] }: OwnerKeys): KeyObject | undefined =>
  first && publicKeyFrom(Buffer.from(first.public, 'base64url'));

function fleetRecipient(text: string): KeyObject {
  try {
    if (!isPublicKey(text)) throw new TypeError('a key has 43 characters: letters, digits, - and _');
    const key = publicKeyFrom(Buffer.from(text, 'base64url'));
    // a point that everybody shares a secret with is refused now, not at the first event
    wrapKey(new Uint8Array(32), new Uint8Array(16), key);
    return key;
  } catch (cause) {
    throw new ConfigError(
      'vault.fleet-key', `recording.fleet_key: ${text} is no public key; \`tyto-fleet key new\` prints one`, { cause },
    );
  }
}

async function makeOwnerKeys(file: string, log: Log): Promise<OwnerKeys | undefined> {
  const keys: OwnerKeys = { version: 1, pairs: [openPair(newKeyPair())] };
  try {
    await createOwnerKeys(file, keys);
  } catch (cause) {
    if (systemCode(cause) === 'EEXIST') return await readOwnerKeys(file);
    throw nobody(file, cause);
  }
  log.warn(
    'recordings are encrypted, but the key to them lies open until the password is set on the page, or entered there once more',
    {
      file,
    },
  );
  return keys;
}

const nobody = (file: string, cause?: unknown): ConfigError => new ConfigError('vault.no-recipient',
  `recording.encryption: nobody could open what is recorded, for ${file} cannot be written; see to the data folder, or set recording.fleet_key`, {
    cause,
  });

/** A camera records whatever happens to a file. What can be mended by rights is left where it is. */
async function setAside(
  error: unknown, file: string, { now, log }: Pick<EncryptionPlan, 'now' | 'log'>,
): Promise<undefined> {
  if (!(error instanceof ConfigError) || systemCode(error.cause) !== undefined) throw error;
  const kept = `${file}.broken-${compactTime(now())}`;
  await rename(file, kept);
  log.error(
    'the file with the owner\'s keys to encrypted recordings was damaged; it is kept, and earlier recordings open with a backup of it only',
    { kept, reason: describeError(error) },
  );
}
