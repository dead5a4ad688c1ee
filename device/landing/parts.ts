/** A file as parts of one length, for stores that take it so: each part is read and sent by itself. */
import { createHash, type Hash } from 'node:crypto';
import type { Delivery } from './port.ts';
import { verifiedChunks } from './source.ts';

const MIB = 1024 * 1024;

/** How large the parts of one object are, and how many a store takes at most. */
export interface PartLimits { readonly bytes: number; readonly most: number }

/** `limits.bytes`, or as many whole MiB as keep the parts of `bytes` within `limits.most`. */
export const partBytesFor = (bytes: number, limits: PartLimits): number =>
  Math.max(limits.bytes, Math.ceil(bytes / limits.most / MIB) * MIB);

export interface Part {
  /** From 0. */
  readonly index: number;
  /** First byte, and the one after the last. */
  readonly start: number;
  readonly end: number;
}

export function partsOf(bytes: number, partBytes: number): readonly Part[] {
  return Array.from({ length: Math.ceil(bytes / partBytes) }, (_, index) =>
    ({ index, start: index * partBytes, end: Math.min(bytes, (index + 1) * partBytes) }));
}

/**
 * One digest for each part, while the whole is held to its own SHA-256.
 * @throws {DeviceError} As `verifiedChunks`.
 */
export async function digestParts(
  delivery: Delivery, { partBytes, algorithm }: { readonly partBytes: number; readonly algorithm: 'sha256' | 'md5' },
  signal: AbortSignal,
): Promise<readonly Buffer[]> {
  const digests: Buffer[] = [];
  let hash: Hash = createHash(algorithm);
  let room = partBytes;
  for await (const chunk of verifiedChunks(delivery, signal, { chunks: 'lent' })) {
    for (let at = 0; at < chunk.byteLength;) {
      const piece = chunk.subarray(at, at + room);
      hash.update(piece);
      at += piece.byteLength;
      room -= piece.byteLength;
      if (room > 0) continue;
      digests.push(hash.digest());
      [hash, room] = [createHash(algorithm), partBytes];
    }
  }
  if (room < partBytes) digests.push(hash.digest());
  return digests;
}
