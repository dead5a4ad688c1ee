import type { Context } from 'koa';
import { z } from 'zod';
import { describeIssues, EVENT_ID_PATTERN, type TytoEvent } from '../contract/event.ts';
import { HttpError } from '../http/http-error.ts';
import { sendMedia } from '../http/send-media.ts';
import type { EventsView } from '../contract/device-api.ts';
import type { EventArchive } from './ports.ts';

const PAGE = 30;

const query = z.strictObject({
  before: z.string().regex(EVENT_ID_PATTERN, 'an event id').optional(),
  limit: z.coerce.number().int().min(1).max(100).default(PAGE),
  day: z.iso.date('a day such as 2026-11-21').optional(),
});

/** `GET /api/events` */
export async function listEvents(ctx: Context, archive: EventArchive): Promise<void> {
  const parsed = query.safeParse(ctx.query);
  if (!parsed.success) throw new HttpError(400, 'http.bad-request', `the query is not as expected: ${describeIssues(parsed.error)}`);
  const { before, limit, day } = parsed.data;
  // One more than asked for tells whether there are older ones.
  const found = await archive.list({ limit: limit + 1, ...(before === undefined ? {} : { before }), ...(day === undefined ? {} : { day }) });
  const events = found.slice(0, limit);
  ctx.body = { events, next: found.length > limit ? events.at(-1)?.id ?? null : null } satisfies EventsView;
}

/** `GET /api/events/:id` */
export async function showEvent(ctx: Context, archive: EventArchive): Promise<void> {
  ctx.body = await eventOf(ctx, archive);
}

/** `GET /api/events/:id/clip.mp4` and `snapshot.jpg` */
export async function sendEventMedia(ctx: Context, archive: EventArchive, kind: 'clip' | 'snapshot'): Promise<void> {
  const event = await eventOf(ctx, archive);
  const media = await archive.media(event, kind);
  if (media === undefined) throw new HttpError(404, 'media.none', kind === 'clip' ? 'this event has no clip' : 'this event has no picture');
  await sendMedia(ctx, { ...media, type: kind === 'clip' ? 'video/mp4' : 'image/jpeg' });
}

async function eventOf(ctx: Context, archive: EventArchive): Promise<TytoEvent> {
  const id: unknown = ctx['params'] === undefined ? undefined : (ctx['params'] as { id?: unknown }).id;
  const event = typeof id === 'string' && EVENT_ID_PATTERN.test(id) ? await archive.get(id) : undefined;
  if (event === undefined) throw new HttpError(404, 'events.unknown', 'there is no such event, or it is no longer kept');
  return event;
}
