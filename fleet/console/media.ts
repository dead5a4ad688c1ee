/** Objects of the library, for whoever has a link to them that still holds. */
import type { Context } from 'koa';
import path from 'node:path';
import { HttpError } from '../../device/http/http-error.ts';
import type { MediaKeys } from '../../device/http/media-keys.ts';
import { contentOf, sendContent } from '../../device/http/send-content.ts';
import { deadLinkPage } from './dead-link-page.ts';
import type { ConsoleLibrary, LinkChecker } from './ports.ts';
import { MEDIA } from './routes.ts';

const TYPES: Readonly<Record<string, string>> = { '.mp4': 'video/mp4', '.jpg': 'image/jpeg' };

const REFUSALS = {
  gone: [404, 'media.gone', 'what it leads to is not in the library any more'],
  expired: [403, 'link.expired', 'this link has expired: links work for 100 seconds; open the event on the page again'],
  forged: [
    403,
    'link.invalid',
    'this link is not one that the page has given out, or it was shortened on the way; open the event on the page',
  ],
} as const;

/**
 * `GET /media/<key>?expires&signature`, whole or in part. Nothing is told of an object to who has no link that holds,
 * not even whether it is there. What is encrypted is decrypted on the way: a link to the
 * object itself would show nothing.
 *
 * @throws {HttpError} 403, 404, 416, 500. People who follow a dead link get a page that says so.
 */
export async function sendLinked(
  ctx: Context, { library, keys }: { readonly library: ConsoleLibrary; readonly keys: MediaKeys }, links: LinkChecker,
): Promise<void> {
  const key = ctx.path.slice(MEDIA.length); // as it was signed: a key needs no escaping
  const { expires, signature } = ctx.query;
  const verdict =
    typeof expires === 'string' && typeof signature === 'string' ? links.check(key, { expires, signature }) : 'forged';
  if (verdict !== 'good') return refuse(ctx, verdict);
  const object = await library.open(key);
  if (object === undefined) return refuse(ctx, 'gone');
  try {
    const content = await contentOf(object, keys);
    ctx.attachment(path.basename(key), { type: 'inline' });
    ctx.type = TYPES[path.extname(key)] ?? 'application/octet-stream';
    await sendContent(ctx, content, ctx.headers.range);
  } catch (error) {
    await object[Symbol.asyncDispose]();
    throw error;
  }
}

function refuse(ctx: Context, verdict: keyof typeof REFUSALS): void {
  const [status, code, message] = REFUSALS[verdict];
  if (ctx.accepts('json', 'html') !== 'html') throw new HttpError(status, code, message);
  ctx.status = status;
  deadLinkPage(ctx, message);
}
