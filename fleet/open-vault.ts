/** Accounts, keys and uploads over HTTP, in front of the fleet's page. */
import path from 'node:path';
import type { Access } from '../device/access/access.ts';
import { Mp4Error } from '../device/contract/mp4-boxes.ts';
import type { FootageRequests } from '../device/contract/footage-request.ts';
import { inSeconds, type Millis } from '../device/core/units.ts';
import type { Log } from '../device/core/log.ts';
import type { Clock } from '../device/runtime/clock.ts';
import { BoxPlaces } from '../device/vault/box-places.ts';
import type { KeyOpener } from '../device/vault/wrapped-key.ts';
import type { LoadedFleetSettings } from './config/load-settings.ts';
import { deleteEvent } from './delete-event.ts';
import { filingRegister } from './filing-register.ts';
import type { OwnerBook } from './index/owner-book.ts';
import type { FleetIndex } from './index/port.ts';
import { readClip } from './ingest/inspect/mp4-structure.ts';
import type { Register } from './ingest/ports.ts';
import type { OpenedLanding } from './open-landing.ts';
import type { LibraryStore } from './storage/port.ts';
import { S3Store } from './storage/s3-store.ts';
import type { ClipFacts, GrantSigner, VaultIndex } from './vault/ports.ts';
import { openRegistryFile } from './vault/registry/open-registry.ts';
import { Registry } from './vault/registry/registry.ts';
import { createVault, type Vault } from './vault/vault-app.ts';

/** The file of accounts and keys in the data folder. */
const REGISTRY_FILE = 'vault.db';

export interface VaultSurroundings {
  readonly settings: Pick<
    LoadedFleetSettings,
    'data' | 'landing' | 'maxClip' | 's3Endpoint' | 's3Region' | 's3AccessKeyId' | 's3SecretAccessKey'
  >;
  readonly access: Access;
  readonly landing: Pick<OpenedLanding, 'store'>;
  readonly index: FleetIndex;
  /** Where others file, too: what tells them whose what comes is. */
  readonly owners: OwnerBook | undefined;
  readonly library: LibraryStore;
  readonly requests: FootageRequests;
  readonly keys: KeyOpener;
  readonly clock: Clock;
  readonly log: Log;
}

export interface OpenedVault extends Vault, Disposable {
  /** What ingest files with: every event with the account that it belongs to. */
  registerOf(index: FleetIndex): Register;
}

/** @throws {ConfigError | DeviceError} When accounts and keys cannot be read. */
export async function openVault(
  { settings, access, landing, index, owners, library, requests, keys, clock, log }: VaultSurroundings,
  signal: AbortSignal,
): Promise<OpenedVault> {
  using held = new DisposableStack();
  const database = held.use(openRegistryFile(path.join(settings.data, REGISTRY_FILE)));
  const signer = held.use(signerOf(settings, signal));
  const vault = await createVault({
    folder: path.join(settings.data, 'uploads'), registry: database, access, landing: landing.store,
    owners, signer: signer ?? undefined, requests, probe, maxBytes: settings.maxClip,
    index: vaultIndex(index, library, () => clock.now()), library,
    keys: { open: (recipients, fileId) =>
      keys.open(recipients, fileId), isLocked: async () => false, places: new BoxPlaces() },
    clock, log, signal,
  });
  const resources = held.move();
  return {
    ...vault,
    registerOf: (of) => filingRegister(of, vault.ownerOf),
    [Symbol.dispose]: () => resources.dispose(),
  };
}

/** For the command: accounts and keys beside a server that may run. */
export function openRegistry(data: string, clock: Clock): { readonly registry: Registry } & Disposable {
  const database = openRegistryFile(path.join(data, REGISTRY_FILE));
  return { registry: new Registry(database, () => clock.now()), [Symbol.dispose]: () => database[Symbol.dispose]() };
}

/** Only S3's signature binds size and content; where the landing is something else, devices put through us. */
function signerOf(
  { landing, s3Endpoint, s3Region, s3AccessKeyId, s3SecretAccessKey }: VaultSurroundings['settings'],
  signal: AbortSignal,
): (GrantSigner & Disposable) | null {
  if (landing.type !== 's3') return null;
  return new S3Store({
    endpoint: s3Endpoint, region: s3Region, bucket: landing.bucket, prefix: landing.prefix,
    accessKeyId: s3AccessKeyId, secretAccessKey: s3SecretAccessKey,
  }, signal);
}

/** What ingest will measure. */
async function probe(file: string, signal: AbortSignal): Promise<ClipFacts | undefined> {
  try {
    const { codec, size: { width, height }, duration } = await readClip(file, signal);
    return { codec, width, height, duration: inSeconds(duration) };
  } catch (error) {
    if (error instanceof Mp4Error) return undefined;
    throw error;
  }
}

function vaultIndex(index: FleetIndex, library: LibraryStore, now: () => Millis): VaultIndex {
  return {
    events: (query) => index.events(query),
    event: (device, id) => index.event(device, id),
    accountOf: (device) => accountOf(device, index),
    usage: (account) => index.usage(account),
    remove: (device, id) => deleteEvent({ device, id }, index, library, now),
  };
}

/** A page may be empty and have a next one. */
async function accountOf(device: string, index: FleetIndex): Promise<string | undefined> {
  for (let before: string | undefined; ;) {
    const { rows: [latest], next } = await index.events({
      device, continuous: true, limit: 1, ...(before === undefined ? {} : { before }),
    });
    if (latest !== undefined || next === undefined) return latest?.account;
    before = next;
  }
}
