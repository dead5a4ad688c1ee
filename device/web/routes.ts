import { ACCESS_ROUTES } from '../access/access-routes.ts';
import type { RouteSpec } from '../access/route.ts';

/** Routes of the device, beside those of `ACCESS_ROUTES`. */
export const DEVICE_ROUTES = [
  { method: 'GET', path: '/healthz', role: 'anyone' },
  { method: 'GET', path: '/readyz', role: 'anyone' },
  { method: 'GET', path: '/metrics', role: 'viewer' },
  { method: 'GET', path: '/api/state', role: 'owner' },
  { method: 'PUT', path: '/api/armed', role: 'owner' },
  { method: 'POST', path: '/api/record', role: 'owner' },
  { method: 'DELETE', path: '/api/record', role: 'owner' },
  { method: 'POST', path: '/api/trigger', role: 'owner' },
  { method: 'GET', path: '/api/places', role: 'owner' },
  { method: 'PUT', path: '/api/places', role: 'owner', bodyLimit: '128kb' },
  { method: 'GET', path: '/api/events', role: 'owner' },
  { method: 'GET', path: '/api/events/:id', role: 'owner' },
  { method: 'DELETE', path: '/api/events/:id', role: 'owner' },
  { method: 'PUT', path: '/api/events/:id/star', role: 'owner' },
  { method: 'GET', path: '/api/events/:id/clip.mp4', role: 'owner' },
  { method: 'GET', path: '/api/events/:id/snapshot.jpg', role: 'owner' },
  { method: 'GET', path: '/api/events/:id/thumbnail.jpg', role: 'owner' },
  { method: 'GET', path: '/api/events/:id/preview.mp4', role: 'owner' },
  { method: 'GET', path: '/api/events/:id/faces/:face', role: 'owner' },
  { method: 'GET', path: '/api/recordings', role: 'owner' },
  { method: 'GET', path: '/api/recordings/:name', role: 'owner' },
  { method: 'GET', path: '/api/people', role: 'owner' },
  { method: 'POST', path: '/api/people', role: 'owner' },
  { method: 'PUT', path: '/api/people/:id', role: 'owner' },
  { method: 'DELETE', path: '/api/people/:id', role: 'owner' },
  { method: 'GET', path: '/api/people/:id/samples/:sample', role: 'owner' },
  { method: 'GET', path: '/api/outputs', role: 'owner' },
  { method: 'POST', path: '/api/outputs/:name/test', role: 'owner' },
  { method: 'POST', path: '/api/outputs/:name/redrive', role: 'owner' },
  { method: 'GET', path: '/api/uploads', role: 'owner' },
  { method: 'POST', path: '/api/uploads/redrive', role: 'owner' },
  { method: 'POST', path: '/api/uploads/:event/redrive', role: 'owner' },
  { method: 'GET', path: '/api/ledger', role: 'owner' },
  { method: 'GET', path: '/api/snapshot.jpg', role: 'viewer' },
  { method: 'GET', path: '/api/live.mjpeg', role: 'viewer' },
  { method: 'GET', path: '/api/updates', role: 'owner' },
  { method: 'GET', path: '/api/live', role: 'owner' },
  { method: 'GET', path: '/api/tokens', role: 'owner' },
  { method: 'POST', path: '/api/tokens', role: 'owner' },
  { method: 'DELETE', path: '/api/tokens/:id', role: 'owner' },
] as const satisfies readonly RouteSpec[];

/** Every route there is, and who may use it. Whatever else is asked for is the page itself, which holds no secret. */
export const ROUTES: readonly RouteSpec[] = [...ACCESS_ROUTES, ...DEVICE_ROUTES];
