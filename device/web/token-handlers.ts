/** Keys with which other programs look: Home Assistant, a dashboard, Prometheus. */
import type { Middleware } from 'koa';
import { z } from 'zod';
import type { Access } from '../access/access.ts';
import { readBody } from '../access/access-routes.ts';
import type { ViewToken } from '../access/view-token.ts';
import type { NewTokenView, TokensView, TokenView } from '../contract/device-api.ts';
import { HttpError } from '../http/http-error.ts';
import { parameter } from './parameter.ts';

const naming = z.strictObject({ name: z.string().trim().min(1).max(64) });

export const tokenHandlers = (access: Access) => ({
  'GET /api/tokens': (ctx) => { ctx.body = { tokens: access.viewTokens.map(viewOf) } satisfies TokensView; },
  'POST /api/tokens': async (ctx) => {
    const { token, kept } = await access.createViewToken(readBody(ctx, naming).name);
    ctx.status = 201;
    ctx.body = { ...viewOf(kept), token } satisfies NewTokenView;
  },
  'DELETE /api/tokens/:id': async (ctx) => {
    if (!await access.revokeViewToken(parameter(ctx, 'id')))
      throw new HttpError(404, 'access.unknown-token', 'there is no such access key, or it is deleted already');
    ctx.status = 204;
  },
}) satisfies Record<string, Middleware>;

const viewOf = ({ id, name, created }: ViewToken): TokenView => ({ id, name, created: Math.floor(created / 1000) });
