/** `tyto-fleet trust`: clips that a device seals with another key from now on are believed, too. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Signers } from './ingest/signers.ts';
import { DirectoryStore } from './storage/directory-store.ts';

export interface Trust {
  readonly device: string;
  /** Ed25519, base64url. */
  readonly key: string;
  /** The fleet's data folder. */
  readonly data: string;
}

/**
 * Works while `tyto-fleet serve` runs on the same data.
 * @returns What to print.
 * @throws {DeviceError} `ingest.signers`
 */
export async function runTrust({ device, key, data }: Trust): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tyto-trust-'));
  try {
    await new Signers(new DirectoryStore(path.join(data, 'signers'))).trust(device, key, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return `clips of ${device} that are sealed by ${key} are taken in from now on\n`;
}
