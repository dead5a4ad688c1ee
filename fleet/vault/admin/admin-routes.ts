import type { RouteSpec } from '../../../device/access/route.ts';

/** What the owner of the fleet does with accounts and keys, on the page. */
export const ADMIN_ROUTES = [
  { method: 'GET', path: '/api/accounts', role: 'owner' },
  { method: 'POST', path: '/api/accounts', role: 'owner' },
  { method: 'PUT', path: '/api/accounts/:name', role: 'owner' },
  { method: 'DELETE', path: '/api/accounts/:name', role: 'owner' },
  { method: 'POST', path: '/api/accounts/:name/secret', role: 'owner' },
  { method: 'POST', path: '/api/device-keys', role: 'owner' },
  { method: 'DELETE', path: '/api/device-keys/:id', role: 'owner' },
] as const satisfies readonly RouteSpec[];
