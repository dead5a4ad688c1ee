/** Copies an object of the landing to a folder of ours: what is judged must not change while it is looked at. */
import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';
import { DeviceError } from '../../device/core/errors.ts';

export type Copy =
  | { readonly state: 'missing' }
  | { readonly state: 'other-size'; readonly bytes: number }
  | { readonly state: 'copied'; readonly bytes: number; readonly sha256: string };

export interface OpenedObject { readonly bytes: number; readonly body: Readable }

/** An object that comes more slowly is tried again later: others wait for its place. */
const SLOWEST_BYTES_PER_MS = 500;
const PATIENCE_MS = 60_000;

/** Aborts when `bytes` should have come long ago. */
export const patienceFor = (bytes: number): AbortSignal =>
  AbortSignal.timeout(PATIENCE_MS + Math.ceil(bytes / SLOWEST_BYTES_PER_MS));

/**
 * Copies `object` to `file`, durable when it resolves; counted and hashed on the way. Its body is used up or destroyed.
 *
 * @param fits - Of which sizes the object is wanted; of another size it is not copied.
 * @throws {DeviceError} `ingest.slow-object` when it does not come in time; nothing is left in `file`.
 */
export async function copyObject(
  object: OpenedObject | undefined,
  file: string,
  fits: (bytes: number) => boolean,
  signal: AbortSignal,
): Promise<Copy> {
  if (object === undefined) return { state: 'missing' };
  if (!fits(object.bytes)) {
    object.body.destroy();
    return { state: 'other-size', bytes: object.bytes };
  }
  const patience = patienceFor(object.bytes);
  object.body.on('error', () => {}); // it may break before it is read; whoever reads it is told then
  try {
    const measured = await write(object.body, file, object.bytes, AbortSignal.any([signal, patience]));
    if (measured.bytes === object.bytes) return { state: 'copied', ...measured };
    await rm(file, { force: true });
    return { state: 'other-size', bytes: measured.bytes };
  } catch (cause) {
    object.body.destroy();
    await rm(file, { force: true });
    signal.throwIfAborted();
    throw patience.aborted
      ? new DeviceError('ingest.slow-object', `an object of ${object.bytes} bytes did not come in time`, { cause })
      : cause;
  }
}

async function write(
  body: Readable,
  file: string,
  most: number,
  signal: AbortSignal,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  await using handle = await open(file, 'wx', 0o600);
  for await (const chunk of addAbortSignal(signal, body) as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > most) break; // it grows while we read it
    hash.update(chunk);
    await handle.writeFile(chunk); // appends: writeFile on a handle goes on from its position
  }
  await handle.sync();
  return { bytes, sha256: hash.digest('hex') };
}
