/** What is recorded besides events: continuous recording, piece by piece, and the films of days. */
import type { Context } from 'koa';
import { z } from 'zod';
import type { RecordingsView, SegmentView } from '../contract/device-api.ts';
import { describeIssues } from '../contract/event.ts';
import { parseSegmentFileName, SEGMENT_KINDS, type SegmentKind } from '../contract/media-path.ts';
import { inSeconds, millis, minutes } from '../core/units.ts';
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
  if (!parsed.success)
    throw new HttpError(400, 'http.bad-request', `the query is not as expected: ${describeIssues(parsed.error)}`);
  const { kind, from, to, limit } = parsed.data;
  // A film of a day takes minutes to show: it counts by when it was begun.
  const reach = kind === 'continuous' ? LONGEST_PIECE : millis(0);
  // Rounded up: a piece that ends just then is not told twice.
  const found = await archive.segments({
    kind, from: millis(Math.ceil(from * 1000)), to: millis(to * 1000), reach, limit: limit + 1,
  });
  const last = found.length > limit ? found[limit - 1] : undefined;
  ctx.body = {
    recordings: found.slice(0, limit), next: last === undefined ? null : Math.max(from + 0.001, endOf(last, kind)),
  } satisfies RecordingsView;
}

/** From where what follows `piece` is asked for. */
const endOf = (piece: SegmentView, kind: SegmentKind): number =>
  (kind === 'timelapse' ? piece.from + 0.001 : piece.to ?? piece.from + inSeconds(LONGEST_PIECE));

/** `GET /api/recordings/:name` */
export async function sendRecording(ctx: Context, archive: EventArchive): Promise<void> {
  const name = parameter(ctx, 'name');
  const media = parseSegmentFileName(name) === undefined ? undefined : await archive.segment(name);
  if (media === undefined)
    throw new HttpError(404, 'recordings.unknown', 'there is no such recording, or it is no longer kept');
  await sendMedia(ctx, { ...media, type: 'video/mp4' });
}
