import type { Router } from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import { describeIssues } from '../contract/event.ts';
import type { SessionView } from '../contract/session.ts';
import type { Access, Caller } from './access.ts';
import { giveCookie, sessionOf, takeCookie, tokenOf } from './guards.ts';
import { HttpError } from '../http/http-error.ts';
import { isHouseHost } from './origin.ts';
import type { RouteSpec } from './route.ts';
import { tableRouter } from './table-router.ts';

export const ACCESS_ROUTES = [
  { method: 'GET', path: '/api/session', role: 'anyone' },
  { method: 'POST', path: '/api/owner', role: 'anyone' },
  { method: 'PUT', path: '/api/owner', role: 'owner' },
  { method: 'POST', path: '/api/session', role: 'anyone' },
  { method: 'DELETE', path: '/api/session', role: 'anyone' },
] as const satisfies readonly RouteSpec[];

const passwordBody = z.strictObject({ password: z.string() });
const changeBody = z.strictObject({ password: z.string(), newPassword: z.string() });

/** Routes of `ACCESS_ROUTES`; `jsonErrors` and `refuseForeign` stand before them. */
export const accessRoutes = (access: Access): Router => tableRouter(ACCESS_ROUTES, access, {
  'GET /api/session': async (ctx) => {
    const session = sessionOf(access, ctx.req);
    const renewed = session === undefined ? undefined : access.renew(session);
    if (renewed !== undefined) giveCookie(ctx, access, renewed);
    ctx.body = {
      owner: access.hasOwner, signedIn: session !== undefined, locked: session !== undefined && await access.isLocked(),
    } satisfies SessionView;
  },
  'POST /api/owner': async (ctx) => {
    if (!isHouseHost(ctx.headers.host)) {
      throw new HttpError(403, 'access.public-name',
        'the first password can only be set from your own network; open the page by its address there, such as 192.168.1.30; from elsewhere, through a tunnel, as localhost');
    }
    giveCookie(ctx, access, await access.createOwner(readBody(ctx, passwordBody).password));
    ctx.status = 201;
    ctx.body = { owner: true, signedIn: true, locked: false } satisfies SessionView;
  },
  'PUT /api/owner': async (ctx) => {
    const { password, newPassword } = readBody(ctx, changeBody);
    giveCookie(ctx, access, await access.changePassword(password, newPassword, callerOf(ctx, access)));
    ctx.status = 204;
  },
  'POST /api/session': async (ctx) => {
    giveCookie(ctx, access, await access.signIn(readBody(ctx, passwordBody).password, callerOf(ctx, access)));
    ctx.status = 204;
  },
  'DELETE /api/session': async (ctx) => {
    const session = sessionOf(access, ctx.req);
    if (session !== undefined) await access.signOut(session);
    takeCookie(ctx, access);
    ctx.status = 204;
  },
});

const callerOf = (ctx: Context, access: Access): Caller => ({ address: ctx.ip, token: tokenOf(access, ctx.req) });

/** What is wrong with a body, in words for people. */
type Describe = (error: z.ZodError, body: unknown) => string;

/**
 * What the parsed JSON body of a request says.
 * @throws {HttpError} 400 that names what was expected.
 */
export function readBody<T>(ctx: Context, schema: z.ZodType<T>, describe: Describe = describeIssues): T {
  const { body } = ctx.request as { body?: unknown };
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new HttpError(400, 'http.bad-request', `the body is not as expected: ${describe(parsed.error, body)}`);
}
