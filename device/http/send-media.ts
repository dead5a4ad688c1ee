import type { Context } from 'koa';
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { isEncrypted } from '../contract/encrypted-box.ts';
import { systemCode } from '../core/errors.ts';
import { decryptWhole, readAtOf } from '../vault/encrypted-file.ts';
import { HttpError } from './http-error.ts';
import { refusingLocked, type MediaKeys } from './media-keys.ts';
import { contentOf, sendContent, type Stored } from './send-content.ts';

export interface MediaOnDisk {
  /** Absolute; from a catalogue, never from a request. */
  readonly path: string;
  /** What it is called for whoever gets it; as on the disk where nothing is said. */
  readonly name?: string | undefined;
  readonly type: 'video/mp4' | 'image/jpeg';
  /** Lower-case hexadecimal; undefined while the file still grows. */
  readonly sha256: string | undefined;
  /** What opens it, should it be encrypted. */
  readonly keys?: MediaKeys;
}

/**
 * Answers with a recorded file, decrypted, or the part of it that was asked for (206, 416). A file that still grows is
 * answered as far as it is written. Browsers keep copies but ask each time whether they may show them.
 *
 * @throws {HttpError} 404 when the file is not there, or nothing is in it yet; 423 `media.locked`,
 * 403 `media.sealed` when its key is
 *   not in hand.
 */
export async function sendMedia(ctx: Context, media: MediaOnDisk): Promise<void> {
  const handle = await openMedia(media.path);
  try {
    const content = await contentOf(await stored(handle), media.keys);
    if (content.bytes === 0) throw new HttpError(404, 'media.empty', 'nothing is recorded in it yet');
    setHeaders(ctx, media);
    if (isFresh(ctx, media)) return await handle.close();
    await sendContent(ctx, content, mayUseRange(ctx, media) ? ctx.headers.range : undefined);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** All of a small file, such as a picture, decrypted. @throws {HttpError} As `sendMedia`. */
export async function readMedia({ path: file, keys }: Pick<MediaOnDisk, 'path' | 'keys'>): Promise<Uint8Array> {
  await using handle = await openMedia(file);
  const data = await handle.readFile();
  return isEncrypted(data) ? await refusingLocked(keys, (opener) => decryptWhole(data, opener)) : data;
}

async function stored(handle: FileHandle): Promise<Stored> {
  const { size } = await handle.stat();
  return { bytes: size, read: readAtOf(handle), stream: (range) =>
    handle.createReadStream(range), [Symbol.asyncDispose]: () => handle.close() };
}

async function openMedia(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'r');
  } catch (cause) {
    if (systemCode(cause) !== 'ENOENT') throw cause;
    throw new HttpError(404, 'media.gone', 'it is no longer kept on the device', { cause });
  }
}

function setHeaders(ctx: Context, { path: file, name = path.basename(file), type, sha256 }: MediaOnDisk): void {
  ctx.attachment(name, { type: 'inline' });
  ctx.type = type; // `attachment` guesses one from the name
  ctx.set('Cache-Control', sha256 === undefined ? 'no-store' : 'private, no-cache');
  if (sha256 !== undefined) ctx.etag = sha256;
}

function isFresh(ctx: Context, { sha256 }: MediaOnDisk): boolean {
  ctx.status = 200;
  if (sha256 === undefined || !ctx.fresh) return false;
  ctx.status = 304;
  return true;
}

/** `If-Range`: a part of another version is worth nothing. */
function mayUseRange(ctx: Context, { sha256 }: MediaOnDisk): boolean {
  const wanted = ctx.get('If-Range');
  return wanted === '' || (sha256 !== undefined && wanted === `"${sha256}"`);
}
