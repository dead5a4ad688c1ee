/** A manifest or report as it lies in the landing, where its device may put another one in its place at any moment. */
import { createHash } from 'node:crypto';
import { addAbortSignal } from 'node:stream';
import { MAX_MANIFEST_BYTES } from '../../device/contract/manifest.ts';
import type { LandingReader } from '../../device/landing/port.ts';
import { patienceFor } from './copy-object.ts';

export interface ReadManifest {
  /** Undefined when it is too large to be looked at. */
  readonly data: Uint8Array | undefined;
  readonly bytes: number;
  /** Tells this content from any other. */
  readonly fingerprint: string;
}

/** @param most - Bytes; a larger one is not read. @returns Undefined when there is none (any more). */
export async function readManifest(
  key: string,
  landing: LandingReader,
  signal: AbortSignal,
  most: number = MAX_MANIFEST_BYTES,
): Promise<ReadManifest | undefined> {
  const object = await landing.open(key, signal);
  if (object === undefined) return undefined;
  const hash = createHash('sha256');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of addAbortSignal(
    AbortSignal.any([signal, patienceFor(most)]),
    object.body,
  ) as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > most)
      return { data: undefined, bytes: object.bytes, fingerprint: `${object.bytes} bytes` };
    hash.update(chunk);
    chunks.push(chunk);
  }
  return { data: Buffer.concat(chunks), bytes, fingerprint: hash.digest('hex') };
}

/** Removes the manifest, unless another one lies there by now: that one is still to be dealt with. */
export async function removeManifest(
  key: string,
  fingerprint: string,
  landing: LandingReader,
  signal: AbortSignal,
): Promise<void> {
  const present = await readManifest(key, landing, signal);
  if (present?.fingerprint === fingerprint) await landing.remove(key, signal);
}
