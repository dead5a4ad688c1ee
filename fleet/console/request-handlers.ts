/** Footage on demand, as page and API ask for it. */
import type { Context } from 'koa';
import { z } from 'zod';
import { EVENT_ID_PATTERN } from '../../device/contract/event.ts';
import type { RequestsView, RequestTrailView } from '../../device/contract/fleet-api.ts';
import {
  REFUSED_REQUESTS, requestLasts, requestView, wantedFootage,
} from '../../device/contract/footage-request.ts';
import { REQUEST_ID_PATTERN } from '../../device/contract/mail.ts';
import { NAME_PATTERN } from '../../device/contract/name-pattern.ts';
import { inSeconds, type Millis } from '../../device/core/units.ts';
import { answering, HttpError } from '../../device/http/http-error.ts';
import type { ConsoleIndex, ConsoleRequests } from './ports.ts';
import { bodyOf, queryOf } from './query.ts';

const PAGE = 50;
const MOST = 200;

const eventId = z.string().regex(EVENT_ID_PATTERN, 'an event id such as 1795252530.123456-k3x9ab');
const unixSeconds = z.number('unix seconds').int('whole unix seconds').min(0).max(253_402_300_799);
const lasts = z.string().transform((text, context): Millis => {
  const value = requestLasts(text);
  if (value !== undefined) return value;
  context.addIssue({ code: 'custom', message: 'a duration from 1m to 90d' });
  return z.NEVER;
}).exactOptional();
const asked = z.strictObject({
  event: eventId.exactOptional(), from: unixSeconds.exactOptional(), to: unixSeconds.exactOptional(), lasts,
});

const listQuery = z.strictObject({
  device: z.string().regex(NAME_PATTERN, 'the name of a device').optional(),
  event: eventId.optional(),
  before: z.string().regex(REQUEST_ID_PATTERN, 'what `next` said').optional(),
  limit: z.coerce.number().int().min(1).max(MOST).default(PAGE),
});

/**
 * `POST /api/devices/:device/requests`: `{"event"}` or `{"from", "to"}`, and `"lasts":
 * "7d"`. 200 where it was asked before.
 */
export async function askForFootage(ctx: Context, requests: ConsoleRequests, index: ConsoleIndex): Promise<void> {
  const { device = '' } = ctx['params'] as { readonly device?: string };
  const { lasts: until, ...told } = bodyOf(ctx, asked);
  const wanted = wantedFootage(told);
  if (wanted === undefined)
    throw new HttpError(400, 'http.bad-request', 'ask for an `event`, or for the time `from` and `to`');
  const isKnown = NAME_PATTERN.test(device)
    && (await index.events({ device, limit: 1, continuous: true })).rows.length > 0;
  if (!isKnown) throw new HttpError(404, 'devices.unknown', 'nothing has ever come from a device of this name');
  const by = { who: 'owner', ...(until === undefined ? {} : { lasts: until }) };
  const { row, isNew } = await answering(REFUSED_REQUESTS, requests.ask(device, wanted, by));
  ctx.status = isNew ? 201 : 200;
  ctx.body = requestView(row);
}

/** `GET /api/requests` */
export async function listRequests(ctx: Context, requests: ConsoleRequests): Promise<void> {
  const { device, event, before, limit } = queryOf(ctx, listQuery);
  const rows = await requests.list({
    limit: limit + 1, ...(device === undefined ? {} : { device }),
    ...(event === undefined ? {} : { event }), ...(before === undefined ? {} : { before }),
  });
  const shown = rows.slice(0, limit);
  ctx.body = {
    requests: shown.map(requestView), next: rows.length > limit ? shown.at(-1)?.id ?? null : null,
  } satisfies RequestsView;
}

/** `GET /api/requests/:id` */
export async function showRequest(ctx: Context, requests: ConsoleRequests): Promise<void> {
  const found = await requests.get(idOf(ctx));
  if (found === undefined) throw unknown();
  const trail = found.trail.map(({ at, who, what, detail }) => ({ at: inSeconds(at), who, what, detail }));
  ctx.body = { request: requestView(found.row), trail } satisfies RequestTrailView;
}

/** `DELETE /api/requests/:id`: takes it back. One that is over stays as it is. */
export async function withdrawRequest(ctx: Context, requests: ConsoleRequests): Promise<void> {
  const row = await requests.withdraw(idOf(ctx), 'owner');
  if (row === undefined) throw unknown();
  ctx.body = requestView(row);
}

const idOf = (ctx: Context): string => (ctx['params'] as { readonly id?: string }).id ?? '';
const unknown = (): HttpError => new HttpError(404, 'requests.unknown', 'there is no such request');
