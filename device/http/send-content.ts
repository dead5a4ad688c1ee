/**
 * Sends what is stored, decrypted on the way, whole or the part that was asked for: a device's
 * recordings as the library of a fleet.
 */
import type { Context } from 'koa';
import type { Readable } from 'node:stream';
import { beginsEncrypted, EncryptedFile } from '../vault/encrypted-file.ts';
import { readRange } from './byte-range.ts';
import { HttpError } from './http-error.ts';
import { refusingLocked, type MediaKeys } from './media-keys.ts';

/** A file or an object that is open. */
export interface Stored extends AsyncDisposable {
  readonly bytes: number;
  /** Fewer bytes than asked for at its end. */
  read(offset: number, count: number): Promise<Uint8Array>;
  /** From byte `start` to byte `end`, both included. Its end lets go of what is open. */
  stream(range: { readonly start: number; readonly end: number }): Readable;
}

/** As it is given out. */
export interface Content extends AsyncDisposable {
  readonly bytes: number;
  /** From byte `first` to byte `last`, both included. Its end lets go of what is open. */
  stream(first: number, last: number): Readable;
}

/** @throws {HttpError} As `refusingLocked`; `stored` is then still open. */
export async function contentOf(stored: Stored, keys: MediaKeys | undefined): Promise<Content> {
  const close = async (): Promise<void> => { await stored[Symbol.asyncDispose](); };
  const read = (offset: number, count: number): Promise<Uint8Array> => stored.read(offset, count);
  if (!await beginsEncrypted(read))
    return { bytes: stored.bytes, stream: (start, end) => stored.stream({ start, end }), [Symbol.asyncDispose]: close };
  const file = await refusingLocked(keys, (opener) => EncryptedFile.open(read, stored.bytes, opener, opener.places));
  return { bytes: file.bytes, stream: (first, last) => file.stream(first, last, close), [Symbol.asyncDispose]: close };
}

/**
 * Answers with `content`, or the part of it that `range` names (206), and lets go of it. Headers
 * that say what it is are set before.
 *
 * @param range - The header of the request, where a part may be sent.
 * @throws {HttpError} 416 `media.range`; `content` is then still open.
 */
export async function sendContent(ctx: Context, content: Content, range: string | undefined): Promise<void> {
  const { bytes } = content;
  const wanted = readRange(range, bytes);
  ctx.set('Accept-Ranges', 'bytes');
  if (wanted === 'unsatisfiable') {
    ctx.set('Content-Range', `bytes */${bytes}`);
    throw new HttpError(416, 'media.range', `it has ${bytes} bytes`);
  }
  const { first, last } = wanted === 'whole' ? { first: 0, last: bytes - 1 } : wanted;
  ctx.status = wanted === 'whole' ? 200 : 206;
  if (wanted !== 'whole') ctx.set('Content-Range', `bytes ${first}-${last}/${bytes}`);
  if (ctx.method === 'HEAD' || bytes === 0) {
    await content[Symbol.asyncDispose]();
    ctx.body = ''; // and not the name of the status
  } else {
    ctx.body = content.stream(first, last);
  }
  ctx.length = last - first + 1;
}
