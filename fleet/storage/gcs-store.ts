/** A library or quarantine in a bucket of Google Cloud Storage. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Bucket, CreateWriteStreamOptions } from '@google-cloud/storage';
import { ConfigError } from '../../device/core/errors.ts';
import { millis, type Millis } from '../../device/core/units.ts';
import { readServiceAccount, type ServiceAccount } from '../../device/landing/gcs-token.ts';
import { folderPrefix } from '../../device/landing/key.ts';
import { contentTypeOf } from './content-type.ts';
import { PIECE_BYTES } from './file-pieces.ts';
import { checkStoreKey, isStoreKey } from './key.ts';
import { linkTimes } from './link-times.ts';
import {
  PAGE_ENTRIES, type GrantedUpload, type LibraryStore, type SignedLink, type StoredObject, type StorePage,
  type UploadGrant, type UploadSigner,
} from './port.ts';
import { remoteObject } from './remote-object.ts';
import { gcsError, isMissingObject } from './gcs-errors.ts';

export interface GcsSettings {
  /** Address of another server than Google's; empty for that. */
  readonly endpoint: string;
  readonly bucket: string;
  /** Stands before every key, for a bucket shared with others; with or without slash at its end. */
  readonly prefix: string;
  /** Key file of a service account, its path or what stands in it. Empty: the machine's own account is taken. */
  readonly key: string;
  /** Resource name of a key of Cloud KMS that the store encrypts with; empty for what the bucket says. */
  readonly encryption?: string;
}

export class GcsStore implements LibraryStore, UploadSigner {
  readonly #settings: GcsSettings;
  readonly #account: ServiceAccount | undefined;
  readonly #prefix: string;
  readonly #stop: AbortSignal;
  #bucket: Promise<Bucket> | undefined;

  /**
   * @param stop - Ends whatever is under way.
   * @throws {ConfigError} `gcs.settings`, `gcs.key-invalid`. Nothing is connected or loaded yet.
   */
  constructor(settings: GcsSettings, stop: AbortSignal) {
    if (settings.bucket === '')
      throw new ConfigError('gcs.settings', 'settings of the Google store: a bucket is needed');
    this.#account = settings.key === '' ? undefined : readServiceAccount(settings.key);
    this.#settings = settings;
    this.#prefix = folderPrefix(settings.prefix);
    this.#stop = stop;
  }

  async put(key: string, file: string): Promise<void> {
    checkStoreKey(key);
    const { size } = await stat(file);
    const { encryption: kmsKeyName = '' } = this.#settings;
    await this.#ask(`put ${key}`, async (bucket) => {
      // With its hash, the server itself refuses what did not arrive as it lies here.
      const metadata = {
        contentType: contentTypeOf(key), cacheControl: 'private', md5Hash: await md5Of(file, this.#stop),
      };
      const object = bucket.file(this.#prefix + key, kmsKeyName === '' ? {} : { kmsKeyName });
      const options: CreateWriteStreamOptions = { metadata, validation: false, resumable: size > PIECE_BYTES };
      // Begun by the stream itself, it would sign in nowhere else than at Google's own address.
      if (size > PIECE_BYTES) [options.uri] = await object.createResumableUpload({ metadata });
      await pipeline(createReadStream(file), object.createWriteStream(options), { signal: this.#stop });
    });
    await rm(file, { force: true });
  }

  async open(key: string): Promise<StoredObject | undefined> {
    if (!isStoreKey(key)) return undefined;
    return this.#ask(`get ${key}`, async (bucket) => {
      try {
        const [{ size, generation }] = await bucket.file(this.#prefix + key).getMetadata();
        const file = bucket.file(this.#prefix + key, generation === undefined ? {} : { generation });
        return remoteObject(Number(size), {
          get: async (range) => file.createReadStream({ ...range, validation: false }),
          told: (error) => this.#told(error, `get ${key}`),
        });
      } catch (error) {
        if (isMissingObject(error)) return undefined;
        throw error;
      }
    });
  }

  async remove(key: string): Promise<void> {
    checkStoreKey(key);
    await this.#ask(`delete ${key}`, async (bucket) => {
      await bucket.file(this.#prefix + key).delete()
        .catch((error: unknown) => { if (!isMissingObject(error)) throw error; });
    });
  }

  async list(prefix: string, cursor?: string, most = PAGE_ENTRIES): Promise<StorePage> {
    return this.#ask(`list ${prefix}`, async (bucket) => {
      const [files, next] = await bucket.getFiles({
        autoPaginate: false, maxResults: most,
        prefix: this.#prefix + prefix, ...(cursor === undefined ? {} : { pageToken: cursor }),
      });
      const entries = files.map(({ name, metadata: { size = 0, updated } }) => ({
        key: name.slice(this.#prefix.length), bytes: Number(size), modifiedAt: millis(Date.parse(updated ?? '') || 0),
      }));
      return { entries: entries.filter(({ key }) =>
        isStoreKey(key)), next: (next as { readonly pageToken?: string } | null)?.pageToken };
    });
  }

  async signedLink(key: string, lasts: Millis): Promise<SignedLink> {
    checkStoreKey(key);
    const { signedAt: accessibleAt, expiresAt: expires } = linkTimes(lasts);
    const href = await this.#ask(`sign a link to ${key}`, async (bucket) => {
      const [url] = await bucket.file(this.#prefix + key)
        .getSignedUrl({ version: 'v4', action: 'read', accessibleAt, expires, responseDisposition: 'inline' });
      return url;
    });
    return { href, expiresAt: expires };
  }

  async signPut(key: string, { bytes, contentType }: GrantedUpload, lasts: Millis): Promise<UploadGrant> {
    checkStoreKey(key);
    const { signedAt: accessibleAt, expiresAt: expires } = linkTimes(lasts);
    const range = { 'x-goog-content-length-range': `${bytes},${bytes}` };
    const url = await this.#ask(`sign leave to put ${key}`, async (bucket) => {
      const [signed] = await bucket.file(this.#prefix + key)
        .getSignedUrl({ version: 'v4', action: 'write', accessibleAt, expires, contentType, extensionHeaders: range });
      return signed;
    });
    return { method: 'PUT', url, headers: { 'content-type': contentType, ...range }, expiresAt: expires };
  }

  get #server(): string { return this.#settings.endpoint === '' ? 'Google Cloud Storage' : this.#settings.endpoint; }

  #told(cause: unknown, action: string): unknown {
    return gcsError(cause, { action, bucket: this.#settings.bucket, server: this.#server });
  }

  async #ask<T>(action: string, request: (bucket: Bucket) => Promise<T>): Promise<T> {
    this.#stop.throwIfAborted();
    try {
      return await request(await (this.#bucket ??= connect(this.#settings, this.#account)));
    } catch (cause) {
      this.#stop.throwIfAborted();
      throw this.#told(cause, action);
    }
  }
}

async function connect({ endpoint, bucket }: GcsSettings, account: ServiceAccount | undefined): Promise<Bucket> {
  const { Storage } = await import('@google-cloud/storage');
  const storage = new Storage({
    retryOptions: { autoRetry: false }, // repetition is the queue's
    ...(endpoint === '' ? {} : { apiEndpoint: endpoint, useAuthWithCustomEndpoint: true }),
  });
  if (account !== undefined) {
    const pem = String(account.key.export({ type: 'pkcs8', format: 'pem' }));
    storage.authClient.jsonContent = { type: 'service_account', client_email: account.email, private_key: pem };
    // a token that it signs itself: one server less to ask, and that can be down
    storage.authClient.useJWTAccessWithScope = true;
  }
  return storage.bucket(bucket);
}

async function md5Of(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('md5');
  await pipeline(createReadStream(file), hash, { signal });
  return hash.digest('base64');
}
