/** Files with private keys: of a fleet, and of whoever opens recordings by hand. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError, systemCode } from '../core/errors.ts';
import { syncFolder } from '../durable/write-file.ts';
import { openOwnerKeys, readOwnerKeys } from './owner-keys.ts';
import { Keyring } from './wrapped-key.ts';
import { newKeyPair } from './x25519.ts';

const PEM = /-----BEGIN PRIVATE KEY-----[\s\S]*?-----END PRIVATE KEY-----/g;

/**
 * Makes a key pair, its private half in `file` (PKCS #8 in PEM, mode 0600). @returns The public half.
 * @throws {ConfigError} `vault.key-file` when there is a file already, or none can be made there.
 */
export async function createKeyFile(file: string): Promise<string> {
  const { privateKey, publicKey } = newKeyPair();
  try {
    await using handle = await open(file, 'wx', 0o600);
    await handle.writeFile(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await handle.sync();
  } catch (cause) {
    switch (systemCode(cause)) {
      case undefined: throw cause;
      case 'EEXIST': throw new ConfigError(
        'vault.key-file',
        `${file} is there already, and a key is never overwritten: what was encrypted for it would be lost`,
      );
      case 'ENOENT': throw new ConfigError(
        'vault.key-file', `${file} cannot be made: the folder ${path.dirname(path.resolve(file))} is not there`,
      );
      default: throw new ConfigError(
        'vault.key-file', `${file} cannot be made; name a place that you may write to`, { cause },
      );
    }
  }
  await syncFolder(path.dirname(path.resolve(file)));
  return publicKey;
}

/**
 * The private keys in `file`, one after the other: the first is the newest.
 * @throws {ConfigError} `vault.key-file` when it cannot be read, or holds something else.
 */
export async function readKeyFile(file: string): Promise<readonly KeyObject[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ConfigError('vault.key-file', `the key file ${file} cannot be read`, { cause });
  });
  const keys = (text.match(PEM) ?? []).map((pem) => keyFrom(pem, file));
  if (keys.length > 0) return keys;
  throw new ConfigError(
    'vault.key-file',
    `${file} holds no private key (-----BEGIN PRIVATE KEY-----); \`tyto-fleet key new FILE\` makes one`,
  );
}

/**
 * What opens recordings, from a file of either kind: private keys of a fleet, or the owner's keys, locked by a
 * password.
 *
 * @param askPassword - Asked once, where a password is needed.
 * @throws {ConfigError} `vault.key-file`, `vault.owner-keys`; `vault.password` when the password opens none of the
 * keys.
 */
export async function openKeyFile(file: string, askPassword: () => Promise<string>): Promise<Keyring> {
  const begin = await readFile(file, 'utf8').catch(() => '');
  if (!begin.trimStart().startsWith('{')) return new Keyring(await readKeyFile(file));
  const keys = await readOwnerKeys(file);
  if (keys === undefined) throw new ConfigError('vault.key-file', `the key file ${file} cannot be read`);
  const opened = await openOwnerKeys(keys, askPassword);
  if (opened.length > 0) return new Keyring(opened);
  throw new ConfigError('vault.password', `this password opens none of the keys in ${file}`);
}

function keyFrom(pem: string, file: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'x25519') return key;
  } catch {} // what stands there must not be part of a message
  throw new ConfigError(
    'vault.key-file', `${file} holds something that is no X25519 key; \`tyto-fleet key new FILE\` makes one`,
  );
}
