/** Footage on demand, as page and API ask for it. */
import type { Context } from 'koa';
import { z } from 'zod';
import { EVENT_ID_PATTERN } from '../../device/contract/event.ts';
import type { RequestsView, RequestTrailView, RequestView } from '../../device/contract/fleet-api.ts';
import { REQUEST_ID_PATTERN } from '../../device/contract/mail.ts';
import { NAME_PATTERN } from '../../device/contract/name-pattern.ts';
import { parseDuration } from '../../device/core/duration.ts';
import { TytoError } from '../../device/core/errors.ts';
import { hours, inSeconds, minutes, type Millis } from '../../device/core/units.ts';
import { HttpError } from '../../device/http/http-error.ts';
import type { AskedFootage, ConsoleIndex, ConsoleRequests } from './ports.ts';
import { bodyOf, queryOf } from './query.ts';

const PAGE = 50;
const MOST = 200;
const [SHORTEST, LONGEST] = [minutes(1), hours(90 * 24)];

const eventId = z.string().regex(EVENT_ID_PATTERN, 'an event id such as 1795252530.123456-k3x9ab');
const unixSeconds = z.number('unix seconds').int('whole unix seconds').min(0).max(253_402_300_799);
const lasts = z.string().transform((text, context): Millis => {
  const value = parseDuration(text);
  if (value !== undefined && value >= SHORTEST && value <= LONGEST) return value;
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

/** What is refused, by its code. */
const STATUS: Readonly<Record<string, number>> = {
  'requests.unknown-event': 404, 'requests.nothing-held': 409, 'requests.bad-time': 400, 'requests.too-many': 429,
};

/**
 * `POST /api/devices/:device/requests`: `{"event"}` or `{"from", "to"}`, and `"lasts":
 * "7d"`. 200 where it was asked before.
 */
export async function askForFootage(ctx: Context, requests: ConsoleRequests, index: ConsoleIndex): Promise<void> {
  const { device = '' } = ctx['params'] as { readonly device?: string };
  const { event, from, to, lasts: until } = bodyOf(ctx, asked);
  const wanted = event !== undefined && from === undefined && to === undefined ? { event }
    : event === undefined && from !== undefined && to !== undefined ? { from, to } : undefined;
  if (wanted === undefined)
    throw new HttpError(400, 'http.bad-request', 'ask for an `event`, or for the time `from` and `to`');
  const isKnown = NAME_PATTERN.test(device)
    && (await index.events({ device, limit: 1, continuous: true })).rows.length > 0;
  if (!isKnown) throw new HttpError(404, 'devices.unknown', 'nothing has ever come from a device of this name');
  try {
    const { row, isNew } = await requests.ask(device, wanted, {
      who: 'owner', ...(until === undefined ? {} : { lasts: until }),
    });
    ctx.status = isNew ? 201 : 200;
    ctx.body = viewOf(row);
  } catch (error) {
    const status = error instanceof TytoError ? STATUS[error.code] : undefined;
    throw status === undefined || !(error instanceof TytoError) ? error
      : new HttpError(status, error.code, error.message);
  }
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
    requests: shown.map(viewOf), next: rows.length > limit ? shown.at(-1)?.id ?? null : null,
  } satisfies RequestsView;
}

/** `GET /api/requests/:id` */
export async function showRequest(ctx: Context, requests: ConsoleRequests): Promise<void> {
  const found = await requests.get(idOf(ctx));
  if (found === undefined) throw unknown();
  const trail = found.trail.map(({ at, who, what, detail }) => ({ at: inSeconds(at), who, what, detail }));
  ctx.body = { request: viewOf(found.row), trail } satisfies RequestTrailView;
}

/** `DELETE /api/requests/:id`: takes it back. One that is over stays as it is. */
export async function withdrawRequest(ctx: Context, requests: ConsoleRequests): Promise<void> {
  const row = await requests.withdraw(idOf(ctx), 'owner');
  if (row === undefined) throw unknown();
  ctx.body = viewOf(row);
}

const idOf = (ctx: Context): string => (ctx['params'] as { readonly id?: string }).id ?? '';
const unknown = (): HttpError => new HttpError(404, 'requests.unknown', 'there is no such request');

const viewOf = (
  { id, device, who, askedAt, wanted, until, state, bytes, sentBytes, events, reason, changedAt }: AskedFootage,
): RequestView => ({
  id, device, who, asked_at: inSeconds(askedAt), until: inSeconds(until), state, bytes, sent_bytes: sentBytes,
  events, reason, changed_at: inSeconds(changedAt),
  ...('event' in wanted ? { event: wanted.event, from: null, to: null } : { event: null, ...wanted }),
});
