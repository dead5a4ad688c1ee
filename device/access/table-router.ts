import { bodyParser } from '@koa/bodyparser';
import { Router } from '@koa/router';
import type { Middleware } from 'koa';
import type { Access } from './access.ts';
import { requireOwner, requireViewer } from './guards.ts';
import { routeName, type RouteName, type RouteSpec } from './route.ts';

/**
 * A router that has exactly the routes of a table, each behind what its role asks for: there is no
 * other way to add one. JSON bodies are parsed up to the route's limit; answers are not stored by
 * browsers unless a handler says otherwise.
 */
export function tableRouter<const R extends RouteSpec>(
  routes: readonly R[], access: Access, handlers: Readonly<Record<RouteName<R>, Middleware>>,
): Router {
  const router = new Router();
  const doorkeepers = { anyone: [], viewer: [requireViewer(access)], owner: [requireOwner(access)] } as const;
  for (const route of routes) {
    router.register(route.path, [route.method], [
      neverStored, ...doorkeepers[route.role], jsonBody(route), handlers[routeName(route)],
    ]);
  }
  return router;
}

const jsonBody = ({ bodyLimit = '4kb' }: { readonly bodyLimit?: string }): Middleware =>
  bodyParser({ enableTypes: ['json'], jsonLimit: bodyLimit, parsedMethods: ['POST', 'PUT'] });

const neverStored: Middleware = async (ctx, next) => {
  ctx.set('Cache-Control', 'no-store');
  await next();
};
