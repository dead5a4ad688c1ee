import type { Context } from 'koa';
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { isEncrypted } from '../contract/encrypted-box.ts';
import { DeviceError, systemCode } from '../core/errors.ts';
import type { BoxPlaces } from '../vault/box-places.ts';
import { beginsEncrypted, decryptWhole, EncryptedFile, readAtOf } from '../vault/encrypted-file.ts';
import type { KeyOpener } from '../vault/wrapped-key.ts';
import { readRange } from './byte-range.ts';
import { HttpError } from './http-error.ts';

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

export interface MediaKeys extends KeyOpener {
  /** Where the boxes of what was opened with them stand. */
  readonly places?: BoxPlaces;
  /** Whether the keys wait for the password. */
  isLocked(): Promise<boolean>;
}

/**
 * Answers with a recorded file, decrypted, or the part of it that was asked for (206, 416). A file that still grows is answered as
 * far as it is written. Browsers keep copies but ask each time whether they may show them.
 *
 * @throws {HttpError} 404 when the file is not there, or nothing is in it yet; 423 `media.locked`, 403 `media.sealed` when its key is
 *   not in hand.
 */
export async function sendMedia(ctx: Context, media: MediaOnDisk): Promise<void> {
  const handle = await openMedia(media.path);
  try {
    const content = await contentOf(handle, media.keys);
    const size = content.bytes;
    if (size === 0) throw new HttpError(404, 'media.empty', 'nothing is recorded in it yet');
    setHeaders(ctx, media);
    if (isFresh(ctx, media)) return await handle.close();
    const range = readRange(mayUseRange(ctx, media) ? ctx.headers.range : undefined, size);
    if (range === 'unsatisfiable') {
      ctx.set('Content-Range', `bytes */${size}`);
      throw new HttpError(416, 'media.range', `the file has ${size} bytes`);
    }
    const { first, last } = range === 'whole' ? { first: 0, last: size - 1 } : range;
    ctx.status = range === 'whole' ? 200 : 206;
    if (range !== 'whole') ctx.set('Content-Range', `bytes ${first}-${last}/${size}`);
    if (ctx.method === 'HEAD') await handle.close();
    else ctx.body = content.stream(first, last);
    ctx.length = last - first + 1;
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

interface Content {
  readonly bytes: number;
  /** From byte `first` to byte `last`, both included. Its end closes the file. */
  stream(first: number, last: number): Readable;
}

async function contentOf(handle: FileHandle, keys: MediaKeys | undefined): Promise<Content> {
  const { size } = await handle.stat();
  const read = readAtOf(handle);
  if (!await beginsEncrypted(read)) return { bytes: size, stream: (start, end) => handle.createReadStream({ start, end }) };
  const file = await refusingLocked(keys, (opener) => EncryptedFile.open(read, size, opener, opener.places));
  return { bytes: file.bytes, stream: (first, last) => file.stream(first, last, () => handle.close()) };
}

const NO_KEYS: MediaKeys = { open: () => undefined, isLocked: async () => false };

/** Opens something encrypted. @throws {HttpError} 423 `media.locked`, 403 `media.sealed`, 500 `media.damaged`; all else as it is. */
export async function refusingLocked<T>(keys: MediaKeys = NO_KEYS, work: (keys: MediaKeys) => Promise<T>): Promise<T> {
  try {
    return await work(keys);
  } catch (cause) {
    if (!(cause instanceof DeviceError)) throw cause;
    if (cause.code === 'vault.damaged') throw new HttpError(500, 'media.damaged', cause.message, { cause });
    if (cause.code !== 'vault.no-key') throw cause;
    if (await keys.isLocked()) {
      throw new HttpError(423, 'media.locked', 'recordings are encrypted, and the password opens them: enter it once more', { cause });
    }
    throw new HttpError(403, 'media.sealed',
      'this recording is encrypted, and no key to it is held here: it was made for the fleet alone, or under a password that is forgotten', { cause });
  }
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
  ctx.set('Accept-Ranges', 'bytes');
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
