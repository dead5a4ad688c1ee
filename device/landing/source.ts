/** Reads what is to be delivered, and lets the end of it go only when all of it was as announced. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { DeviceError, describeError, systemCode, TytoError } from '../core/errors.ts';
import type { Delivery, PutOptions } from './port.ts';

const CHUNK_BYTES = 256 * 1024;
/** As much at once as the slowest allowed line may take without a server thinking that nobody is there. */
const PACED_BYTES = 16 * 1024;

export interface Reading {
  /**
   * `kept`: a chunk belongs to the consumer. `lent`: only until it asks for the next, and memory
   * stays small however large the file.
   */
  readonly chunks: 'kept' | 'lent';
  /** Another name of the delivery's file, to read it by. */
  readonly file?: string;
}

/**
 * The content of `delivery` in chunks. The last chunk is held back until size and SHA-256 are found right, so that a
 * reader who counts bytes never has a whole object of wrong content.
 *
 * @throws {DeviceError} `landing.source-missing` when the file cannot be read,
 * `landing.source-changed` when it differs.
 * @throws {unknown} `signal.reason` when `signal` aborts.
 */
export async function* verifiedChunks(
  delivery: Delivery, signal: AbortSignal, reading: Reading,
): AsyncGenerator<Uint8Array, void> {
  const hash = createHash('sha256');
  let bytes = 0;
  let held: Uint8Array | undefined;
  for await (const chunk of chunksOf(delivery, reading)) {
    signal.throwIfAborted();
    hash.update(chunk);
    bytes += chunk.byteLength;
    if (bytes > delivery.bytes)
      throw changed(delivery, `it has more than the ${delivery.bytes} bytes it was recorded with`);
    if (held !== undefined) yield held;
    held = chunk;
  }
  signal.throwIfAborted();
  if (bytes !== delivery.bytes)
    throw changed(delivery, `it has ${bytes} bytes instead of the ${delivery.bytes} it was recorded with`);
  if (hash.digest('hex') !== delivery.sha256)
    throw changed(delivery, 'its SHA-256 is not the one it was recorded with');
  if (held !== undefined) yield held;
}

/**
 * The bytes from `start` up to `end` in chunks that belong to the consumer, unchecked: of content that was found right
 * before, and is held to a digest of the part where it arrives.
 * @throws {DeviceError} `landing.source-missing`, `landing.source-changed` when there are fewer.
 */
export async function* rangeChunks(
  delivery: Delivery, { start, end }: { readonly start: number; readonly end: number }, signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const { content } = delivery;
  if ('data' in content) return void (yield content.data.subarray(start, end));
  try {
    await using file = await open(content.file, 'r');
    for (let at = start; at < end;) {
      signal.throwIfAborted();
      const { bytesRead, buffer } = await file.read(
        Buffer.allocUnsafe(Math.min(CHUNK_BYTES, end - at)), { position: at },
      );
      if (bytesRead === 0)
        throw changed(delivery, `it has ${at} bytes instead of the ${delivery.bytes} it was recorded with`);
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  } catch (cause) {
    throw unreadable(content.file, cause);
  }
}

async function* chunksOf(
  { content, bytes }: Delivery, { chunks, file: name }: Reading,
): AsyncGenerator<Uint8Array, void> {
  if ('data' in content) {
    if (content.data.byteLength > 0) yield content.data;
    return;
  }
  const chunkBytes = Math.min(CHUNK_BYTES, bytes + 1); // one more shows that a file has grown
  try {
    await using file = await open(name ?? content.file, 'r');
    const fresh = (): Buffer => Buffer.allocUnsafe(chunkBytes);
    // Two that take turns: while one is read into, the other is held back or with the consumer.
    const turns = chunks === 'lent' ? [fresh(), fresh()] : [];
    for (let turn = 0; ; turn++) {
      const { bytesRead, buffer } = await file.read(turns[turn % 2] ?? fresh());
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } catch (cause) {
    throw unreadable(content.file, cause);
  }
}

/** What the system says of the file, in our terms; everything else as it is. */
const unreadable = (file: string, cause: unknown): unknown =>
  (cause instanceof TytoError || systemCode(cause) === undefined ? cause
    : new DeviceError('landing.source-missing', `${file} cannot be read: ${describeError(cause)}`, { cause }));

/**
 * The same chunks, each let go when `pace` allows it; `onBytes` is told once a chunk was taken.
 * @param from - Bytes of the object that went before.
 */
export async function* paced(
  chunks: AsyncIterable<Uint8Array>, { pace, onBytes }: PutOptions, from = 0,
): AsyncGenerator<Uint8Array, void> {
  let sent = from;
  for await (const chunk of chunks) {
    const step = pace === undefined ? chunk.byteLength : PACED_BYTES;
    for (let start = 0; start < chunk.byteLength; start += step) {
      const piece = chunk.subarray(start, start + step);
      await pace?.(piece.byteLength);
      yield piece;
      sent += piece.byteLength;
      onBytes?.(sent);
    }
  }
}

function changed({ content }: Delivery, how: string): DeviceError {
  const what = 'file' in content ? content.file : 'the content';
  return new DeviceError('landing.source-changed', `${what} is not what was recorded: ${how}`);
}
