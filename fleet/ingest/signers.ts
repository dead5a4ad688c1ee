/**
 * Whose key seals the clips of which device: learnt from its first sealed clip, and from then on no other is
 * believed. One small JSON object for each device; whoever trusts another key writes it there, and whoever removes
 * the object lets it be learnt anew.
 */
import { text } from 'node:stream/consumers';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { NAME_PATTERN } from '../../device/contract/name-pattern.ts';
import { DeviceError, RemoteError } from '../../device/core/errors.ts';
import { jsonIn } from '../../device/core/json-in.ts';
import type { Drawer } from './shelf.ts';

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

export class Signers {
  readonly drawer: Drawer;
  #learning: Promise<void> = Promise.resolve();
  constructor(drawer: Drawer) { this.drawer = drawer; }

  /**
   * The keys that are believed for `device`; none before its first sealed clip.
   * @throws {DeviceError} `ingest.signers` when what stands there cannot be read: nothing is believed or learnt then.
   */
  async known(device: string): Promise<readonly string[]> {
    await using object = NAME_PATTERN.test(device) ? await this.drawer.open(keyOf(device)) : undefined;
    if (object === undefined) return [];
    const parsed = signersSchema.safeParse(jsonIn(await text(object.stream())));
    if (parsed.success) return parsed.data.keys;
    throw new DeviceError(
      'ingest.signers',
      `the keys known of ${device} cannot be read: put ${keyOf(device)} back, or remove it to learn them anew`,
    );
  }

  /**
   * Believes the first key of a device. One at a time: of two first clips that are looked
   * into at once, only one can be it.
   * @param folder - For the file before it is put.
   * @throws {RemoteError} `ingest.raced` when another key came first: the clip is to be judged again, by that.
   */
  async learn(device: string, key: string, folder: string): Promise<void> {
    const learnt = this.#learning.then(async () => {
      const keys = await this.known(device);
      if (keys.length === 0) return this.trust(device, key, folder);
      if (!keys.includes(key))
        throw new RemoteError('ingest.raced', `another key of ${device} was learnt at the same time`);
    });
    this.#learning = learnt.catch(() => undefined);
    return learnt;
  }

  /** Believes one more. @param folder - For the file before it is put. */
  async trust(device: string, key: string, folder: string): Promise<void> {
    const keys = (await this.known(device)).filter((known) => known !== key);
    const file = path.join(folder, 'signers');
    const content = { version: 1, keys: [...keys, publicKey.parse(key)].slice(-MOST_KEYS) };
    await writeFile(file, `${JSON.stringify(content)}\n`, { flush: true, mode: 0o600 });
    await this.drawer.put(keyOf(device), file);
  }
}
