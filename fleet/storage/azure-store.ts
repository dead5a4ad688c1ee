/** A library or quarantine in a container of Azure's blob storage. */
import { createHash, randomBytes } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type {
  BlobSASSignatureValues, BlockBlobClient, ContainerClient, StorageSharedKeyCredential,
} from '@azure/storage-blob';
import type * as Sdk from '@azure/storage-blob';
import { ConfigError } from '../../device/core/errors.ts';
import { millis, type Millis } from '../../device/core/units.ts';
import { azureError } from '../../device/landing/azure-errors.ts';
import { folderPrefix } from '../../device/landing/key.ts';
import { contentTypeOf } from './content-type.ts';
import { pieceBytesFor, piecesOf } from './file-pieces.ts';
import { checkStoreKey, isStoreKey } from './key.ts';
import { linkTimes } from './link-times.ts';
import {
  PAGE_ENTRIES, type ByteRange, type GrantedUpload, type LibraryStore, type SignedLink, type StoredObject,
  type StorePage, type UploadGrant, type UploadSigner,
} from './port.ts';
import { remoteObject } from './remote-object.ts';

export interface AzureSettings {
  /** Address of the account: `https://ACCOUNT.blob.core.windows.net`. */
  readonly endpoint: string;
  /** Base64. */
  readonly accountKey: string;
  readonly container: string;
  /** Stands before every key, for a container shared with others; with or without slash at its end. */
  readonly prefix: string;
  /** Name of the encryption scope that the store encrypts with; empty for the account's own. */
  readonly encryption?: string;
}

interface Connection {
  readonly sdk: typeof Sdk;
  readonly container: ContainerClient;
  readonly credential: StorageSharedKeyCredential;
}

const MOST_BLOCKS = 50_000;

export class AzureStore implements LibraryStore, UploadSigner {
  readonly #settings: AzureSettings;
  readonly #prefix: string;
  readonly #stop: AbortSignal;
  #connection: Promise<Connection> | undefined;

  /**
   * @param stop - Ends whatever is under way.
   * @throws {ConfigError} `azure.settings` when something is missing. Nothing is connected or loaded yet.
   */
  constructor(settings: AzureSettings, stop: AbortSignal) {
    const missing = (['endpoint', 'accountKey', 'container'] as const).filter((name) => settings[name] === '');
    if (missing.length > 0)
      throw new ConfigError('azure.settings', `settings of the Azure store: needed and empty: ${missing.join(', ')}`);
    this.#settings = settings;
    this.#prefix = folderPrefix(settings.prefix);
    this.#stop = stop;
  }

  async put(key: string, file: string): Promise<void> {
    checkStoreKey(key);
    const { size } = await stat(file);
    await this.#ask(`put ${key}`, async ({ container }) => {
      const blob = this.#blob(container, key);
      const ids: string[] = [];
      // or what others put under the same key meanwhile would become part of it
      const own = randomBytes(6).toString('hex');
      for await (const { number, data } of piecesOf(file, pieceBytesFor(size, MOST_BLOCKS))) {
        const id = Buffer.from(`${own}-${String(number).padStart(6, '0')}`).toString('base64');
        await blob.stageBlock(id, data, data.byteLength, {
          abortSignal: this.#stop, transactionalContentMD5: createHash('md5').update(data).digest(),
        });
        ids.push(id);
      }
      const { encryption = '' } = this.#settings;
      await blob.commitBlockList(ids, {
        abortSignal: this.#stop, blobHTTPHeaders: { blobContentType: contentTypeOf(key), blobCacheControl: 'private' },
        ...(encryption === '' ? {} : { encryptionScope: encryption }),
      });
    });
    await rm(file, { force: true });
  }

  async open(key: string): Promise<StoredObject | undefined> {
    if (!isStoreKey(key)) return undefined;
    return this.#ask(`get ${key}`, async ({ container }) => {
      try {
        const { contentLength: bytes = 0, etag } = await this.#blob(container, key)
          .getProperties({ abortSignal: this.#stop });
        return remoteObject(bytes, {
          get: (range) => this.#body(key, etag, range), told: (error) => this.#told(error, `get ${key}`),
        });
      } catch (error) {
        if (isMissingBlob(error)) return undefined;
        throw error;
      }
    });
  }

  async remove(key: string): Promise<void> {
    checkStoreKey(key);
    await this.#ask(`delete ${key}`, async ({ container }) => {
      await this.#blob(container, key).delete({ abortSignal: this.#stop })
        .catch((error: unknown) => { if (!isMissingBlob(error)) throw error; });
    });
  }

  async list(prefix: string, cursor?: string, most = PAGE_ENTRIES): Promise<StorePage> {
    return this.#ask(`list ${prefix}`, async ({ container }) => {
      const pages = container.listBlobsFlat({ prefix: this.#prefix + prefix, abortSignal: this.#stop })
        .byPage({ maxPageSize: most, ...(cursor === undefined ? {} : { continuationToken: cursor }) });
      for await (const { segment, continuationToken } of pages) {
        const entries = segment.blobItems.map(({ name, properties }) => ({
          key: name.slice(this.#prefix.length),
          bytes: properties.contentLength ?? 0, modifiedAt: millis(properties.lastModified.getTime()),
        }));
        return { entries: entries.filter(({ key }) => isStoreKey(key)), next: continuationToken || undefined };
      }
      return { entries: [], next: undefined };
    });
  }

  async signedLink(key: string, lasts: Millis): Promise<SignedLink> {
    checkStoreKey(key);
    const { href, expiresAt } = await this.#sign(key, 'r', lasts, { contentDisposition: 'inline' });
    return { href, expiresAt };
  }

  /** The store cannot be bound to a size or a hash: ingest looks at both. */
  async signPut(key: string, { contentType }: GrantedUpload, lasts: Millis): Promise<UploadGrant> {
    checkStoreKey(key);
    const { href, expiresAt } = await this.#sign(key, 'cw', lasts, {});
    return {
      method: 'PUT', url: href, headers: { 'content-type': contentType, 'x-ms-blob-type': 'BlockBlob' }, expiresAt,
    };
  }

  async #sign(key: string, rights: string, lasts: Millis, more: Partial<BlobSASSignatureValues>): Promise<SignedLink> {
    return this.#ask(`sign a link to ${key}`, async ({ sdk, container, credential }) => {
      const { expiresAt } = linkTimes(lasts);
      const blob = this.#blob(container, key);
      const signed = sdk.generateBlobSASQueryParameters({
        containerName: blob.containerName, blobName: blob.name,
        permissions: sdk.BlobSASPermissions.parse(rights), expiresOn: new Date(expiresAt), ...more,
        ...(blob.url.startsWith('https:') ? { protocol: sdk.SASProtocol.Https } : {}),
      }, credential);
      return { href: `${blob.url}?${signed.toString()}`, expiresAt };
    });
  }

  #blob(container: ContainerClient, key: string): BlockBlobClient {
    return container.getBlockBlobClient(this.#prefix + key);
  }

  async #body(key: string, etag: string | undefined, range: ByteRange | undefined): Promise<Readable> {
    return this.#ask(`get ${key}`, async ({ container }) => {
      const { start, end } = range ?? { start: 0, end: undefined };
      const { readableStreamBody } = await this.#blob(container, key)
        .download(start, end === undefined ? undefined : end - start + 1, {
          abortSignal: this.#stop, ...(etag === undefined ? {} : { conditions: { ifMatch: etag } }),
        });
      return readableStreamBody as Readable;
    });
  }

  async #ask<T>(action: string, request: (connection: Connection) => Promise<T>): Promise<T> {
    this.#stop.throwIfAborted();
    try {
      return await request(await (this.#connection ??= connect(this.#settings)));
    } catch (cause) {
      this.#stop.throwIfAborted();
      throw this.#told(cause, action);
    }
  }

  #told(cause: unknown, action: string): unknown {
    const { endpoint: server, container } = this.#settings;
    return azureError(cause, {
      store: 'azure', action, server, place: `container "${container}"`, key: 'key of the account',
    });
  }
}

async function connect({ endpoint, accountKey, container }: AzureSettings): Promise<Connection> {
  const sdk = await import('@azure/storage-blob');
  const credential = new sdk.StorageSharedKeyCredential(accountOf(endpoint), accountKey);
  const service = new sdk.BlobServiceClient(endpoint, credential, {
    retryOptions: { maxTries: 1 }, // repetition is the queue's
  });
  return { sdk, container: service.getContainerClient(container), credential };
}

/** It stands in the name of the host, or, where several share one, in the path. */
function accountOf(endpoint: string): string {
  const { hostname, pathname } = new URL(endpoint);
  return pathname.split('/').find((part) => part !== '') ?? hostname.split('.')[0] ?? '';
}

const isMissingBlob = (
  error: unknown,
): boolean => error instanceof Error && 'code' in error && error.code === 'BlobNotFound'
  || (error instanceof Error && 'statusCode' in error && error.statusCode === 404 && !('code' in error
  && error.code === 'ContainerNotFound'));
