/** What is recorded besides events: continuous recording, piece by piece, and the films of days. */
import type { Context } from 'koa';
import { z } from 'zod';
import type { RecordingsView } from '../contract/device-api.ts';
import { describeIssues } from '../contract/event.ts';
import { parseSegmentFileName, SEGMENT_KINDS } from '../contract/media-path.ts';
import { millis, minutes } from '../core/units.ts';
import { HttpError } from '../http/http-error.ts';
import { sendMedia } from '../http/send-media.ts';
import { parameter } from './parameter.ts';
import type { EventArchive } from './ports.ts';

/** One that began earlier may reach into the time that is asked for: a minute and what is left until a keyframe. */
const LONGEST_PIECE = minutes(5);
const unixSeconds = z.coerce.number().min(0).max(253_402_300_799);
const query = z.strictObject({
  kind: z.enum(SEGMENT_KINDS).default('continuous'),
  from: unixSeconds,
  to: unixSeconds,
  limit: z.coerce.number().int().min(1).max(2000).default(500),
});

/** `GET /api/recordings` */
export async function listRecordings(ctx: Context, archive: EventArchive): Promise<void> {
  const parsed = query.safeParse(ctx.query);
  if (!parsed.success) throw new HttpError(400, 'http.bad-request', `the query is not as expected: ${describeIssues(parsed.error)}`);
  const { kind, from, to, limit } = parsed.data;
  // A film of a day takes minutes to show: it counts by when it was begun.
  const reach = kind === 'continuous' ? LONGEST_PIECE : 0;
  const found = await archive.segments({ kind, from: millis(Math.max(0, from * 1000 - reach)), to: millis(to * 1000), limit: limit + 1 });
  const last = found.length > limit ? found[limit - 1] : undefined;
  ctx.body = {
    recordings: found.slice(0, limit).filter((piece) => kind === 'timelapse' || piece.to === null || piece.to > from),
    next: last === undefined ? null : kind === 'timelapse' ? last.from + 0.001 : last.to,
  } satisfies RecordingsView;
}

/** `GET /api/recordings/:name` */
export async function sendRecording(ctx: Context, archive: EventArchive): Promise<void> {
  const name = parameter(ctx, 'name');
  const media = parseSegmentFileName(name) === undefined ? undefined : await archive.segment(name);
  if (media === undefined) throw new HttpError(404, 'recordings.unknown', 'there is no such recording, or it is no longer kept');
  await sendMedia(ctx, { ...media, type: 'video/mp4' });
}
