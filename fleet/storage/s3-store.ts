/** A library or quarantine in a bucket: AWS S3, Ceph, MinIO and others that speak the same. */
import { rm, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type * as Sdk from '@aws-sdk/client-s3';
import { millis, type Millis } from '../../device/core/units.ts';
import { connectS3, type S3Connection } from '../../device/landing/s3-connection.ts';
import { s3Error } from '../../device/landing/s3-errors.ts';
import { checkedS3Settings, type S3Settings } from '../../device/landing/s3-settings.ts';
import { contentTypeOf } from './content-type.ts';
import { PIECE_BYTES, pieceBytesFor, piecesOf } from './file-pieces.ts';
import { checkStoreKey, isStoreKey } from './key.ts';
import { linkTimes } from './link-times.ts';
import {
  PAGE_ENTRIES, type ByteRange, type GrantedUpload, type LibraryStore, type SignedLink, type StoredObject,
  type StorePage, type UploadGrant, type UploadSigner,
} from './port.ts';
import { remoteObject } from './remote-object.ts';

export interface S3StoreSettings extends Omit<S3Settings, 'acl'> {
  /** How the store encrypts what lies in it: empty as the bucket says, `AES256`, `aws:kms`, or `aws:kms:KEY-ID`. */
  readonly encryption?: string;
}

const MOST_PARTS = 10_000;

export class S3Store implements LibraryStore, UploadSigner, Disposable {
  readonly #settings: Required<S3Settings>;
  readonly #encryption: string;
  readonly #server: string;
  readonly #stop: AbortSignal;
  #connection: Promise<S3Connection> | undefined;

  /**
   * @param stop - Ends whatever is under way.
   * @throws {ConfigError} `s3.settings` when they cannot work together. Nothing is connected or loaded yet.
   */
  constructor({ encryption = '', ...settings }: S3StoreSettings, stop: AbortSignal) {
    this.#settings = checkedS3Settings({ ...settings, acl: '' });
    this.#encryption = encryption;
    this.#server = settings.endpoint === '' ? `AWS S3 in ${this.#settings.region}` : settings.endpoint;
    this.#stop = stop;
  }

  async put(key: string, file: string): Promise<void> {
    checkStoreKey(key);
    const { size } = await stat(file);
    await this.#ask(`put ${key}`, (connection) =>
      size <= PIECE_BYTES ? this.#putWhole(connection, key, file) : this.#putParts(connection, key, file, size));
    await rm(file, { force: true });
  }

  async open(key: string): Promise<StoredObject | undefined> {
    if (!isStoreKey(key)) return undefined;
    return this.#ask(`get ${key}`, async ({ sdk, client }) => {
      try {
        const { ContentLength: bytes = 0, ETag } = await client.send(
          new sdk.HeadObjectCommand(this.#at(key)), { abortSignal: this.#stop },
        );
        const version = ETag === undefined ? {} : { IfMatch: ETag };
        return remoteObject(bytes, {
          get: (range) => this.#body(key, version, range), told: (error) => this.#told(error, `get ${key}`),
        });
      } catch (error) {
        if (error instanceof sdk.NotFound || error instanceof sdk.NoSuchKey) return undefined;
        throw error;
      }
    });
  }

  async remove(key: string): Promise<void> {
    checkStoreKey(key);
    await this.#ask(`delete ${key}`, ({ sdk, client }) =>
      client.send(new sdk.DeleteObjectCommand(this.#at(key)), { abortSignal: this.#stop }));
  }

  async list(prefix: string, cursor?: string, most = PAGE_ENTRIES): Promise<StorePage> {
    const { bucket: Bucket, prefix: own } = this.#settings;
    return this.#ask(`list ${prefix}`, async ({ sdk, client }) => {
      const page = await client.send(new sdk.ListObjectsV2Command({
        Bucket, Prefix: own + prefix, MaxKeys: most, ...(cursor === undefined ? {} : { ContinuationToken: cursor }),
      }), { abortSignal: this.#stop });
      const entries = (page.Contents ?? []).map(({ Key = '', Size = 0, LastModified }) => ({
        key: Key.slice(own.length), bytes: Size, modifiedAt: millis(LastModified?.getTime() ?? 0),
      }));
      return { entries: entries.filter(({ key }) => isStoreKey(key)), next: page.NextContinuationToken };
    });
  }

  async signedLink(key: string, lasts: Millis): Promise<SignedLink> {
    checkStoreKey(key);
    return this.#ask(`sign a link to ${key}`, async ({ sdk, client }) => {
      const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
      const { signedAt: signingDate, seconds: expiresIn, expiresAt } = linkTimes(lasts);
      const command = new sdk.GetObjectCommand({
        ...this.#at(key), ResponseContentDisposition: 'inline', ResponseCacheControl: 'private',
      });
      return { href: await getSignedUrl(client, command, { expiresIn, signingDate }), expiresAt };
    });
  }

  async signPut(key: string, { bytes, sha256, contentType }: GrantedUpload, lasts: Millis): Promise<UploadGrant> {
    checkStoreKey(key);
    return this.#ask(`sign leave to put ${key}`, async ({ sdk, client }) => {
      const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
      const { signedAt: signingDate, seconds: expiresIn, expiresAt } = linkTimes(lasts);
      const checksum = Buffer.from(sha256, 'hex').toString('base64');
      const command = new sdk.PutObjectCommand({
        ...this.#at(key), ContentLength: bytes, ContentType: contentType, ChecksumSHA256: checksum,
      });
      const url = await getSignedUrl(client, command, {
        expiresIn, signingDate, unhoistableHeaders: new Set(['x-amz-checksum-sha256']),
        signableHeaders: new Set(['host', 'content-length', 'content-type']),
      });
      return {
        method: 'PUT', url, headers: { 'content-type': contentType, 'x-amz-checksum-sha256': checksum }, expiresAt,
      };
    });
  }

  [Symbol.dispose](): void {
    void this.#connection?.then(({ client }) => client.destroy(), () => {});
    this.#connection = undefined;
  }

  #at(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#settings.bucket, Key: this.#settings.prefix + key };
  }

  #facts(key: string): Pick<Sdk.PutObjectCommandInput, 'ContentType' | 'ServerSideEncryption' | 'SSEKMSKeyId'> {
    const [, algorithm = '', kmsKey] = /^(AES256|aws:kms)(?::(.+))?$/.exec(this.#encryption) ?? [];
    return {
      ContentType: contentTypeOf(key),
      ...(algorithm === '' ? {} : { ServerSideEncryption: algorithm as Sdk.ServerSideEncryption }),
      ...(kmsKey === undefined ? {} : { SSEKMSKeyId: kmsKey }),
    };
  }

  async #putWhole({ sdk, client }: S3Connection, key: string, file: string): Promise<void> {
    for await (const { data: Body } of piecesOf(file, PIECE_BYTES))
      await client.send(
        new sdk.PutObjectCommand({ ...this.#at(key), ...this.#facts(key), Body }), { abortSignal: this.#stop },
      );
  }

  /**
   * The server has nothing of it that can be seen until all parts are there; what a killed run
   * leaves, a rule of the bucket removes.
   */
  async #putParts({ sdk, client }: S3Connection, key: string, file: string, bytes: number): Promise<void> {
    const options = { abortSignal: this.#stop };
    const { UploadId } = await client.send(new sdk.CreateMultipartUploadCommand({
      ...this.#at(key), ...this.#facts(key),
    }), options);
    const upload = { ...this.#at(key), UploadId };
    try {
      const Parts: Sdk.CompletedPart[] = [];
      for await (const { number: PartNumber, data: Body } of piecesOf(file, pieceBytesFor(bytes, MOST_PARTS))) {
        const { ETag } = await client.send(new sdk.UploadPartCommand({ ...upload, PartNumber, Body }), options);
        Parts.push({ PartNumber, ETag });
      }
      await client.send(new sdk.CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }), options);
    } catch (error) {
      // the first error tells why
      await client.send(new sdk.AbortMultipartUploadCommand(upload), { abortSignal: AbortSignal.timeout(1000) })
        .catch(() => {});
      throw error;
    }
  }

  async #body(key: string, version: { readonly IfMatch?: string }, range: ByteRange | undefined): Promise<Readable> {
    return this.#ask(`get ${key}`, async ({ sdk, client }) => {
      const Range = range === undefined ? {} : { Range: `bytes=${range.start}-${range.end}` };
      const { Body } = await client.send(new sdk.GetObjectCommand({
        ...this.#at(key), ...version, ...Range,
      }), { abortSignal: this.#stop });
      return Body as Readable;
    });
  }

  async #ask<T>(action: string, request: (connection: S3Connection) => Promise<T>): Promise<T> {
    this.#stop.throwIfAborted();
    try {
      return await request(await (this.#connection ??= connectS3(this.#settings)));
    } catch (cause) {
      this.#stop.throwIfAborted();
      throw this.#told(cause, action);
    }
  }

  #told(cause: unknown, action: string): unknown {
    return s3Error(cause, { action, bucket: this.#settings.bucket, server: this.#server });
  }
}
