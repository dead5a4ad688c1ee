import type { Context } from 'koa';
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { systemCode } from '../core/errors.ts';
import { readRange } from './byte-range.ts';
import { HttpError } from './http-error.ts';

export interface MediaOnDisk {
  /** Absolute; from a catalogue, never from a request. */
  readonly path: string;
  readonly type: 'video/mp4' | 'image/jpeg';
  /** Lower-case hexadecimal; undefined while the file still grows. */
  readonly sha256: string | undefined;
}

/**
 * Answers with a recorded file, or the part of it that was asked for (206, 416). A file that still grows is answered as
 * far as it is written. Browsers keep copies but ask each time whether they may show them.
 *
 * @throws {HttpError} 404 when the file is not there, or nothing is in it yet.
 */
export async function sendMedia(ctx: Context, media: MediaOnDisk): Promise<void> {
  const handle = await openMedia(media.path);
  try {
    const { size } = await handle.stat();
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
    await sendPart(ctx, handle, first, last);
  } catch (error) {
    await handle.close();
    throw error;
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

function setHeaders(ctx: Context, { path: file, type, sha256 }: MediaOnDisk): void {
  ctx.attachment(path.basename(file), { type: 'inline' });
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

async function sendPart(ctx: Context, handle: FileHandle, first: number, last: number): Promise<void> {
  if (ctx.method === 'HEAD') {
    ctx.length = last - first + 1;
    return await handle.close();
  }
  ctx.body = handle.createReadStream({ start: first, end: last });
  ctx.length = last - first + 1;
}
