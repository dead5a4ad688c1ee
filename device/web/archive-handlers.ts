/** What the owner may change of what was recorded, and the account of all seconds. */
import type { Context } from 'koa';
import { z } from 'zod';
import { readBody } from '../access/access-routes.ts';
import type { StarView } from '../contract/device-api.ts';
import { describeIssues } from '../contract/event.ts';
import { DeviceError } from '../core/errors.ts';
import { millis } from '../core/units.ts';
import { HttpError } from '../http/http-error.ts';
import { eventOf } from './event-handlers.ts';
import type { EventArchive, NotDone } from './ports.ts';

const starBody = z.strictObject({ starred: z.boolean() });

const DAY = 86_400;
/** A longer span is asked for piece by piece. */
const LONGEST_SPAN = 31 * DAY;
const unixSeconds = z.coerce.number().min(0).max(253_402_300_799);
const spanQuery = z.strictObject({ from: unixSeconds.optional(), to: unixSeconds.optional() });

/** `PUT /api/events/:id/star` */
export async function starEvent(ctx: Context, archive: EventArchive): Promise<void> {
  const { starred } = readBody(ctx, starBody);
  const { id } = await eventOf(ctx, archive);
  await done(archive.star(id, starred));
  ctx.body = { starred } satisfies StarView;
}

/** `DELETE /api/events/:id` */
export async function deleteEvent(ctx: Context, archive: EventArchive): Promise<void> {
  const { id } = await eventOf(ctx, archive);
  await done(archive.remove(id));
  ctx.status = 204;
}

/** `GET /api/ledger` */
export async function showLedger(ctx: Context, archive: EventArchive, now: number): Promise<void> {
  const parsed = spanQuery.safeParse(ctx.query);
  if (!parsed.success)
    throw new HttpError(400, 'http.bad-request', `the query is not as expected: ${describeIssues(parsed.error)}`);
  const { to = now, from = to - DAY } = parsed.data;
  if (from >= to || to - from > LONGEST_SPAN) {
    throw new HttpError(
      400, 'http.bad-request', 'the query is not as expected: `from` must lie before `to`, by 31 days at most',
    );
  }
  ctx.body = await archive.ledger({ from: millis(from * 1000), to: millis(to * 1000) });
}

/** What cannot be done just now is to be tried again soon. @throws {HttpError} 503 for a DeviceError. */
export const doneSoon = <T>(asked: Promise<T>): Promise<T> => asked.catch((error: unknown) => {
  if (error instanceof DeviceError)
    throw new HttpError(503, error.code, error.message, { cause: error, retryAfter: 5 });
  throw error;
});

async function done(asked: Promise<NotDone | undefined>): Promise<void> {
  const refused = await doneSoon(asked);
  if (refused !== undefined) throw new HttpError(refused.status, refused.code, refused.message);
}
