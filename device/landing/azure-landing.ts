/** A landing store in a container of Azure's blob storage, by a SAS token. */
import { Readable } from 'node:stream';
import type * as Sdk from '@azure/storage-blob';
import { ConfigError } from '../core/errors.ts';
import { millis } from '../core/units.ts';
import { azureAnswer, azureError } from './azure-errors.ts';
import { AZURE_BLOCKS, putInBlocks, type BlockRoute } from './azure-blocks.ts';
import { IdleLimit } from './idle-limit.ts';
import { checkKey, folderPrefix } from './key.ts';
import { digestParts } from './parts.ts';
import type {
  Delivery, LandedObject, LandingEntry, LandingPage, LandingReader, LandingWriter, PutOptions,
} from './port.ts';
import { sendBody } from './send-body.ts';
import { paced, verifiedChunks } from './source.ts';
import { storeError, type StoreContext } from './store-errors.ts';

export interface AzureSettings {
  /** Address of the account: `https://ACCOUNT.blob.core.windows.net`. */
  readonly endpoint: string;
  readonly container: string;
  /** Stands before every key, for a container shared with others; with or without slash at its end. */
  readonly prefix: string;
  /** SAS token, with or without its question mark. */
  readonly sas: string;
  /** Most entries of a page of a list; 1,000 without. */
  readonly pageEntries?: number;
}

interface Connection { readonly sdk: typeof Sdk; readonly container: Sdk.ContainerClient }

/** A slow line may take its time for a clip; one on which nothing moves for so long is given up. */
const IDLE_TIMEOUT_MS = 60_000;

export class AzureLanding implements LandingWriter, LandingReader {
  readonly #settings: AzureSettings;
  readonly #prefix: string;
  #connection: Promise<Connection> | undefined;

  /** @throws {ConfigError} `azure.settings`. Nothing is connected or loaded yet. */
  constructor(settings: AzureSettings) {
    const { endpoint, container, prefix, sas } = settings;
    const wrong = [
      ...(/^https?:\/\/[^\s@?]+$/.test(endpoint) ? []
        : ['the https:// address of the account is needed, without user name or token']),
      ...(container === '' ? ['a container is needed'] : []),
      ...(sas === '' ? ['a SAS token is needed'] : []),
    ];
    if (wrong.length > 0)
      throw new ConfigError('azure.settings', `settings of Azure's blob storage: ${wrong.join('; ')}`);
    this.#settings = settings;
    this.#prefix = folderPrefix(prefix);
  }

  async put(key: string, delivery: Delivery, signal: AbortSignal, options: PutOptions = {}): Promise<void> {
    checkKey(key);
    const { checkpoint } = options;
    await this.#ask(`put ${key}`, signal, async ({ container }, idle, abortSignal) => {
      const blob = container.getBlockBlobClient(this.#prefix + key);
      const place = `azure ${this.#settings.endpoint} ${this.#settings.container} ${this.#prefix}${key}`;
      if (checkpoint === undefined || delivery.bytes <= AZURE_BLOCKS.bytes)
        await this.#putInOne(blob, delivery, { idle, signal: abortSignal, options });
      else await putInBlocks(
        { blob, idle, place, facts: factsOf(delivery) }, delivery, abortSignal, { ...options, checkpoint },
      );
    });
  }

  async list(prefix: string, cursor: string | undefined, signal: AbortSignal): Promise<LandingPage> {
    return this.#ask(`list ${prefix}`, signal, async ({ container }, _, abortSignal) => {
      const pages = container.listBlobsFlat({ prefix: this.#prefix + prefix, abortSignal })
        .byPage({
          maxPageSize: this.#settings.pageEntries ?? 1000,
          ...(cursor === undefined ? {} : { continuationToken: cursor }),
        });
      const { value } = await pages.next() as IteratorResult<Sdk.ContainerListBlobFlatSegmentResponse, undefined>;
      if (value === undefined) throw storeError('not-understood', this.#context(`list ${prefix}`));
      const entries = value.segment.blobItems.map(({ name, properties }): LandingEntry =>
        ({
          key: name.slice(this.#prefix.length), bytes: properties.contentLength ?? 0,
          modifiedAt: millis(properties.lastModified.getTime()),
        }));
      return { entries, next: value.continuationToken === '' ? undefined : value.continuationToken, unreadable: [] };
    });
  }

  async open(key: string, signal: AbortSignal): Promise<LandedObject | undefined> {
    return this.#ask(`get ${key}`, signal, async ({ container }) => {
      try {
        const { readableStreamBody: body, contentLength: bytes } = await container.getBlobClient(this.#prefix + key)
          .download(0, undefined, { abortSignal: signal });
        if (!(body instanceof Readable) || bytes === undefined)
          throw storeError('not-understood', this.#context(`get ${key}`));
        return { bytes, body };
      } catch (error) {
        if (azureAnswer(error)?.code === 'BlobNotFound') return undefined;
        throw error;
      }
    });
  }

  async remove(key: string, signal: AbortSignal): Promise<void> {
    await this.#ask(`delete ${key}`, signal, ({ container }, _, abortSignal) =>
      container.getBlobClient(this.#prefix + key).deleteIfExists({ abortSignal }));
  }

  async #putInOne(
    blob: Sdk.BlockBlobClient, delivery: Delivery,
    { idle, signal, options }: { readonly idle: IdleLimit; readonly signal: AbortSignal; readonly options: PutOptions },
  ): Promise<void> {
    const [md5 = EMPTY_MD5] = await digestParts(
      delivery, { partBytes: Math.max(delivery.bytes, 1), algorithm: 'md5' }, signal,
    );
    idle.touch();
    const chunks = idle.watch(paced(verifiedChunks(delivery, signal, { chunks: 'kept' }), options));
    await sendBody(chunks, signal, (body, abortSignal) =>
      blob.upload(() => body, delivery.bytes, { ...factsOf(delivery), transactionalContentMD5: md5, abortSignal }));
  }

  async #ask<T>(action: string, signal: AbortSignal, request: (
    connection: Connection, idle: IdleLimit, signal: AbortSignal,
  ) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    using idle = new IdleLimit(IDLE_TIMEOUT_MS);
    try {
      return await request(
        await (this.#connection ??= connect(this.#settings)), idle, AbortSignal.any([signal, idle.signal]),
      );
    } catch (cause) {
      signal.throwIfAborted();
      throw azureError(cause, this.#context(action));
    }
  }

  #context(action: string): StoreContext {
    const { endpoint, container } = this.#settings;
    return { store: 'azure', action, server: endpoint, place: `container "${container}"`, key: 'SAS token' };
  }
}

const EMPTY_MD5 = Buffer.from('1B2M2Y8AsgTpgAmY7PhCfg==', 'base64');

const factsOf = ({ contentType, sha256 }: Delivery): BlockRoute['facts'] =>
  ({ blobHTTPHeaders: { blobContentType: contentType }, metadata: { sha256 } });

/** The library is loaded only here: it takes tens of megabytes, which a device that uploads elsewhere does not pay. */
async function connect({ endpoint, container, sas }: AzureSettings): Promise<Connection> {
  const sdk = await import('@azure/storage-blob');
  const address = `${endpoint.replace(/\/+$/, '')}/${container}?${sas.replace(/^\?/, '')}`;
  // repetition is the queue's: a body that streams cannot be sent twice anyhow
  const pipeline = { retryOptions: { maxTries: 1 } };
  return { sdk, container: new sdk.ContainerClient(address, new sdk.AnonymousCredential(), pipeline) };
}
