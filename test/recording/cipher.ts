/** Encrypted files for tests. */
import { createPublicKey } from 'node:crypto';
import { millis } from '../../device/core/units.ts';
import type { InitSegment } from '../../device/contract/mp4-init.ts';
import type { Encryption } from '../../device/vault/encryption.ts';
import { FileCipher } from '../../device/vault/file-cipher.ts';
import type { KeyPair } from '../../device/vault/x25519.ts';

export const cipherFor = (...pairs: readonly KeyPair[]): FileCipher =>
  new FileCipher(pairs.map(({ privateKey }) => createPublicKey(privateKey)));

export const encryptionFor = (...pairs: readonly KeyPair[]): Encryption => ({ begin: async () => cipherFor(...pairs) });

/** A clip in shape only: `parts` are what its fragments hold. */
export function encryptedParts(
  cipher: FileCipher, head: Uint8Array, parts: readonly Uint8Array[],
): readonly Uint8Array[] {
  const video = { trackId: 1, timescale: 1000, defaultDuration: 0, defaultBytes: 0, defaultFlags: 0 };
  const init: InitSegment = { data: head, codec: 'avc1.64001f', size: { width: 160, height: 120 }, video };
  return [
    cipher.clipHead(init),
    ...parts.map((part, index) =>
      cipher.fragment(part, { startTicks: index * 500, duration: millis(500), samples: 12, key: index % 2 === 0 })),
  ];
}
