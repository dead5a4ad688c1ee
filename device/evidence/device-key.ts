/** The device's own signing key: made at first boot, never leaves the device. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { compactTime } from '../contract/names.ts';
import { ConfigError, systemCode } from '../core/errors.ts';
import type { Millis } from '../core/units.ts';
import { writeFileDurably } from '../durable/write-file.ts';

/** In the data folder; PKCS #8 in PEM, mode 0600. */
export const KEY_FILE = 'device.key';

export interface DeviceKey {
  readonly key: KeyObject;
  /** 32 bytes in base64url: what others know the device by. */
  readonly publicKey: string;
}

/**
 * The key in `data`; made, durable, where there is none. One process makes it: the one that records. A
 * damaged one is put aside and another made, for a camera must record whatever happens to a file; older
 * clips stay signed by the old one.
 *
 * @param now - Wall clock, for the name of a damaged one.
 * @param onPutAside - Told where the damaged one is then.
 * @throws {ConfigError} `evidence.key` when the file may not be read.
 */
export async function openDeviceKey(
  data: string, now: Millis, onPutAside: (place: string) => void,
): Promise<DeviceKey> {
  const file = path.join(data, KEY_FILE);
  const known = await readDeviceKey(file).catch(async (error: unknown) => {
    if (!(error instanceof ConfigError) || systemCode(error.cause) === 'EACCES') throw error;
    const place = `${file}.broken-${compactTime(now)}`;
    await rename(file, place);
    onPutAside(place);
    return undefined;
  });
  if (known !== undefined) return known;
  const { privateKey } = generateKeyPairSync('ed25519');
  await writeFileDurably(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return withPublicKey(privateKey);
}

/** The key in `file`, or undefined where there is no file. @throws {ConfigError} `evidence.key` as above. */
export async function readDeviceKey(file: string): Promise<DeviceKey | undefined> {
  try {
    const key = createPrivateKey(await readFile(file));
    if (key.asymmetricKeyType === 'ed25519') return withPublicKey(key);
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return undefined;
    throw unusable(file, cause);
  }
  throw unusable(file);
}

/** A public key out of a clip or a command line. @throws {Error} When `text` is none. */
export const publicKeyFrom = (text: string): KeyObject =>
  createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: text }, format: 'jwk' });

/** Whether `text` is 32 bytes in base64url, as `DeviceKey.publicKey`. */
export const isPublicKey = (text: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(text);

const withPublicKey = (key: KeyObject): DeviceKey =>
  ({ key, publicKey: createPublicKey(key).export({ format: 'jwk' }).x ?? '' });

const unusable = (file: string, cause?: unknown): ConfigError => new ConfigError('evidence.key',
  `${file} is no Ed25519 key in PEM; put it back from a backup, or move it away to sign with a new one`, { cause });
