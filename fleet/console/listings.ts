/** The lists of the page: events with links, devices, what was rejected. */
import type { Context } from 'koa';
import { z } from 'zod';
import { EVENT_ID_PATTERN, STORED_KINDS, type MediaFile } from '../../device/contract/event.ts';
import { FINDINGS_FOLDER } from '../../device/contract/fleet-findings.ts';
import { NAME_PATTERN } from '../../device/contract/name-pattern.ts';
import {
  LINK_LASTS_S, type FleetDevicesView, type FleetEventDetailView, type FleetEventsView,
  type FleetEventView, type FleetForgottenView, type FleetPeopleView, type RejectedPageView,
} from '../../device/contract/fleet-api.ts';
import { inSeconds, seconds, type Millis } from '../../device/core/units.ts';
import { HttpError } from '../../device/http/http-error.ts';
import type { ConsoleIndex, ConsoleLibrary, ListedEvent } from './ports.ts';
import { queryOf } from './query.ts';

const PAGE = 48;
const MOST = 200;
/** To choose from: who is not among them can still be asked for by name. */
const MOST_PEOPLE = 500;

const limit = z.coerce.number().int().min(1).max(MOST).default(PAGE);
const unixSeconds = z.coerce.number().min(0).max(253_402_300_799);
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const eventsQuery = z.strictObject({
  account: z.string().regex(NAME_PATTERN, 'the name of an account').exactOptional(),
  device: z.string().regex(NAME_PATTERN, 'the name of a device').exactOptional(),
  before: z
    .string()
    .regex(/^\d{10}\.\d{6}-[a-z0-9]{6}(?:_[A-Za-z0-9-]{1,64})?$/, 'what `next` said, or an event id')
    .exactOptional(),
  from: unixSeconds.exactOptional(),
  to: unixSeconds.exactOptional(),
  kind: z.enum(STORED_KINDS).exactOptional(),
  person: z.string().min(1).max(64).exactOptional(),
  clip: flag.exactOptional(),
  continuous: flag.exactOptional(),
  limit,
});
const rejectedQuery = z.strictObject({
  before: z.string().regex(/^\d{1,15}(?:\.[0-9a-f]{16})?$/, 'what `next` said').optional(), limit,
});

const forgetQuery = z.strictObject({ device: z.string().regex(NAME_PATTERN, 'the name of a device').exactOptional() });

/** `GET /api/events` */
export async function listEvents(ctx: Context, index: ConsoleIndex, library: ConsoleLibrary): Promise<void> {
  const { from, to, clip, ...asked } = queryOf(ctx, eventsQuery);
  const { rows, next } = await index.events({
    ...asked,
    ...(from === undefined ? {} : { from: seconds(from) }),
    ...(to === undefined ? {} : { to: seconds(to) }),
    ...(clip === undefined ? {} : { withClip: clip }),
  });
  const events = await Promise.all(rows.map((row) => eventView(row, library)));
  ctx.body = { events, next: next ?? null } satisfies FleetEventsView;
}

/** `GET /api/events/:device/:id`: for fresh links, too. */
export async function showEvent(ctx: Context, index: ConsoleIndex, library: ConsoleLibrary): Promise<void> {
  const { device = '', id = '' } = ctx['params'] as { readonly device?: string; readonly id?: string };
  const row = NAME_PATTERN.test(device) && EVENT_ID_PATTERN.test(id) ? await index.event(device, id) : undefined;
  if (row === undefined) throw new HttpError(404, 'events.unknown', 'there is no such event in the library');
  ctx.body = {
    ...await eventView(row, library), missing: await isMissing(row, library),
  } satisfies FleetEventDetailView;
}

/** A library that cannot be asked just now says nothing of what lies there. */
async function isMissing({ event, folder }: ListedEvent, library: ConsoleLibrary): Promise<boolean> {
  const shown = event.clip ?? event.snapshot;
  if (shown === null) return false;
  try {
    await using object = await library.open(folder + shown.name);
    return object === undefined;
  } catch {
    return false;
  }
}

/** `GET /api/devices` */
export async function listDevices(ctx: Context, index: ConsoleIndex): Promise<void> {
  const devices = await index.devices();
  ctx.body = {
    devices: devices.map(({ device, events, firstSeen, lastSeen, lastEventAt }) => ({
      device,
      events,
      first_seen: inSeconds(firstSeen),
      last_seen: inSeconds(lastSeen),
      last_event_at: inSeconds(lastEventAt),
    })),
  } satisfies FleetDevicesView;
}

/** `GET /api/people` */
export async function listPeople(ctx: Context, index: ConsoleIndex): Promise<void> {
  ctx.body = { people: await index.people(MOST_PEOPLE) } satisfies FleetPeopleView;
}

/** `DELETE /api/people/:name`: in every event here, or in those of one device. */
export async function forgetPerson(
  ctx: Context, forget: (name: string, device: string | undefined) => Promise<number>,
): Promise<void> {
  const { name } = ctx['params'] as { readonly name: string };
  const { device } = queryOf(ctx, forgetQuery);
  ctx.body = { events: await forget(name, device) } satisfies FleetForgottenView;
}

/** `GET /api/rejected` */
export async function listRejected(ctx: Context, index: ConsoleIndex): Promise<void> {
  const { before, limit: most } = queryOf(ctx, rejectedQuery);
  const { rows, next } = await index.rejected({ limit: most, ...(before === undefined ? {} : { before }) });
  ctx.body = {
    rejected: rows.map(({ key, device, code, message, rejectedAt, objects, folder }) => ({
      key, device, reason: { code, message }, rejected_at: inSeconds(rejectedAt), objects, folder,
    })),
    next: next ?? null,
  } satisfies RejectedPageView;
}

async function eventView(
  { event, folder, ingestedAt, damage, sealed, held, findings = {} }: ListedEvent, library: ConsoleLibrary,
): Promise<FleetEventView> {
  const ownOr = (own: MediaFile | undefined, made: MediaFile | undefined): string | undefined =>
    own?.name ?? (made && FINDINGS_FOLDER + made.name);
  const names = [
    event.clip?.name, event.snapshot?.name, ownOr(event.thumbnail, findings.thumbnail),
    ownOr(event.preview, findings.preview),
  ];
  const signed = await Promise.all(names.map(async (name) =>
    (name === undefined ? undefined : library.signedLink(folder + name, seconds(LINK_LASTS_S)))));
  const [clip, picture, thumbnail, preview] = signed.map((link) => link?.href ?? null);
  const expiry = signed.reduce<Millis | undefined>(
    (first, link) => (first === undefined || (link && link.expiresAt < first) ? link?.expiresAt : first),
    undefined,
  );
  return {
    event, damage, sealed, held, found_faces: findings.faces ?? null,
    links: { clip: clip ?? null, picture: picture ?? null, thumbnail: thumbnail ?? null, preview: preview ?? null },
    expires_at: inSeconds(expiry ?? ingestedAt), ingested_at: inSeconds(ingestedAt),
  };
}
