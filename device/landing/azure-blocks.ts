/**
 * A large file as staged blocks, which appear under their key only when they are made a blob together. The names of
 * the blocks say what they are of: what another content staged is never taken in. The server forgets blocks of
 * which nothing was made after a week.
 */
import type * as Sdk from '@azure/storage-blob';
import { z } from 'zod';
import { azureAnswer } from './azure-errors.ts';
import type { IdleLimit } from './idle-limit.ts';
import { digestParts, partBytesFor, partsOf } from './parts.ts';
import type { Checkpoint, Delivery, PutOptions } from './port.ts';
import { sendBody } from './send-body.ts';
import { paced, rangeChunks } from './source.ts';
import { readToken, writeToken } from './token.ts';

export const AZURE_BLOCKS = { bytes: 8 * 1024 * 1024, most: 50_000 } as const;

const staged = z.strictObject({ partBytes: z.number().int().positive(), blocks: z.number().int().nonnegative() });
type Staged = Readonly<z.infer<typeof staged>>;

/** The server no longer has a block that it was given. */
const FORGOTTEN = new Set(['InvalidBlockList', 'InvalidBlobOrBlock']);

export interface BlockRoute {
  readonly blob: Sdk.BlockBlobClient;
  readonly idle: IdleLimit;
  /** Server and key, for the token. */
  readonly place: string;
  readonly facts: {
    readonly blobHTTPHeaders: { readonly blobContentType: string };
    readonly metadata: { readonly sha256: string };
  };
}

/** @throws {unknown} What the library throws, to be translated by the caller, and the errors of `verifiedChunks`. */
export async function putInBlocks(
  route: BlockRoute, delivery: Delivery, signal: AbortSignal, options: PutOptions & { readonly checkpoint: Checkpoint },
): Promise<void> {
  const { checkpoint } = options;
  const found = readToken(checkpoint, { place: route.place, delivery }, staged);
  const kept = found?.isSameContent === true ? found.state : undefined;
  const fresh: Staged = { partBytes: partBytesFor(delivery.bytes, AZURE_BLOCKS), blocks: 0 };
  const { partBytes } = kept ?? fresh;
  const digests = await digestParts(delivery, { partBytes, algorithm: 'md5' }, signal);
  route.idle.touch();
  try {
    await finish(route, kept ?? fresh, { delivery, digests, options }, signal);
  } catch (error) {
    if (!FORGOTTEN.has(azureAnswer(error)?.code ?? '')) throw error;
    checkpoint.save(undefined);
    if (kept === undefined) throw error;
    await finish(route, { partBytes, blocks: 0 }, { delivery, digests, options }, signal);
  }
  checkpoint.save(undefined);
}

interface Work {
  readonly delivery: Delivery;
  /** MD5 of each block: the server refuses one that did not arrive so. */
  readonly digests: readonly Buffer[];
  readonly options: PutOptions & { readonly checkpoint: Checkpoint };
}

async function finish(
  { blob, idle, place, facts }: BlockRoute, { partBytes, blocks }: Staged, { delivery, digests, options }: Work,
  signal: AbortSignal,
): Promise<void> {
  const parts = partsOf(delivery.bytes, partBytes);
  const done = parts[blocks - 1]?.end ?? 0;
  if (done > 0) options.onBytes?.(done);
  for (const part of parts.slice(blocks)) {
    const chunks = idle.watch(paced(rangeChunks(delivery, part, signal), options, part.start));
    const md5 = digests[part.index];
    await sendBody(chunks, signal, (body, abortSignal) =>
      blob.stageBlock(nameOf(delivery, part.index), () => body, part.end - part.start, {
        ...(md5 === undefined ? {} : { transactionalContentMD5: md5 }), abortSignal,
      }));
    writeToken(options.checkpoint, { place, delivery }, { partBytes, blocks: part.index + 1 } satisfies Staged);
  }
  await blob.commitBlockList(parts.map(({ index }) => nameOf(delivery, index)), { ...facts, abortSignal: signal });
}

/** All of one length, as the server wants them. */
const nameOf = ({ sha256 }: Delivery, index: number): string =>
  Buffer.from(`${sha256.slice(0, 24)}-${String(index).padStart(6, '0')}`).toString('base64');
