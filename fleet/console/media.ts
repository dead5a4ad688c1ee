/** Objects of the library, for whoever has a link to them that still holds. */
import type { Context } from 'koa';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { DeviceError } from '../../device/core/errors.ts';
import { readRange } from '../../device/http/byte-range.ts';
import { HttpError } from '../../device/http/http-error.ts';
import { beginsEncrypted, EncryptedFile, type ReadAt } from '../../device/vault/encrypted-file.ts';
import type { KeyOpener } from '../../device/vault/wrapped-key.ts';
import { deadLinkPage } from './dead-link-page.ts';
import type { ConsoleLibrary, LinkChecker } from './ports.ts';
import { MEDIA } from './routes.ts';

const TYPES: Readonly<Record<string, string>> = { '.mp4': 'video/mp4', '.jpg': 'image/jpeg' };

const REFUSALS = {
  expired: ['link.expired', 'this link has expired: links work for 100 seconds; open the event on the page again'],
  forged: [
    'link.invalid',
    'this link is not one that the page has given out, or it was shortened on the way; open the event on the page',
  ],
} as const;

/**
 * `GET /media/<key>?expires&signature`, whole or in part. Nothing is told of an object to who has no link that holds,
 * not even whether it is there. What is encrypted is decrypted on the way: a link to the object itself would show nothing.
 *
 * @throws {HttpError} 403, 404, 416, 500. People who follow a dead link get a page that says so.
 */
export async function sendLinked(
  ctx: Context, { library, keys }: { readonly library: ConsoleLibrary; readonly keys: KeyOpener }, links: LinkChecker,
): Promise<void> {
  const key = ctx.path.slice(MEDIA.length); // as it was signed: a key needs no escaping
  const { expires, signature } = ctx.query;
  const verdict =
    typeof expires === 'string' && typeof signature === 'string' ? links.check(key, { expires, signature }) : 'forged';
  if (verdict !== 'good') return refuse(ctx, verdict);
  const object = await library.open(key);
  if (object === undefined) throw new HttpError(404, 'media.gone', 'it is no longer in the library');
  try {
    const content = await contentOf(object, keys);
    const range = readRange(ctx.headers.range, content.bytes);
    ctx.set('Accept-Ranges', 'bytes');
    if (range === 'unsatisfiable') {
      ctx.set('Content-Range', `bytes */${content.bytes}`);
      throw new HttpError(416, 'media.range', `it has ${content.bytes} bytes`);
    }
    const { first, last } = range === 'whole' ? { first: 0, last: content.bytes - 1 } : range;
    ctx.status = range === 'whole' ? 200 : 206;
    if (range !== 'whole') ctx.set('Content-Range', `bytes ${first}-${last}/${content.bytes}`);
    ctx.attachment(path.basename(key), { type: 'inline' });
    ctx.type = TYPES[path.extname(key)] ?? 'application/octet-stream';
    if (ctx.method === 'HEAD' || content.bytes === 0) {
      await object[Symbol.asyncDispose]();
      ctx.body = ''; // and not the name of the status
    } else {
      ctx.body = content.stream(first, last);
    }
    ctx.length = last - first + 1;
  } catch (error) {
    await object[Symbol.asyncDispose]();
    throw error;
  }
}

interface Content { readonly bytes: number; stream(first: number, last: number): Readable }
type Stored = NonNullable<Awaited<ReturnType<ConsoleLibrary['open']>>>;

async function contentOf(object: Stored, keys: KeyOpener): Promise<Content> {
  const read: ReadAt = (offset, count) => object.read(offset, count);
  if (!await beginsEncrypted(read)) return { bytes: object.bytes, stream: (start, end) => object.stream({ start, end }) };
  try {
    const file = await EncryptedFile.open(read, object.bytes, keys);
    return { bytes: file.bytes, stream: (first, last) => file.stream(first, last, async () => await object[Symbol.asyncDispose]()) };
  } catch (cause) {
    if (!(cause instanceof DeviceError)) throw cause;
    if (cause.code === 'vault.damaged') throw new HttpError(500, 'media.damaged', cause.message, { cause });
    throw new HttpError(403, 'media.sealed', 'it is encrypted, and this console has no key that opens it; TYTO_FLEET_KEY_FILE names the file with the keys', { cause });
  }
}

function refuse(ctx: Context, verdict: keyof typeof REFUSALS): void {
  const [code, message] = REFUSALS[verdict];
  if (ctx.accepts('json', 'html') !== 'html') throw new HttpError(403, code, message);
  ctx.status = 403;
  deadLinkPage(ctx, message);
}
