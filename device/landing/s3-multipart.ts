/**
 * A large file in parts, which goes on where it was broken off: its token names the parts that the server has. It
 * appears under its key only when it is whole.
 *
 * The parts are remembered here rather than asked for, so that a policy without the right to list them is enough.
 */
import { createHash } from 'node:crypto';
import type * as Sdk from '@aws-sdk/client-s3';
import { z } from 'zod';
import { RemoteError, TytoError } from '../core/errors.ts';
import { digestParts, partBytesFor, partsOf, type Part } from './parts.ts';
import type { Checkpoint, Delivery, PutOptions } from './port.ts';
import { signed } from './s3-signed.ts';
import { sendBody } from './send-body.ts';
import { paced, rangeChunks } from './source.ts';
import { readToken, writeToken, type TokenOwner } from './token.ts';

export const S3_PARTS = { bytes: 8 * 1024 * 1024, most: 10_000 } as const;
/** After these nothing of the upload will ever be of use: by our codes, and by the server's. */
const IN_VAIN = new Set([
  'landing.source-missing', 'landing.source-changed', 'NoSuchUpload', 'InvalidPart',
  'InvalidPartOrder', 'EntityTooSmall', 'EntityTooLarge',
]);
const GIVE_UP_AFTER_MS = 10_000;

const upload = z.strictObject({
  id: z.string().min(1), partBytes: z.number().int().positive(), etags: z.array(z.string().min(1)),
});
type Upload = Readonly<z.infer<typeof upload>>;

export interface MultipartRoute {
  readonly sdk: typeof Sdk;
  readonly client: Sdk.S3Client;
  /** Server and key, for the token. */
  readonly place: string;
  readonly object: { readonly Bucket: string; readonly Key: string };
  /** Of the object as a whole: type, metadata, acl. */
  readonly facts: Pick<Sdk.CreateMultipartUploadCommandInput, 'ContentType' | 'Metadata' | 'ACL'>;
}

/** @throws {unknown} What the SDK throws, to be translated by the caller, and the errors of `verifiedChunks`. */
export async function putInParts(
  route: MultipartRoute, delivery: Delivery,
  signal: AbortSignal, options: PutOptions & { readonly checkpoint: Checkpoint },
): Promise<void> {
  const { checkpoint } = options;
  const owner: TokenOwner = { place: route.place, delivery };
  const found = readToken(checkpoint, owner, upload);
  const kept = found?.isSameContent === true ? found.state : undefined;
  if (found !== undefined && kept === undefined) await giveUp(route, found.state.id);
  let now = kept;
  const save = (state: Upload): void => {
    now = state;
    writeToken(checkpoint, owner, state);
  };
  try {
    const partBytes = kept?.partBytes ?? partBytesFor(delivery.bytes, S3_PARTS);
    const digests = await digestParts(delivery, { partBytes, algorithm: 'sha256' }, signal);
    const work: Work = { delivery, digests, save, options };
    if (kept === undefined || !await isFinished(route, kept, work, signal)) {
      await finish(route, await begin(route, partBytes, save, signal), work, signal);
    }
  } catch (error) {
    if (now === undefined || !isInVain(error)) throw error;
    await giveUp(route, now.id);
    checkpoint.save(undefined);
    throw error;
  }
  checkpoint.save(undefined);
}

const isInVain = (error: unknown): boolean => IN_VAIN.has(error instanceof TytoError ? error.code : nameOf(error));

/** What the server calls it. */
const nameOf = (error: unknown): string => error instanceof Error ? error.name : '';

/**
 * Goes on with an upload of an earlier try.
 * @returns False when the server no longer knows it, and it was not made whole either.
 */
async function isFinished(route: MultipartRoute, kept: Upload, work: Work, signal: AbortSignal): Promise<boolean> {
  let now = kept;
  try {
    if (partsOf(work.delivery.bytes, kept.partBytes).length > kept.etags.length)
      await demandUpload(route, kept, signal);
    await finish(route, kept, { ...work, save: (state) => { now = state; work.save(state); } }, signal);
    return true;
  } catch (error) {
    if (nameOf(error) === 'NoSuchUpload') return isWhole(route, now, work.delivery, signal);
    throw error;
  }
}

/**
 * Asks before anything is sent: a server that refuses a part while it comes may hang up before its answer is read, and
 * then it could never be told that the upload is gone.
 *
 * Where the parts may not be listed, the next one is put without content: who may send it may do that, and it is
 * replaced. Ceph does not let a device list the parts of what is gone, and tells the owner that there is no such key.
 *
 * @throws {Error} `NoSuchUpload`
 */
async function demandUpload(
  { sdk, client, object }: MultipartRoute, { id: UploadId, etags }: Upload, abortSignal: AbortSignal,
): Promise<void> {
  try {
    await client.send(new sdk.ListPartsCommand({ ...object, UploadId, MaxParts: 1 }), { abortSignal });
  } catch (error) {
    if (!NOT_LISTED.has(nameOf(error))) throw error;
    const nextPart = { ...object, UploadId, PartNumber: etags.length + 1, ContentLength: 0, Body: '' };
    await client.send(new sdk.UploadPartCommand(nextPart), { abortSignal }).catch((refused: unknown) => {
      if (nameOf(refused) === 'NoSuchUpload') throw refused; // any other refusal is of the empty part
    });
  }
}

const NOT_LISTED = new Set(['AccessDenied', 'NoSuchKey']);

async function begin({ sdk, client, object, facts }: MultipartRoute, partBytes: number, save: (
  state: Upload,
) => void, abortSignal: AbortSignal): Promise<Upload> {
  const { UploadId: id } = await client.send(
    new sdk.CreateMultipartUploadCommand({ ...object, ...facts }), { abortSignal },
  );
  if (id === undefined) throw notUnderstood('an upload without an id');
  const state: Upload = { id, partBytes, etags: [] };
  save(state);
  return state;
}

interface Work {
  readonly delivery: Delivery;
  /** SHA-256 of each part. */
  readonly digests: readonly Buffer[];
  readonly save: (state: Upload) => void;
  readonly options: PutOptions;
}

async function finish(route: MultipartRoute, from: Upload, work: Work, signal: AbortSignal): Promise<void> {
  const { sdk, client, object } = route;
  const { delivery, save, options: { onBytes } } = work;
  let state = from;
  const parts = partsOf(delivery.bytes, state.partBytes);
  const done = parts[state.etags.length - 1]?.end ?? 0;
  if (done > 0) onBytes?.(done);
  for (const part of parts.slice(state.etags.length)) {
    state = { ...state, etags: [...state.etags, await sendPart(route, { id: state.id, part }, work, signal)] };
    save(state);
  }
  const MultipartUpload = { Parts: state.etags.map((ETag, index) => ({ ETag, PartNumber: index + 1 })) };
  const whole = await client.send(new sdk.CompleteMultipartUploadCommand({
    ...object, UploadId: state.id, MultipartUpload,
  }), { abortSignal: signal });
  if (whole.ETag === undefined) throw notUnderstood('an upload that is whole, without an ETag');
}

async function sendPart(
  { sdk, client, object }: MultipartRoute,
  { id, part }: { readonly id: string; readonly part: Part }, { delivery, digests, options }: Work, signal: AbortSignal,
): Promise<string> {
  const chunks = paced(rangeChunks(delivery, part, signal), options, part.start);
  const { ETag } = await sendBody(chunks, signal, (Body, abortSignal) => client.send(signed(new sdk.UploadPartCommand({
    ...object, UploadId: id, PartNumber: part.index + 1, ContentLength: part.end - part.start, Body,
  }), digests[part.index]?.toString('hex') ?? ''), { abortSignal }));
  if (ETag === undefined) throw notUnderstood('a part without an ETag');
  return ETag;
}

/**
 * Whether an upload that the server no longer knows was made whole, and only its answer was lost. The ETag of an object
 * of parts is made of theirs, on every server that was looked at; where it is not, the object is sent again.
 */
async function isWhole(
  { sdk, client, object: { Bucket, Key } }: MultipartRoute, { etags, partBytes }: Upload, { bytes }: Delivery,
  abortSignal: AbortSignal,
): Promise<boolean> {
  if (etags.length < partsOf(bytes, partBytes).length) return false;
  const digests = etags.map((etag) => Buffer.from(etag.replaceAll('"', ''), 'hex'));
  const expected = `"${createHash('md5').update(Buffer.concat(digests)).digest('hex')}-${etags.length}"`;
  const { Contents: found = [] } = await client.send(new sdk.ListObjectsV2Command({
    Bucket, Prefix: Key, MaxKeys: 1,
  }), { abortSignal });
  return found[0]?.Key === Key && found[0].ETag === expected;
}

/**
 * Parts of which nothing will be made cost room until they are given up. What fails here,
 * the bucket's lifecycle rule does.
 */
async function giveUp({ sdk, client, object }: MultipartRoute, UploadId: string): Promise<void> {
  const abortSignal = AbortSignal.timeout(GIVE_UP_AFTER_MS);
  await client.send(new sdk.AbortMultipartUploadCommand({ ...object, UploadId }), { abortSignal }).catch(() => {});
}

const notUnderstood = (what: string): RemoteError =>
  new RemoteError('s3.not-s3', `the server answers, but not as an S3 server does: ${what}`);
