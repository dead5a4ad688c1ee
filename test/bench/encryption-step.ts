/**
 * What encrypting and decrypting a clip costs this process: prints milliseconds of CPU for
 * each megabyte (10^6 bytes), as JSON.
 */
import { createPublicKey, randomBytes } from 'node:crypto';
import { millis } from '../../device/core/units.ts';
import { EncryptedFile, inMemory } from '../../device/vault/encrypted-file.ts';
import { FileCipher } from '../../device/vault/file-cipher.ts';
import { Keyring } from '../../device/vault/wrapped-key.ts';
import { newKeyPair } from '../../device/vault/x25519.ts';
import { encryptedParts } from '../recording/cipher.ts';

/** Half a second of a camera at 4 Mbit/s. */
const FRAGMENT = randomBytes(250_000);
const FRAGMENTS = 400;
const MEGABYTES = (FRAGMENT.byteLength * FRAGMENTS) / 1e6;

const [owner, fleet] = [newKeyPair(), newKeyPair()];
const recipients = [owner, fleet].map(({ privateKey }) => createPublicKey(privateKey));
const clip = (fragments: number) =>
  encryptedParts(new FileCipher(recipients), randomBytes(800), Array.from({ length: fragments }, () => FRAGMENT));

async function cpuMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return millis((user + system) / 1000);
}

clip(50); // what is compiled once is not counted
const encryptMs = (await cpuMs(() => { for (let n = 0; n < 8; n++) clip(FRAGMENTS / 8); })) / MEGABYTES;
const beginMs = (await cpuMs(() => { for (let n = 0; n < 100; n++) clip(0); })) / 100;
const file = Buffer.concat(clip(FRAGMENTS));
const keys = new Keyring([owner.privateKey]);
const decryptMs = (await cpuMs(async () => {
  const encrypted = await EncryptedFile.open(inMemory(file), file.byteLength, keys);
  for await (const part of encrypted.plain()) if (part.byteLength === 0) throw new Error('an empty part');
})) / MEGABYTES;
console.log(JSON.stringify({ encryptMs, decryptMs, beginMs }));
