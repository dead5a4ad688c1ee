import type { Context } from 'koa';
import { z } from 'zod';
import type { KeptEvent } from '../contract/device-api.ts';
import { describeIssues, EVENT_ID_PATTERN, EVENT_KINDS } from '../contract/event.ts';
import { NAME_PATTERN } from '../contract/name-pattern.ts';
import { millis, type Millis } from '../core/units.ts';
import { HttpError } from '../http/http-error.ts';
import { sendMedia } from '../http/send-media.ts';
import type { EventArchive, EventMedia } from './ports.ts';

const PAGE = 30;
const DAY = 86_400_000;

/** A switch in a query: there is nothing to be said by turning it off. */
const flag = z.literal(['1', 'true'], '1').transform(() => true as const).optional();
const unixSeconds = z.coerce.number().min(0).max(253_402_300_799).optional();

const query = z.strictObject({
  before: z.string().regex(EVENT_ID_PATTERN, 'an event id').optional(),
  limit: z.coerce.number().int().min(1).max(100).default(PAGE),
  day: z.iso.date('a day such as 2026-11-21').optional(),
  from: unixSeconds,
  to: unixSeconds,
  camera: z.string().regex(NAME_PATTERN, 'the name of a camera').optional(),
  kind: z.enum(EVENT_KINDS).optional(),
  zone: z.string().min(1).max(64).optional(),
  starred: flag,
  clip: flag,
});

/** `GET /api/events` */
export async function listEvents(ctx: Context, archive: EventArchive): Promise<void> {
  const parsed = query.safeParse(ctx.query);
  if (!parsed.success)
    throw new HttpError(400, 'http.bad-request', `the query is not as expected: ${describeIssues(parsed.error)}`);
  const { day, from, to, ...wanted } = parsed.data;
  const span = day === undefined ? { from: inMillis(from), to: inMillis(to) } : daySpan(day);
  ctx.body = await archive.page(given({ ...wanted, ...span }));
}

const inMillis = (at: number | undefined): Millis | undefined => (at === undefined ? undefined : millis(at * 1000));

function daySpan(day: string): { readonly from: Millis; readonly to: Millis } {
  const from = Date.parse(day);
  return { from: millis(from), to: millis(from + DAY) };
}

type Given<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] }
  & { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without what was left out. */
const given = <T extends object>(wanted: T): Given<T> =>
  Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined)) as Given<T>;

/** `GET /api/events/:id` */
export async function showEvent(ctx: Context, archive: EventArchive): Promise<void> {
  ctx.body = await eventOf(ctx, archive);
}

/** `GET /api/events/:id/clip.mp4`, `snapshot.jpg`, `thumbnail.jpg` and `preview.mp4` */
export async function sendEventMedia(ctx: Context, archive: EventArchive, kind: EventMedia): Promise<void> {
  const event = await eventOf(ctx, archive);
  const media = await archive.media(event, kind);
  if (media === undefined)
    throw new HttpError(404, 'media.none', `this event has no ${kind === 'snapshot' ? 'picture' : kind}`);
  await sendMedia(ctx, { ...media, type: kind === 'clip' || kind === 'preview' ? 'video/mp4' : 'image/jpeg' });
}

/** @throws {HttpError} 404 `events.unknown` */
export async function eventOf(ctx: Context, archive: EventArchive): Promise<KeptEvent> {
  const id: unknown = ctx['params'] === undefined ? undefined : (ctx['params'] as { id?: unknown }).id;
  const event = typeof id === 'string' && EVENT_ID_PATTERN.test(id) ? await archive.get(id) : undefined;
  if (event === undefined)
    throw new HttpError(404, 'events.unknown', 'there is no such event, or it is no longer kept');
  return event;
}
