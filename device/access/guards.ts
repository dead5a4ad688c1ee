/** Koa's doorkeepers. */
import type { Context, Middleware } from 'koa';
import type { IncomingMessage } from 'node:http';
import type { Access } from './access.ts';
import { SESSION_LASTS } from './access.ts';
import { HttpError } from '../http/http-error.ts';
import { isForeign } from './origin.ts';
import type { Session } from './session-token.ts';
import { viewTokensOf } from './view-token.ts';

/** Lets only the owner pass, and keeps a session in use alive. */
export function requireOwner(access: Access): Middleware {
  return async (ctx, next) => {
    const session = sessionOf(access, ctx.req);
    if (session === undefined) throw new HttpError(401, 'access.sign-in', 'sign in first');
    access.welcome(ctx.ip);
    const renewed = access.renew(session);
    if (renewed !== undefined) giveCookie(ctx, access, renewed);
    await next();
  };
}

/** Many programs show a user and a password only once they are asked (RFC 7617). */
const CHALLENGE = 'Basic realm="tyto", charset="UTF-8"';

/**
 * Lets the owner pass, and who shows a key to look. With a key in the address, pages of
 * other sites may show what is seen.
 */
export function requireViewer(access: Access): Middleware {
  const owner = requireOwner(access);
  return async (ctx, next) => {
    if (!showsViewToken(access, viewTokensOf(ctx.req))) {
      if (sessionOf(access, ctx.req) === undefined && !isBrowser(access, ctx.req))
        ctx.set('WWW-Authenticate', CHALLENGE);
      return owner(ctx, next);
    }
    ctx.set('Cross-Origin-Resource-Policy', 'cross-origin');
    await next();
  };
}

/** Whether a request that passed `requireViewer` would still pass: for what goes on for long. */
export function mayStillView(access: Access, request: IncomingMessage): () => boolean {
  const tokens = viewTokensOf(request);
  const session = sessionOf(access, request);
  return () => showsViewToken(access, tokens) || (session !== undefined && access.holds(session));
}

/**
 * Browsers are not asked for a user: they would put up a dialog over the page, or over that of whoever shows our
 * address as a picture, and then send what was typed there with every request. On http:// their `User-Agent` alone
 * tells them; whatever pretends to be one must show its key unasked.
 */
const isBrowser = (access: Access, request: IncomingMessage): boolean =>
  /^Mozilla\//i.test(request.headers['user-agent'] ?? '')
  || 'sec-fetch-site' in request.headers || 'sec-fetch-mode' in request.headers
  || tokenOf(access, request) !== undefined;

const showsViewToken = (access: Access, shown: readonly string[]): boolean =>
  shown.some((token) => access.isViewToken(token));

/**
 * Refuses what the page of another origin makes a browser send; reading is harmless and its answer stays with the
 * browser.
 */
export function refuseForeign(): Middleware {
  return async (ctx, next) => {
    if (!['GET', 'HEAD', 'OPTIONS'].includes(ctx.method) && isForeignRequest(ctx.req)) {
      throw new HttpError(403, 'access.foreign-origin', 'this request came from the page of another site');
    }
    await next();
  };
}

/** For requests that Koa does not see, such as WebSocket upgrades: the page of which origin sent it? */
export const isForeignRequest = ({ headers }: IncomingMessage): boolean => isForeign({
  host: headers.host, origin: headers.origin, fetchSite: first(headers['sec-fetch-site']),
});

/** The session that a request's cookie stands for, while it holds. */
export const sessionOf = (access: Access, request: IncomingMessage): Session | undefined =>
  access.session(tokenOf(access, request));

/** What a request's cookie holds, whatever it is worth. */
export const tokenOf = (access: Access, { headers }: IncomingMessage): string | undefined =>
  cookieValue(headers.cookie, access.cookieName);

export function giveCookie(ctx: Context, access: Access, token: string): void {
  setCookie(ctx, access.cookieName, token, SESSION_LASTS);
}

export function takeCookie(ctx: Context, access: Access): void {
  setCookie(ctx, access.cookieName, '', 0);
}

function setCookie(ctx: Context, name: string, value: string, maxAge: number): void {
  // Behind a proxy that speaks https the header tells; believing it can only make the cookie stricter.
  const secure = ctx.secure || ctx.get('X-Forwarded-Proto').split(',')[0]?.trim() === 'https';
  ctx.cookies.secure = secure;
  ctx.cookies.set(name, value, {
    httpOnly: true, sameSite: 'strict', secure, maxAge, path: '/', overwrite: true, signed: false,
  });
}

function cookieValue(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

const first = (value: string | readonly string[] | undefined): string | undefined =>
  (typeof value === 'string' ? value : value?.[0]);
