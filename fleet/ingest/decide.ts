/** Judges an upload by what was found. Pure: no clock, no files; each judgement is a value. */
import type { z } from 'zod';
import type { ClipDamage } from '../../device/contract/clip-damage.ts';
import { describeIssues, type MediaFile, type TytoEvent } from '../../device/contract/event.ts';
import { MAX_REPORT_BYTES, reportKey, reportSchema, type Report } from '../../device/contract/mail.ts';
import { MANIFEST_VERSION, MAX_MANIFEST_BYTES, manifestSchema, type HeldFile } from '../../device/contract/manifest.ts';
import { NAME_PATTERN } from '../../device/contract/name-pattern.ts';
import { devicePrefix, manifestKey, parseMediaFileName, type MediaExtension } from '../../device/contract/names.ts';
import type { SealFacts } from '../../device/contract/seal.ts';
import { inSeconds, type Millis } from '../../device/core/units.ts';
import type { ClipFacts } from './inspect/mp4-structure.ts';
import { folderOf, prefixOf } from './landing-key.ts';
import type { IngestLimits } from './limits.ts';
import { reason, type Reason } from './reason.ts';

export type FileRole = 'thumbnail' | 'picture' | 'preview' | 'clip';

/** What each file of an event is called in it, and how its name ends. */
interface FileFacts {
  readonly field: 'thumbnail' | 'snapshot' | 'preview' | 'clip';
  readonly extension: MediaExtension;
}
const FILES: Readonly<Record<FileRole, FileFacts>> = {
  thumbnail: { field: 'thumbnail', extension: 'thumb.jpg' },
  picture: { field: 'snapshot', extension: 'jpg' },
  preview: { field: 'preview', extension: 'preview.mp4' },
  clip: { field: 'clip', extension: 'mp4' },
};
export const ROLES = Object.keys(FILES) as readonly FileRole[];

export interface ExpectedFile {
  readonly role: FileRole;
  readonly name: string;
  /** In the landing, and in the library. */
  readonly key: string;
  readonly bytes: number;
  readonly sha256: string;
}

export type Rejected = { readonly verdict: 'reject'; readonly reason: Reason };
export type ManifestVerdict =
  | {
    readonly verdict: 'go-on';
    readonly event: TytoEvent;
    readonly files: readonly ExpectedFile[];
    readonly held: readonly HeldFile[];
  }
  | Rejected;

const reject = (...[code, message]: Parameters<typeof reason>): Rejected => ({
  verdict: 'reject',
  reason: reason(code, message),
});

/**
 * @param manifest - As it lay under `key`; undefined when it was too large to be read.
 * @param now - Wall clock.
 */
export function judgeManifest(
  key: string,
  manifest: Uint8Array | undefined,
  now: Millis,
  limits: IngestLimits,
): ManifestVerdict {
  if (manifest === undefined)
    return reject('manifest.too-large', `the manifest is larger than ${MAX_MANIFEST_BYTES} bytes`);
  const raw = parse(manifest);
  if (raw === undefined) return reject('manifest.not-json', 'the manifest is not JSON in UTF-8');
  const version = typeof raw === 'object' && raw !== null && 'version' in raw ? raw.version : undefined;
  if (typeof version === 'number' && version > MANIFEST_VERSION) {
    return reject(
      'manifest.version',
      `the manifest has version ${version}, this tyto-fleet understands ${MANIFEST_VERSION}: update it`,
    );
  }
  const parsed = manifestSchema.safeParse(raw);
  if (!parsed.success)
    return reject(
      'manifest.invalid', `the manifest is not as agreed: ${describeIssues(parsed.error)}${ofNewer(parsed.error)}`,
    );
  const { event, held = [] } = parsed.data;
  const fault = placeFault(key, event) ?? eventFault(event, now, limits) ?? fileFault(event, limits);
  if (fault !== undefined) return { verdict: 'reject', reason: fault };
  return { verdict: 'go-on', event, files: expectedFiles(event, folderOf(key)), held };
}

export type ReportVerdict = { readonly verdict: 'go-on'; readonly report: Report } | Rejected;

/** @param report - As it lay under `key`; undefined when it was too large to be read. */
export function judgeReport(key: string, report: Uint8Array | undefined): ReportVerdict {
  if (report === undefined) return reject('report.too-large', `the report is larger than ${MAX_REPORT_BYTES} bytes`);
  const parsed = reportSchema.safeParse(parse(report));
  if (!parsed.success) return reject('report.invalid', `the report is not as agreed: ${describeIssues(parsed.error)}`);
  const device = prefixOf(key);
  const place = reportKey(device, parsed.data.request);
  if (key === place && NAME_PATTERN.test(device)) return { verdict: 'go-on', report: parsed.data };
  return reject(
    'report.wrong-place', `a report of request ${parsed.data.request} belongs at ${place}, it lies at ${key}`,
  );
}

/** A device that is updated before its fleet tells of what that does not know. */
const ofNewer = ({ issues }: z.ZodError): string =>
  (issues.every(({ code }) => code === 'unrecognized_keys')
    ? ': its device is newer than this tyto-fleet, update that'
    : '');

function parse(manifest: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(manifest)) as unknown;
  } catch {
    return undefined;
  }
}

function placeFault(key: string, event: TytoEvent): Reason | undefined {
  if (!key.startsWith(devicePrefix(event.device))) {
    return reason('manifest.wrong-device', `the manifest speaks of device "${event.device}", but lies at ${key}`);
  }
  const place = manifestKey(event);
  return key === place
    ? undefined
    : reason('manifest.wrong-place', `the manifest of this event belongs at ${place}, it lies at ${key}`);
}

/** Before any device was built. One that does not know the time yet says so, and is believed. */
const EARLIEST = Date.parse('2020-01-01T00:00:00Z') / 1000;
/** An id carries the moment at which its event began: lists are sorted by it. */
const ID_TOLERANCE_S = 1;

function eventFault(
  { id, start_time: start, end_time: end, ...event }: TytoEvent,
  now: Millis,
  { clockAhead }: IngestLimits,
): Reason | undefined {
  const inconsistent = (message: string): Reason => reason('event.inconsistent', message);
  if (Math.abs(Number(id.slice(0, id.indexOf('-'))) - start) > ID_TOLERANCE_S)
    return inconsistent(`the event began at ${start}, its id says ${id}`);
  const latest = Math.max(start, end ?? start, event.clip?.start_time ?? start);
  if (latest > inSeconds(now) + inSeconds(clockAhead)) {
    return reason(
      'event.future',
      `the event is of ${minute(latest)}, and now is ${minute(inSeconds(now))}: the device's clock is wrong`,
    );
  }
  if (event.clock === 'synced' && start < EARLIEST) {
    return reason(
      'event.past', `the event is of ${minute(start)}, and its device says that its clock was set by the network`,
    );
  }
  if (end !== null && end < start) return inconsistent('the event ends before it begins');
  if (event.has_clip !== (event.clip !== null)) return inconsistent('has_clip and clip contradict each other');
  if (event.has_snapshot !== (event.snapshot !== null))
    return inconsistent('has_snapshot and snapshot contradict each other');
  return undefined;
}

/** `2026-11-21 10:15 UTC` */
const minute = (unixSeconds: number): string =>
  `${new Date(unixSeconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

function fileFault(event: TytoEvent, limits: IngestLimits): Reason | undefined {
  for (const { role, name, bytes } of expectedFiles(event, '')) {
    const media = parseMediaFileName(name);
    const isRight =
      media !== undefined &&
      media.device === event.device &&
      media.camera === event.camera &&
      media.eventId === event.id &&
      media.extension === FILES[role].extension;
    if (!isRight) return reason('file.name', `"${name}" is no name for the ${role} of event ${event.id}`);
    const most = role === 'clip' ? limits.maxClip : limits.maxPicture;
    if (bytes > most) return reason('file.too-large', `the ${role} has ${bytes} bytes, at most ${most} are accepted`);
  }
  return undefined;
}

export const fileOf = (event: TytoEvent, role: FileRole): MediaFile | null => event[FILES[role].field] ?? null;

const expectedFiles = (event: TytoEvent, folder: string): readonly ExpectedFile[] =>
  ROLES.flatMap((role) => {
    const media = fileOf(event, role);
    return media === null
      ? []
      : [{ role, name: media.name, key: folder + media.name, bytes: media.bytes, sha256: media.sha256 }];
  });

/** A file as it was copied out of the landing. */
export type Copied =
  | { readonly state: 'missing' }
  /** Not copied: it has another size. */
  | { readonly state: 'other-size'; readonly bytes: number }
  | { readonly state: 'copied'; readonly sha256: string };

export interface CopiedFile { readonly expected: ExpectedFile; readonly copied: Copied }

/** @param age - How long the manifest has been there. */
export function judgeCopies(
  files: readonly CopiedFile[],
  age: Millis,
  { wait }: IngestLimits,
): { readonly verdict: 'go-on' | 'wait' } | Rejected {
  for (const {
    expected: { role, bytes, sha256 },
    copied,
  } of files) {
    if (copied.state === 'other-size')
      return reject('file.wrong-size', `the ${role} has ${copied.bytes} bytes, its manifest says ${bytes}`);
    if (copied.state === 'copied' && copied.sha256 !== sha256)
      return reject(
        'file.wrong-hash',
        `the ${role} has another SHA-256 than its manifest says: it is not what was recorded`,
      );
  }
  const missing = files
    .filter(({ copied }) => copied.state === 'missing')
    .map(({ expected }) => `the ${expected.role}`);
  if (missing.length === 0) return { verdict: 'go-on' };
  if (age < wait) return { verdict: 'wait' };
  return reject(
    'file.missing',
    `${missing.join(' and ')} did not come within ${Math.round(inSeconds(wait))} s of the manifest`,
  );
}

/** What looking into a clip brought to light: facts, or why it is none. */
export type ClipFinding =
  | {
    readonly ok: true;
    readonly facts: ClipFacts;
    /** Of its pictures; null when all decode. */
    readonly damage: ClipDamage | null;
  }
  | { readonly ok: false; readonly reason: Reason };

/**
 * Whether a device's clip is sealed by the key that its clips are sealed by: credentials alone, taken from it, make no
 * footage of it, and its own footage does not become that of another moment.
 *
 * @param seal - Of the clip, whole; undefined when it bears none.
 * @param known - Keys that are believed for this device; none before its first sealed clip.
 */
export function judgeSeal(event: TytoEvent, seal: SealFacts | undefined, known: readonly string[]): Reason | undefined {
  if (seal === undefined)
    return known.length === 0
      ? undefined
      : reason('clip.wrong-signer', `the clip is not sealed, and ${event.device} seals what it records`);
  if (known.length > 0 && !known.includes(seal.key))
    return reason(
      'clip.wrong-signer',
      `the clip is sealed by the key ${seal.key}, and not by the one known of ${event.device}: `
        + 'if the device was replaced or reset, say so with `tyto-fleet trust`',
    );
  const recorded = parseMediaFileName(seal.name);
  if (recorded === undefined || recorded.eventId === event.id) return undefined;
  return reason('clip.not-as-told', `the clip was recorded for the event ${recorded.eventId}`);
}

/** Device and server measure a clip's length by the same fragments; players differ by a picture or two. */
const DURATION_SHARE = 0.05;
const DURATION_SLACK_S = 1;

/** Whether the clip is the one that the event tells of. */
export function judgeClip(event: TytoEvent, { codec, size, duration }: ClipFacts): Reason | undefined {
  if (event.clip === null) return undefined;
  const told = event.clip;
  const length = inSeconds(duration);
  if (Math.abs(length - told.duration) > Math.max(DURATION_SLACK_S, told.duration * DURATION_SHARE)) {
    return reason(
      'clip.wrong-duration',
      `the clip lasts ${length.toFixed(1)} s, its manifest says ${told.duration.toFixed(1)} s`,
    );
  }
  if (size.width !== told.width || size.height !== told.height) {
    return reason(
      'clip.not-as-told',
      `the clip has ${size.width}x${size.height} pixels, its manifest says ${told.width}x${told.height}`,
    );
  }
  if (codecFamily(codec) !== codecFamily(told.codec))
    return reason('clip.not-as-told', `the clip is ${codec}, its manifest says ${told.codec}`);
  return undefined;
}

const codecFamily = (codec: string): string =>
  /^(?:avc|h\.?264)/i.test(codec) ? 'H.264' : /^(?:hvc|hev|h\.?265)/i.test(codec) ? 'H.265' : codec;
