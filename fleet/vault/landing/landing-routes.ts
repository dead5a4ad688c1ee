import { z } from 'zod';
import { BAD, KEYS, missing, NO_ROOM, WRONG_HASH } from '../door/common-answers.ts';
import type { VaultRoute } from '../door/route.ts';
import { tusRoutes } from '../door/tus-routes.ts';
import { grantBody, landingQuery } from './landing-door.ts';

const tag = 'Landing (our own devices)';
const role = 'device';

const list = z.strictObject({
  entries: z.array(z.strictObject({ key: z.string(), bytes: z.number().int(), modified_at: z.number() })),
  next: z.string().nullable(),
});
const grant = z.strictObject({
  method: z.string(), url: z.string(), headers: z.record(z.string(), z.string()), expires_at: z.number(),
});

export const LANDING_TUS = '/landing/tus';

/** A device puts and lists below its own name. It reads nothing and deletes nothing. */
export const LANDING_ROUTES = [
  {
    method: 'GET', path: '/landing', role, tag,
    does: 'What lies below a prefix of the device, at most 1,000 by key', query: landingQuery,
    answers: {
      200: { tells: 'By key; ask again with `cursor` while `next` is not null', schema: list }, ...BAD, ...KEYS,
    },
  },
  {
    method: 'POST', path: '/landing/grants', role, tag,
    does: 'Ask for leave to put one object directly into the store of the landing', json: grantBody,
    answers: {
      201: { tells: 'One request that may be made until it expires', schema: grant }, ...BAD, ...KEYS,
      ...missing('`grants.none`: the landing is no store that can give leave'), ...NO_ROOM,
    },
  },
  {
    method: 'PUT', path: '/landing/objects/*key', role, tag,
    does: 'Put an object of up to 8 MiB', body: 'application/octet-stream',
    headers: { 'x-tyto-sha256': { tells: 'SHA-256 of the object, 64 lower-case hexadecimal digits' } },
    params: z.object({ key: z.unknown().meta({ description: 'Its key, which begins with the name of the device' }) }),
    answers: { 204: { tells: 'It is durable in the landing' }, ...BAD, ...KEYS, ...WRONG_HASH, ...NO_ROOM },
  },
  ...tusRoutes(
    LANDING_TUS, role, tag, '`key`, `sha256` and `contenttype`, each with its value in base64, divided by commas',
  ),
] as const satisfies readonly VaultRoute[];
