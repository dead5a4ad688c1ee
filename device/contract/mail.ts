/**
 * What device and fleet tell each other through the landing, beside the uploads themselves. A device may only
 * write and list below its own prefix, never read: so what the fleet tells it stands in the *names* of empty
 * objects, which it finds when it lists. What the device answers are small JSON objects. It works in every
 * store, and opens no port anywhere.
 *
 *     <device>/answers/<event id>.<taken|refused>.<SHA-256 of the manifest>[.<code>]   fleet to device
 *     <device>/requests/<request id>.until-<time>.event-<event id>                    fleet to device
 *     <device>/requests/<request id>.until-<time>.from-<time>.to-<time>               fleet to device, in unix seconds
 *     <device>/reports/<request id>.json                                              device to fleet
 */
import { z } from 'zod';
import { EVENT_ID_PATTERN } from './event.ts';
import { devicePrefix } from './names.ts';

/** What ingest made of the manifest with this SHA-256: of what it names, the device may delete what was `taken`. */
export interface Answer {
  readonly event: string;
  readonly verdict: 'taken' | 'refused';
  /** Of the manifest as it was put, lower-case hexadecimal. */
  readonly sha256: string;
  /** Why it was refused, as the fleet's page has it: `file.wrong-hash`; empty for what was taken. */
  readonly code: string;
}

/** Everything that the fleet tells a device is below these. */
export const answersFolder = (device: string): string => `${devicePrefix(device)}answers/`;
export const requestsFolder = (device: string): string => `${devicePrefix(device)}requests/`;
/** What a device tells of the requests that it works on. */
const reportsFolder = (device: string): string => `${devicePrefix(device)}reports/`;

/** Folders below a device's prefix in which no upload lies. */
const MAIL_FOLDERS = ['answers', 'requests', 'reports'] as const;
export type MailFolder = (typeof MAIL_FOLDERS)[number];

/** Which of them a key of the landing lies in; undefined for what is an upload, or none of ours. */
export function mailFolderOf(key: string): MailFolder | undefined {
  const [, folder, name, more] = key.split('/');
  return name === undefined || more !== undefined ? undefined : MAIL_FOLDERS.find((one) => one === folder);
}

export const answerKey = (device: string, { event, verdict, sha256, code }: Answer): string =>
  `${answersFolder(device)}${event}.${verdict}.${sha256}${code === '' ? '' : `.${code}`}`;

/** Undefined for a key that is no answer. */
export function parseAnswerKey(key: string): Answer | undefined {
  if (mailFolderOf(key) !== 'answers') return undefined;
  const [, event = '', verdict, sha256 = '', code = ''] =
    /^(\d+\.\d+-[a-z0-9]+)\.(taken|refused)\.([0-9a-f]{64})(?:\.([a-z0-9.-]{1,60}))?$/.exec(
      key.slice(key.lastIndexOf('/') + 1),
    ) ?? [];
  if (!EVENT_ID_PATTERN.test(event) || (verdict !== 'taken' && verdict !== 'refused')) return undefined;
  return { event, verdict, sha256, code };
}

/** Sorts by time, and fits a name: `1795256130-k3x9ab`. */
export const REQUEST_ID_PATTERN = /^\d{10}-[a-z0-9]{6}$/;

const unixSeconds = z.number().int().min(0).max(253_402_300_799);
const wanted = z.strictObject({
  /** Unix seconds. From then on nobody waits for it any more. */
  until: unixSeconds,
  /** All files of this event. */
  event: z.string().regex(EVENT_ID_PATTERN).exactOptional(),
  /** All footage, of events and continuous, that overlaps this time: unix seconds. */
  from: unixSeconds.exactOptional(),
  to: unixSeconds.exactOptional(),
}).refine(({ event, from, to }) =>
  (event === undefined ? from !== undefined && to !== undefined && from < to : from === undefined && to === undefined),
  'either an event, or a time from and to');

/** Footage that somebody asks a device for. */
export type FootageRequest = Readonly<z.infer<typeof wanted>> & { readonly id: string };

/** Longest time that one request may span: a day. */
export const LONGEST_REQUEST_S = 86_400;

/** The key under which a request lies until it is done, withdrawn or out of date. */
export function requestKey(device: string, { id, ...rest }: FootageRequest): string {
  const { until, event, from, to } = wanted.parse(rest);
  return `${requestsFolder(device)}${id}.until-${until}.${event === undefined ? `from-${from}.to-${to}`
    : `event-${event}`}`;
}

const REQUEST_NAME = /^([^.]+)\.until-(\d{1,12})\.(?:event-(\d+\.\d+-[a-z0-9]+)|from-(\d{1,12})\.to-(\d{1,12}))$/;

/** Undefined for a key that is no request. */
export function parseRequestKey(key: string): FootageRequest | undefined {
  if (mailFolderOf(key) !== 'requests') return undefined;
  const [, id = '', until, event, from, to] = REQUEST_NAME.exec(key.slice(key.lastIndexOf('/') + 1)) ?? [];
  if (!REQUEST_ID_PATTERN.test(id)) return undefined;
  const read = wanted.safeParse({
    until: Number(until), ...(event === undefined ? { from: Number(from), to: Number(to) } : { event }),
  });
  return read.success && (read.data.to ?? 0) - (read.data.from ?? 0) <= LONGEST_REQUEST_S ? { id, ...read.data }
    : undefined;
}

const REQUEST_STATES = ['accepted', 'sending', 'done', 'refused', 'expired'] as const;

/** How far a device has come with a request; each report takes the place of the one before. */
export const reportSchema = z.strictObject({
  version: z.literal(1),
  request: z.string().regex(REQUEST_ID_PATTERN),
  state: z.enum(REQUEST_STATES),
  /** Unix seconds, by the device's clock. */
  at: z.number().min(0).max(253_402_300_799),
  /** Of all that is to go: as far as is known yet. */
  bytes: z.number().int().nonnegative(),
  sent_bytes: z.number().int().nonnegative(),
  /** Events, continuous pieces among them, in which the footage arrives. */
  events: z.array(z.string().regex(EVENT_ID_PATTERN)).max(4096).readonly(),
  /** Why it was refused, or why not all of it can come; empty otherwise. */
  reason: z.string().max(500),
});
export type Report = Readonly<z.infer<typeof reportSchema>>;
/** A report larger than this is not read. */
export const MAX_REPORT_BYTES = 256 * 1024;

export const reportKey = (device: string, request: string): string => `${reportsFolder(device)}${request}.json`;
