/**
 * Whose key seals the clips of which device: learnt from its first sealed clip, and from then on no other is believed. One small
 * JSON object for each device; whoever trusts another key writes it there, and whoever removes the object lets it be learnt anew.
 */
import { text } from 'node:stream/consumers';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { NAME_PATTERN } from '../../device/contract/name-pattern.ts';
import { DeviceError } from '../../device/core/errors.ts';
import type { Drawer } from './ports.ts';

/** Of one device; beyond that the oldest are forgotten. */
const MOST_KEYS = 64;
const publicKey = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const signersSchema = z.strictObject({
  version: z.literal(1),
  /** Ed25519 public keys in base64url, the newest last. */
  keys: z.array(publicKey).min(1).max(MOST_KEYS).readonly(),
});

/** Where the keys of `device` stand. */
const keyOf = (device: string): string => `${device}.json`;

/**
 * The keys that are believed for `device`; none before its first sealed clip.
 * @throws {DeviceError} `ingest.signers` when what stands there cannot be read: nothing is believed or learnt then.
 */
export async function knownSigners(device: string, signers: Drawer): Promise<readonly string[]> {
  await using object = NAME_PATTERN.test(device) ? await signers.open(keyOf(device)) : undefined;
  if (object === undefined) return [];
  const parsed = signersSchema.safeParse(parse(await text(object.stream())));
  if (parsed.success) return parsed.data.keys;
  throw new DeviceError('ingest.signers', `the keys known of ${device} cannot be read: put ${keyOf(device)} back, or remove it to learn them anew`);
}

/** @param folder - For the file before it is put. */
export async function trustSigner(device: string, key: string, signers: Drawer, folder: string): Promise<void> {
  const keys = (await knownSigners(device, signers)).filter((known) => known !== key);
  const file = path.join(folder, 'signers');
  await writeFile(file, `${JSON.stringify({ version: 1, keys: [...keys, publicKey.parse(key)].slice(-MOST_KEYS) })}\n`, { flush: true, mode: 0o600 });
  await signers.put(keyOf(device), file);
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
