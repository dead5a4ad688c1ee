import { ACCESS_ROUTES } from '../../device/access/access-routes.ts';
import type { RouteSpec } from '../../device/access/route.ts';

/** Path below which objects of the library are served. */
export const MEDIA = '/media/';

/** Routes of the console, beside those of `ACCESS_ROUTES`. A link to media is its own permission. */
export const CONSOLE_ROUTES = [
  { method: 'GET', path: '/healthz', role: 'anyone' },
  { method: 'GET', path: '/readyz', role: 'anyone' },
  { method: 'GET', path: '/api/status', role: 'owner' },
  { method: 'GET', path: '/api/devices', role: 'owner' },
  { method: 'GET', path: '/api/people', role: 'owner' },
  { method: 'DELETE', path: '/api/people/:name', role: 'owner' },
  { method: 'GET', path: '/api/events', role: 'owner' },
  { method: 'GET', path: '/api/events/:device/:id', role: 'owner' },
  { method: 'GET', path: '/api/rejected', role: 'owner' },
  { method: 'GET', path: '/api/requests', role: 'owner' },
  { method: 'GET', path: '/api/requests/:id', role: 'owner' },
  { method: 'POST', path: '/api/devices/:device/requests', role: 'owner' },
  { method: 'DELETE', path: '/api/requests/:id', role: 'owner' },
  { method: 'GET', path: '/api/subscribers', role: 'owner' },
  { method: 'POST', path: '/api/subscribers/:name/redrive', role: 'owner' },
  { method: 'GET', path: '/api/stores', role: 'owner' },
  { method: 'POST', path: '/api/stores/validate', role: 'owner' },
  { method: 'POST', path: '/api/stores/replicas/:name/hurry', role: 'owner' },
  { method: 'POST', path: '/api/stores/replicas/:name/events/:device/:id', role: 'owner' },
  { method: 'GET', path: '/media/*key', role: 'anyone' },
] as const satisfies readonly RouteSpec[];

/** Every route there is, and who may use it. Whatever else is asked for is the page itself, which holds no secret. */
export const ROUTES: readonly RouteSpec[] = [...ACCESS_ROUTES, ...CONSOLE_ROUTES];
