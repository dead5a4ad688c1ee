/** The people whom the owner names, in the faces of events. */
import type { Middleware } from 'koa';
import { z } from 'zod';
import { readBody } from '../access/access-routes.ts';
import type { PeopleView, PersonView } from '../contract/device-api.ts';
import { EVENT_ID_PATTERN, type EventFace, type TytoEvent } from '../contract/event.ts';
import { ConfigError, DeviceError, systemCode } from '../core/errors.ts';
import { millis } from '../core/units.ts';
import { HttpError } from '../http/http-error.ts';
import { readMedia } from '../http/send-media.ts';
import { doneSoon } from './archive-handlers.ts';
import { stillOfMedia } from './still-of-media.ts';
import { parameter } from './parameter.ts';
import type { EventArchive, FacePicture, PeopleKeeper } from './ports.ts';
import { shortQueue } from './short-queue.ts';

const name = z.string().min(1).max(256);
const naming = z.strictObject({
  name,
  event: z.string().regex(EVENT_ID_PATTERN, 'an event id'),
  /** Which of the event's `faces`. */
  face: z.number().int().nonnegative().default(0),
});
const renaming = z.strictObject({ name });

/** The picture of a face is in the event's when it is of the same moment, give or take half a frame. */
const SAME_MOMENT_S = 0.05;

/** Pictures of faces: as many as an event has faces. */
export const MOST_WAITING = 64;

export const peopleHandlers = (people: PeopleKeeper, archive: EventArchive) => {
  const inTurn = shortQueue('pictures of faces', MOST_WAITING);
  return {
    'GET /api/events/:id/faces/:face': async (ctx) => {
      const [id, face] = [parameter(ctx, 'id'), parameter(ctx, 'face')];
      const index = /^\d{1,4}$/.test(face) ? Number(face) : -1;
      const picture = await inTurn(() => ctx.req.socket.destroyed, () => pictureOf(archive, id, index));
      if (picture === undefined) return; // nobody hears an answer
      ctx.body = Buffer.from(picture.jpeg);
      ctx.type = 'image/jpeg';
    },
    'GET /api/people': async (ctx) => { ctx.body = { people: await people.list() } satisfies PeopleView; },
    'POST /api/people': async (ctx) => {
      const { name: called, event, face } = readBody(ctx, naming);
      ctx.body = await refusing(() =>
        people.enrol(called, { event, face }, () => pictureOf(archive, event, face))) satisfies PersonView;
      ctx.status = 201;
    },
    'PUT /api/people/:id': async (ctx) => {
      const { name: called } = readBody(ctx, renaming);
      const when = await refusing(() => people.rename(parameter(ctx, 'id'), called));
      ctx.status = when === 'done' ? 204 : 202;
    },
    'DELETE /api/people/:id': async (ctx) => {
      const when = await refusing(() => people.forget(parameter(ctx, 'id')));
      ctx.status = when === 'done' ? 204 : 202;
    },
    'DELETE /api/people/:id/samples/:sample': async (ctx) => {
      const [id, sample] = [parameter(ctx, 'id'), parameter(ctx, 'sample')];
      await doneSoon(refusing(() => people.removePicture(id, sample)));
      ctx.status = 204;
    },
    'GET /api/people/:id/samples/:sample': async (ctx) => {
      ctx.body = Buffer.from(await refusing(() => people.picture(parameter(ctx, 'id'), parameter(ctx, 'sample'))));
      ctx.type = 'image/jpeg';
    },
  } satisfies Record<string, Middleware>;
};

/** The picture of the moment in which the event's face was seen: its own picture, or else one of its clip. */
async function pictureOf(
  archive: EventArchive, id: string, index: number,
): Promise<FacePicture> {
  const event = EVENT_ID_PATTERN.test(id) ? await archive.get(id) : undefined;
  if (event === undefined)
    throw new HttpError(404, 'events.unknown', 'there is no such event, or it is no longer kept');
  const face = event.faces[index];
  if (face === undefined)
    throw new HttpError(
      404,
      'people.no-face',
      `the event has ${event.faces.length} faces, numbered from 0; there is none with number ${index}`,
    );
  const jpeg = await ofSnapshot(archive, event, face) ?? await ofClip(archive, event, face);
  if (jpeg === undefined)
    throw new HttpError(404, 'media.none', event.end_time === null
      ? 'there is no picture of that moment; wait until the event has ended'
      : 'no picture of that moment is kept');
  return { jpeg, box: face.box };
}

async function ofSnapshot(
  archive: EventArchive, event: TytoEvent, { time }: EventFace,
): Promise<Uint8Array | undefined> {
  const media = Math.abs(event.frame_time - time) < SAME_MOMENT_S ? await archive.media(event, 'snapshot') : undefined;
  return media === undefined ? undefined : readMedia(media).catch(ifGone);
}

async function ofClip(archive: EventArchive, event: TytoEvent, { time }: EventFace): Promise<Uint8Array | undefined> {
  const media = event.clip === null ? undefined : await archive.media(event, 'clip');
  if (event.clip === null || media === undefined) return undefined;
  const at = millis(Math.max(0, Math.round(1000 * (time - event.clip.start_time))));
  return stillOfMedia(media, at).catch(ifGone);
}

/** What is only gone is looked for elsewhere; what waits for the password is told. */
function ifGone(error: unknown): undefined {
  const isGone = (error instanceof HttpError && error.code === 'media.gone')
    || (error instanceof DeviceError && error.code === 'media.still-failed') || systemCode(error) === 'ENOENT';
  if (!isGone) throw error;
}

/** What a person can mend is told with its words and code. */
async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    throw new HttpError(STATUS[cause.code] ?? 422, cause.code, cause.message, { cause });
  }
}

const STATUS: Readonly<Record<string, number>> = {
  'people.unknown': 404, 'people.taken': 409, 'people.too-many': 409, 'people.last-picture': 409,
};
