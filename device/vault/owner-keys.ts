/**
 * The file with the owner's key pairs, newest first: `watch` encrypts for the newest, `web`
 * opens what was encrypted for any.
 */
import type { KeyObject } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { describeIssues } from '../contract/event.ts';
import { ConfigError, systemCode } from '../core/errors.ts';
import { jsonIn } from '../core/json-in.ts';
import { syncFolder, writeFileDurably } from '../durable/write-file.ts';
import { Password, passwordBoxSchema, type PasswordBox } from './password-box.ts';
import { isPublicKey, pairOf, privateKeyBytes, privateKeyFrom, type KeyPair } from './x25519.ts';

/** In the data folder; mode 0600. */
export const OWNER_KEYS_FILE = 'playback.key';

const ownerPair = z.strictObject({
  public: z.string().refine(isPublicKey, 'a public key'),
  private: z.union([
    /** PKCS #8 in DER, base64: nobody has set a password yet. */
    z.strictObject({ open: z.string() }),
    /** The same, locked by the password; by two while it is being changed. */
    z.strictObject({ locked: z.array(passwordBoxSchema).min(1).max(4) }),
  ]),
});
export type OwnerPair = Readonly<z.infer<typeof ownerPair>>;

const ownerKeys = z.strictObject({ version: z.literal(1), pairs: z.array(ownerPair).min(1).max(100) });
export type OwnerKeys = Readonly<z.infer<typeof ownerKeys>>;

/**
 * @returns Undefined where there is no file.
 * @throws {ConfigError} `vault.owner-keys` when it cannot be read or understood.
 */
export async function readOwnerKeys(file: string): Promise<OwnerKeys | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return undefined;
    throw new ConfigError(
      'vault.owner-keys', `${file} cannot be read; it holds the keys to encrypted recordings`, { cause },
    );
  }
  const parsed = ownerKeys.safeParse(jsonIn(text));
  if (parsed.success) return parsed.data;
  throw new ConfigError('vault.owner-keys',
    `${file} is not the file with the keys to encrypted recordings (${describeIssues(parsed.error)}); `
      + 'put a backup in its place');
}

/** Only where there is none yet. @throws {Error} The system's error: `EEXIST` when somebody was quicker. */
export async function createOwnerKeys(file: string, keys: OwnerKeys): Promise<void> {
  {
    await using handle = await open(file, 'wx', 0o600);
    await handle.writeFile(format(keys));
    await handle.sync();
  }
  await syncFolder(path.dirname(file));
}

export const writeOwnerKeys = (file: string, keys: OwnerKeys): Promise<void> => writeFileDurably(file, format(keys));

export const openPair = ({ publicKey, privateKey }: KeyPair): OwnerPair =>
  ({ public: publicKey, private: { open: Buffer.from(privateKeyBytes(privateKey)).toString('base64') } });

/** The private halves that lie open, and those that the password opens, newest first. */
export async function openOwnerKeys(
  { pairs }: OwnerKeys, askPassword: () => Promise<string>,
): Promise<readonly KeyObject[]> {
  const isLocked = pairs.some((pair) => 'locked' in pair.private);
  const password = new Password(isLocked ? await askPassword() : '');
  const opened: KeyObject[] = [];
  for (const pair of pairs) {
    const key = await openOwnerPair(pair, password);
    if (key !== undefined) opened.push(key);
  }
  return opened;
}

/** Undefined when the password is another one, or what it opens is not the key that it should be. */
export async function openOwnerPair(
  { public: publicKey, private: half }: OwnerPair, password: Password,
): Promise<KeyObject | undefined> {
  const bytes = 'open' in half
    ? new Uint8Array(Buffer.from(half.open, 'base64'))
    : await firstOpened(half.locked, password);
  try {
    const key = bytes && privateKeyFrom(bytes);
    return key !== undefined && pairOf(key).publicKey === publicKey ? key : undefined;
  } catch {
    return undefined; // no key at all
  }
}

async function firstOpened(boxes: readonly PasswordBox[], password: Password): Promise<Uint8Array | undefined> {
  for (const box of boxes) {
    const opened = await password.unlock(box);
    if (opened !== undefined) return opened;
  }
  return undefined;
}

const format = (keys: OwnerKeys): string => `${JSON.stringify(keys, undefined, 2)}\n`;
