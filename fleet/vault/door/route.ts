/**
 * Routes as data: who may use each, what it takes, and what it answers. The router is made from
 * them, and so is what `/swagger` shows.
 */
import type { Context, Middleware } from 'koa';
import { bodyParser } from '@koa/bodyparser';
import { Router } from '@koa/router';
import type { z } from 'zod';
import { readBody } from '../../../device/access/access-routes.ts';
import { describeIssues } from '../../../device/contract/event.ts';
import { HttpError } from '../../../device/http/http-error.ts';
import type { DeviceCaller } from '../landing/landing-door.ts';
import type { Account } from '../registry/registry.ts';
import type { Doorman } from './doorman.ts';

export type VaultMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';

/**
 * `account`: access key and secret; `device`: a device's key; `anyone`: whoever reaches
 * the port, once there is an account.
 */
export type VaultRole = 'account' | 'device' | 'anyone';

export interface VaultAnswer {
  readonly tells: string;
  readonly schema?: z.ZodType;
  /** Of a body that is no JSON. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface VaultRoute {
  readonly method: VaultMethod;
  /** As the router matches it. */
  readonly path: string;
  readonly role: VaultRole;
  readonly tag: string;
  readonly does: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly json?: z.ZodObject;
  /** Type of a body that is streamed. */
  readonly body?: string;
  /** Told in headers; what the keys are told in is left out. */
  readonly headers?: Readonly<Record<string, { readonly tells: string; readonly optional?: true }>>;
  readonly answers: Readonly<Record<number, VaultAnswer>>;
}

type Told<R, K extends string> = R extends { readonly [key in K]: z.ZodType<infer T> } ? T : undefined;
type CallerOf<Role extends VaultRole> = Role extends 'account'
  ? Account
  : Role extends 'device' ? DeviceCaller : undefined;

/** What a request told, checked. */
export interface Asked<R extends VaultRoute> {
  readonly caller: CallerOf<R['role']>;
  readonly params: Told<R, 'params'>;
  readonly query: Told<R, 'query'>;
  readonly json: Told<R, 'json'>;
}

export type VaultRouteName<R extends VaultRoute> = R extends VaultRoute ? `${R['method']} ${R['path']}` : never;
const nameOfRoute = <R extends VaultRoute>({ method, path }: R): VaultRouteName<R> =>
  `${method} ${path}` as VaultRouteName<R>;

export type VaultHandlers<R extends VaultRoute> = {
  readonly [One in R as VaultRouteName<One>]: (ctx: Context, asked: Asked<One>) => void | Promise<void>;
};

/** The longest JSON body that is read: an agent's heartbeat tells a lot. */
const JSON_LIMIT = '64kb';

/** A router that has exactly the routes of a table, each behind its keys, and handlers that see nothing unchecked. */
export function vaultRouter<const R extends VaultRoute>(
  routes: readonly R[], doorman: Doorman, handlers: VaultHandlers<R>,
): Router {
  const router = new Router();
  const parse = bodyParser({ enableTypes: ['json'], jsonLimit: JSON_LIMIT, parsedMethods: ['POST', 'PUT'] });
  for (const route of routes) {
    const handle = handlers[nameOfRoute(route)] as (ctx: Context, asked: unknown) => void | Promise<void>;
    const answer: Middleware = async (ctx) => {
      ctx.set('Cache-Control', 'no-store');
      const caller = await callerOf(ctx, route.role, doorman);
      if (route.json !== undefined) await parse(ctx, async () => {});
      await handle(ctx, {
        caller,
        params: route.params === undefined ? undefined : told(route.params, ctx['params'], 'the address'),
        query: route.query === undefined ? undefined : told(route.query, { ...ctx.query }, 'the query'),
        json: route.json === undefined ? undefined : readBody(ctx, route.json),
      });
    };
    router.register(route.path, [route.method], [answer]);
  }
  return router;
}

async function callerOf(ctx: Context, role: VaultRole, doorman: Doorman): Promise<Account | DeviceCaller | undefined> {
  switch (role) {
    case 'account': return doorman.account(ctx);
    case 'device': {
      const { account, key } = await doorman.device(ctx);
      return { account, device: key.device };
    }
    case 'anyone': return void doorman.demandOpen();
  }
}

function told(schema: z.ZodType, value: unknown, what: string): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new HttpError(400, 'http.bad-request', `${what} is not as expected: ${describeIssues(parsed.error)}`);
}
