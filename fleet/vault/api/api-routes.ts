import { z } from 'zod';
import { EVENT_ID_PATTERN, STORED_KINDS } from '../../../device/contract/event.ts';
import { FILE_ROLES } from '../../../device/contract/manifest.ts';
import { REQUEST_ID_PATTERN } from '../../../device/contract/mail.ts';
import { NAME_PATTERN } from '../../../device/contract/name-pattern.ts';
import { BAD, BLIND, KEYS, missing, NO_ROOM, NOT_GIVEN, taken, WAITING } from '../door/common-answers.ts';
import type { VaultRoute } from '../door/route.ts';
import { tusRoutes } from '../door/tus-routes.ts';

const tag = 'Vault';
const role = 'account';
export const API = '/api/vault/v1';
export const API_TUS = `${API}/tus`;

const unixSeconds = z.number().min(0).max(9_999_999_999);
const asked = z.coerce.number().min(0).max(9_999_999_999);
const device = z.string().regex(NAME_PATTERN, 'letters, digits and inner hyphens, at most 64').meta({
  description: 'Name of a device',
});
const id = z.string().regex(EVENT_ID_PATTERN, 'an event id such as 1795252530.123456-k3x9ab').meta({
  description: 'Id of an event',
});
const ofEvent = z.object({ device, id });

const clipQuery = z.strictObject({
  at: asked.optional()
    .meta({ description: 'Unix seconds of the first picture; without it, what the file name tells, or now' }),
  camera: z.string().max(200).optional(),
});
const eventsQuery = z.strictObject({
  device: device.optional(),
  from: asked.optional().meta({ description: 'Unix seconds: only what began then or later' }),
  to: asked.optional().meta({ description: 'Unix seconds: only what began before' }),
  kind: z.enum(STORED_KINDS).optional(),
  before: z.string().min(1).max(200).optional().meta({ description: '`next` of the answer before' }),
  limit: z.coerce.number().int().min(1).max(200).default(48),
});
const stateBody = z.strictObject({
  state: z.record(z.string().max(64), z.union([z.string().max(1000), z.number(), z.boolean(), z.null()])).optional(),
});

const links = z.strictObject({
  clip: z.string().nullable(), snapshot: z.string().nullable(), thumbnail: z.string().nullable(),
  preview: z.string().nullable(),
});
const file = z.strictObject({ name: z.string(), bytes: z.number().int() });
const eventView = z.strictObject({
  device, id, camera: z.string(), kinds: z.array(z.enum(STORED_KINDS)),
  start_time: unixSeconds, end_time: unixSeconds.nullable(),
  files: z.partialRecord(z.enum(FILE_ROLES), file),
  links, expires_at: unixSeconds.nullable().meta({ description: 'From then on the links are worth nothing' }),
});
export type VaultEventView = z.infer<typeof eventView>;

const accountView = z.strictObject({
  name: z.string(), directory: z.string(), quota_bytes: z.number().int().nullable(), days: z.number().int().nullable(),
  filed_bytes: z.number().int().meta({ description: 'In the library' }),
  pending_bytes: z.number().int().meta({ description: 'Promised, or not yet judged' }), events: z.number().int(),
});
export type VaultAccountView = z.infer<typeof accountView>;

const deviceView = z.strictObject({ device, first_seen: unixSeconds, last_seen: unixSeconds, state: z.unknown() });
export type VaultDeviceView = z.infer<typeof deviceView>;

const uploadState = z.strictObject({
  state: z.enum(['waiting', 'filed', 'refused', 'deleted']), code: z.string().nullable(),
});
export type VaultUploadState = z.infer<typeof uploadState>;

const ofRequest = z.object({ device, id: z.string().regex(REQUEST_ID_PATTERN, 'the id of a request') });
const requestBody = z.strictObject({
  event: id.exactOptional().meta({ description: 'The event whose files are asked for; or `from` and `to`' }),
  from: z.number().int().min(0).max(9_999_999_999).exactOptional()
    .meta({ description: 'Unix seconds: everything recorded from then on' }),
  to: z.number().int().min(0).max(9_999_999_999).exactOptional().meta({ description: 'Unix seconds: and before then' }),
  lasts: z.string().max(16).exactOptional()
    .meta({ description: 'How long it is waited for, from `1m` to `90d`; 7 days unless said' }),
});
const requestsQuery = z.strictObject({
  before: z.string().regex(REQUEST_ID_PATTERN, 'what `next` said').optional()
    .meta({ description: '`next` of the answer before' }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
const request = z.strictObject({
  id: z.string(), device, who: z.string().meta({ description: 'Who asked: `account …`, `owner` or `rule …`' }),
  asked_at: unixSeconds, event: id.nullable(), from: unixSeconds.nullable(), to: unixSeconds.nullable(),
  until: unixSeconds.meta({ description: 'From then on nobody waits for it any more' }),
  state: z.enum(['asked', 'accepted', 'sending', 'done', 'refused', 'expired', 'withdrawn']),
  bytes: z.number().int(), sent_bytes: z.number().int(),
  events: z.array(z.string()).meta({ description: 'Events in which the footage comes' }),
  reason: z.string(), changed_at: unixSeconds,
});

const ofClip = z.object({
  device: z.string().max(300), file: z.string().max(300).meta({ description: 'A file name that ends in .mp4' }),
});

/** What whoever has the keys of an account may do with what is its own. */
export const API_ROUTES = [
  {
    method: 'GET', path: `${API}/account`, role, tag, does: 'The account: what it holds and what it may',
    answers: { 200: { tells: 'As it is now', schema: accountView }, ...KEYS },
  },
  {
    method: 'GET', path: `${API}/devices`, role, tag, does: 'The devices of the account, by name',
    answers: { 200: { tells: 'All of them', schema: z.strictObject({ devices: z.array(deviceView) }) }, ...KEYS },
  },
  {
    method: 'POST', path: `${API}/devices/:device/heartbeat`, role, tag,
    does: 'A device of the account lives', params: z.object({ device }), json: stateBody,
    answers: { 204: { tells: 'Noted' }, ...BAD, ...KEYS, ...taken('The device belongs to another account') },
  },
  {
    method: 'PUT', path: `${API}/devices/:device/clips/:file`, role, tag,
    does: 'Upload a clip (MP4) in one piece', body: 'video/mp4', query: clipQuery, params: ofClip,
    answers: {
      201: { tells: 'It is durable, and will be judged: ask for its state', schema: z.strictObject({ device, id }) },
      ...BAD, ...KEYS, ...taken('The device belongs to another account'), ...NO_ROOM,
    },
  },
  {
    method: 'POST', path: `${API}/devices/:device/requests`, role, tag, params: z.object({ device }), json: requestBody,
    does: 'Ask a device for the files of an event, or for everything of a time',
    answers: {
      201: { tells: 'It is asked: the device sends as its rules allow', schema: request },
      200: { tells: 'The same was asked before: that request', schema: request },
      ...BAD, ...KEYS, ...NOT_GIVEN, ...taken('The device has nothing more of the event'), ...WAITING,
    },
  },
  {
    method: 'GET', path: `${API}/devices/:device/requests`, role, tag,
    params: z.object({ device }), query: requestsQuery,
    does: 'What the device was asked for, newest first, and how far it is',
    answers: {
      200: {
        tells: 'Ask again with `before` while `next` is not null',
        schema: z.strictObject({ requests: z.array(request), next: z.string().nullable() }),
      },
      ...BAD, ...KEYS, ...NOT_GIVEN,
    },
  },
  {
    method: 'DELETE', path: `${API}/devices/:device/requests/:id`, role, tag, params: ofRequest,
    does: 'Take a request back; one that is over stays as it is',
    answers: { 200: { tells: 'As it is now', schema: request }, ...BAD, ...KEYS, ...NOT_GIVEN },
  },
  ...tusRoutes(API_TUS, role, tag, '`device` and `filename`, and perhaps `camera` and `timestamp` (unix milliseconds)'),
  {
    method: 'GET', path: `${API}/uploads/:device/:id`, role, tag, does: 'What became of an upload', params: ofEvent,
    answers: {
      200: {
        tells: '`waiting` to be judged, `filed` in the library, `refused` with the code of the reason, or `deleted`',
        schema: uploadState,
      },
      ...BAD, ...KEYS, ...missing('Nothing is known of it'), ...BLIND,
    },
  },
  {
    method: 'GET', path: `${API}/events`, role, tag,
    does: 'What the account has in the library, newest first', query: eventsQuery,
    answers: {
      200: {
        tells: 'Ask again with `before` while `next` is not null; a page may hold fewer than asked for',
        schema: z.strictObject({ events: z.array(eventView), next: z.string().nullable() }),
      },
      ...BAD, ...KEYS,
    },
  },
  {
    method: 'GET', path: `${API}/events/:device/:id`, role, tag, does: 'One event, with fresh links', params: ofEvent,
    answers: {
      200: { tells: 'It is in the library', schema: eventView }, ...BAD, ...KEYS,
      ...missing('It is not in the library, or of another account'), ...WAITING,
    },
  },
  {
    method: 'GET', path: `${API}/events/:device/:id/:role`, role, tag,
    does: 'A file of an event, whole or in part (`Range`)', params: ofEvent.extend({ role: z.enum(FILE_ROLES) }),
    answers: {
      200: { tells: 'The file', type: 'application/octet-stream' },
      206: { tells: 'The part', type: 'application/octet-stream' },
      ...BAD, ...KEYS, ...missing('There is no such file'), ...WAITING,
    },
  },
  {
    method: 'DELETE', path: `${API}/events/:device/:id`, role, tag, does: 'Delete an event and its files for good',
    params: ofEvent,
    answers: {
      204: { tells: 'It is gone' }, ...BAD, ...KEYS, ...missing('It is not in the library, or of another account'),
      ...WAITING,
    },
  },
] as const satisfies readonly VaultRoute[];
