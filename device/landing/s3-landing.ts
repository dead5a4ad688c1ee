/** A landing store in a bucket: AWS S3, Ceph, MinIO and others that speak the same. */
import { Readable } from 'node:stream';
import type * as Sdk from '@aws-sdk/client-s3';
import { millis } from '../core/units.ts';
import { checkKey } from './key.ts';
import type {
  Delivery, LandedObject, LandingEntry, LandingPage, LandingReader, LandingWriter, PutOptions,
} from './port.ts';
import { connectS3, type S3Connection } from './s3-connection.ts';
import { notS3, s3Error } from './s3-errors.ts';
import { putInParts, S3_PARTS } from './s3-multipart.ts';
import { signed } from './s3-signed.ts';
import { sendBody } from './send-body.ts';
import { checkedS3Settings, type S3Settings } from './s3-settings.ts';
import { paced, verifiedChunks } from './source.ts';


export class S3Landing implements LandingWriter, LandingReader, Disposable {
  readonly #settings: Required<S3Settings>;
  readonly #server: string;
  #connection: Promise<S3Connection> | undefined;

  /** @throws {ConfigError} `s3.settings` when they cannot work together. Nothing is connected or loaded yet. */
  constructor(settings: S3Settings) {
    this.#settings = checkedS3Settings(settings);
    this.#server = settings.endpoint === '' ? `AWS S3 in ${this.#settings.region}` : settings.endpoint;
  }

  /**
   * With a checkpoint, what is larger than a part goes in parts; without, in one piece, of which
   * nothing stays behind when it breaks off.
   */
  async put(key: string, delivery: Delivery, signal: AbortSignal, options: PutOptions = {}): Promise<void> {
    checkKey(key);
    const { checkpoint } = options;
    if (checkpoint !== undefined && delivery.bytes > S3_PARTS.bytes) {
      return this.#ask(`put ${key}`, signal, ({ sdk, client }) => putInParts({
        sdk, client, place: `s3 ${this.#server} ${this.#settings.bucket} ${this.#settings.prefix}${key}`,
        object: { Bucket: this.#settings.bucket, Key: this.#settings.prefix + key }, facts: this.#facts(delivery),
      }, delivery, signal, { ...options, checkpoint }));
    }
    // a file that is no longer right costs no upload
    for await (const _ of verifiedChunks(delivery, signal, { chunks: 'lent' }));
    await this.#ask(`put ${key}`, signal, async ({ sdk, client }) => {
      const chunks = paced(verifiedChunks(delivery, signal, { chunks: 'kept' }), options);
      const stored = await sendBody(chunks, signal, (body, abortSignal) =>
        client.send(signed(new sdk.PutObjectCommand({
          Bucket: this.#settings.bucket, Key: this.#settings.prefix + key, Body: body,
          ContentLength: delivery.bytes, ...this.#facts(delivery),
        }), delivery.sha256), { abortSignal }));
      if (stored.ETag === undefined) throw notS3(this.#server);
    });
  }

  async list(prefix: string, cursor: string | undefined, signal: AbortSignal): Promise<LandingPage> {
    const { bucket: Bucket, prefix: own } = this.#settings;
    return this.#ask(`list ${prefix}`, signal, async ({ sdk, client }) => {
      const page = await client.send(new sdk.ListObjectsV2Command({
        Bucket, Prefix: own + prefix, MaxKeys: 1000,
        EncodingType: 'url', // a key may hold characters that XML cannot carry
        ...(cursor === undefined ? {} : { ContinuationToken: cursor }),
      }), { abortSignal: signal });
      if (page.KeyCount === undefined && page.Name === undefined) throw notS3(this.#server);
      const entries = (page.Contents ?? []).map((object): LandingEntry => ({
        key: decodeURIComponent((object.Key ?? '').replaceAll('+', ' ')).slice(own.length),
        bytes: object.Size ?? 0,
        modifiedAt: millis(object.LastModified?.getTime() ?? 0),
      }));
      return { entries, next: page.NextContinuationToken, unreadable: [] };
    });
  }

  async open(key: string, signal: AbortSignal): Promise<LandedObject | undefined> {
    return this.#ask(`get ${key}`, signal, async ({ sdk, client }) => {
      try {
        const { Body: body, ContentLength: bytes } = await client.send(
          new sdk.GetObjectCommand({ Bucket: this.#settings.bucket, Key: this.#settings.prefix + key }),
          { abortSignal: signal });
        if (!(body instanceof Readable) || bytes === undefined) throw notS3(this.#server);
        return { bytes, body };
      } catch (error) {
        if (error instanceof sdk.NoSuchKey) return undefined;
        throw error;
      }
    });
  }

  async remove(key: string, signal: AbortSignal): Promise<void> {
    await this.#ask(`delete ${key}`, signal, ({ sdk, client }) => client.send(
      new sdk.DeleteObjectCommand({ Bucket: this.#settings.bucket, Key: this.#settings.prefix + key }),
      { abortSignal: signal }));
  }

  [Symbol.dispose](): void {
    void this.#connection?.then(({ client }) => client.destroy(), () => {});
    this.#connection = undefined;
  }

  #facts({ contentType, sha256 }: Delivery): Pick<Sdk.PutObjectCommandInput, 'ContentType' | 'Metadata' | 'ACL'> {
    const { acl } = this.#settings;
    return { ContentType: contentType, Metadata: { sha256 }, ...(acl === '' ? {} : { ACL: acl }) };
  }

  async #ask<T>(action: string, signal: AbortSignal, request: (connection: S3Connection) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    try {
      return await request(await (this.#connection ??= connectS3(this.#settings)));
    } catch (cause) {
      signal.throwIfAborted();
      throw s3Error(cause, { action, bucket: this.#settings.bucket, server: this.#server });
    }
  }
}
