/** A built page, held in memory: what is not in its folder at the start cannot be asked for. */
import type { Middleware } from 'koa';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { systemCode } from '../core/errors.ts';

export interface PageFile { readonly body: Buffer; readonly type: string; readonly etag: string }
/** By path as a browser asks for it: `/index.html`, `/assets/page-1a2b3c.js`. */
export type Page = ReadonlyMap<string, PageFile>;

/** All files below `folder`; none when it is not there. */
export async function loadPage(folder: string): Promise<Page> {
  const page = new Map<string, PageFile>();
  for (const file of await filesBelow(folder)) {
    const body = await readFile(path.join(folder, file));
    const etag = createHash('sha256').update(body).digest('base64url');
    page.set(`/${file.split(path.sep).join('/')}`, { body, type: path.extname(file) || '.bin', etag });
  }
  return page;
}

/**
 * Serves `page`. Other paths that name no file are screens of the page, so they get its `index.html`; what lies under
 * `/assets` carries a hash in its name and is kept for ever.
 */
export function servePage(page: Page): Middleware {
  return async (ctx, next) => {
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return next();
    const file = page.get(ctx.path) ?? (namesFile(ctx.path) ? undefined : page.get('/index.html'));
    if (file === undefined) return answerMissing(ctx, page);
    ctx.status = 200;
    ctx.type = file.type;
    ctx.etag = file.etag;
    ctx.set('Cache-Control', page.has(ctx.path) && ctx.path.startsWith('/assets/')
      ? 'public, max-age=31536000, immutable'
      : 'no-cache');
    if (ctx.fresh) ctx.status = 304;
    else ctx.body = file.body;
  };
}

/** `/assets/…`, `/robots.txt`, `/.env`; but not `/events/1795252530.123456-k3x9ab`. */
const namesFile = (asked: string): boolean => /^\/assets\/|\/\.|\.[a-z][a-z0-9]{1,4}$/i.test(asked);

function answerMissing(ctx: Parameters<Middleware>[0], page: Page): void {
  ctx.type = 'text/plain';
  ctx.status = page.size === 0 ? 503 : 404;
  ctx.body = page.size === 0
    ? 'The page is not built; on the device, type: npm run build\n'
    : 'There is nothing here.\n';
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile())
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}
