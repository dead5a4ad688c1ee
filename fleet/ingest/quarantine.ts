/** Moves what ingest does not take out of the landing, with the reason beside it. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inSeconds } from '../../device/core/units.ts';
import { answer } from './answer.ts';
import { copyObject } from './copy-object.ts';
import type { ExpectedFile } from './decide.ts';
import { isManifestKey, isText, prefixOf, quarantineFolder, quarantineName } from './landing-key.ts';
import { removeManifest } from './manifest-file.ts';
import type { IngestParts, Landed, RejectionRecord } from './ports.ts';
import type { Reason } from './reason.ts';
import { together } from './together.ts';

/** An object to be moved; `file` is our copy of it, where there is one already. */
export interface Culprit { readonly key: string; readonly file?: string; readonly bytes?: number }

const REASON_FILE = 'reason.json';

export interface Case {
  readonly landed: Landed;
  readonly reason: Reason;
  /** With the object of the case itself. */
  readonly culprits: readonly Culprit[];
  /** When it came, and, of a manifest or report, behind a space, its fingerprint. */
  readonly delivery: string;
}

/**
 * Quarantine, then index, then landing: killed anywhere between, the next run does the same again.
 * @param folder - For copies; of this piece of work alone.
 */
export async function moveToQuarantine(
  one: Case,
  folder: string,
  parts: IngestParts,
  signal: AbortSignal,
): Promise<RejectionRecord> {
  const target = quarantineFolder(one.landed.key);
  const objects: RejectionRecord['objects'][number][] = [];
  for (const culprit of one.culprits) {
    const kept = await keep(culprit, target, { folder, index: objects.length }, parts, signal);
    if (kept !== undefined) objects.push({ key: culprit.key, ...kept });
  }
  const record: RejectionRecord = {
    key: one.landed.key,
    device: prefixOf(one.landed.key),
    code: one.reason.code,
    message: one.reason.message,
    rejectedAt: parts.clock.now(),
    folder: target,
    objects,
    delivery: one.delivery,
  };
  const file = path.join(folder, REASON_FILE);
  await writeFile(file, reasonText(record), { flush: true });
  await parts.quarantine.put(target + REASON_FILE, file);
  await parts.register.reject(record);
  await finishRejection(record, parts, signal);
  return record;
}

/**
 * Takes what was rejected out of the landing, and tells its device; the manifest goes last, so that a
 * next run still knows what to do. The answer follows the files: a device that sends them again at
 * once must not meet us removing them.
 */
export async function finishRejection(
  { key, code, objects, delivery }: RejectionRecord,
  { landing, register }: IngestParts,
  signal: AbortSignal,
): Promise<void> {
  for (const object of objects) if (object.key !== key) await landing.remove(object.key, signal);
  const space = delivery.indexOf(' ');
  if (space === -1) await landing.remove(key, signal);
  else {
    const fingerprint = delivery.slice(space + 1);
    if (isManifestKey(key)) await answer(key, fingerprint, { verdict: 'refused', code }, landing, signal);
    await removeManifest(key, fingerprint, landing, signal);
  }
  await register.finishRejection(key);
}

/** Opens a file that was moved here because its manifest did not come. */
export async function openOrphan(
  key: string,
  { quarantine }: IngestParts,
): ReturnType<IngestParts['quarantine']['open']> {
  return quarantine.open(quarantineFolder(key) + quarantineName(key));
}

/** Forgets what was kept of an event, or of its files, that came well in the end. */
export async function clearQuarantine(
  manifestKey: string,
  files: readonly ExpectedFile[],
  { quarantine }: IngestParts,
): Promise<void> {
  const own = quarantineFolder(manifestKey);
  await together([
    ...['manifest.json', REASON_FILE, ...files.map(({ name }) => name)].map((name) => own + name),
    ...files.flatMap(({ key }) => [quarantineName(key), REASON_FILE].map((name) => quarantineFolder(key) + name)),
  ].map((key) => quarantine.remove(key)));
}

/** Puts an object into the quarantine. Undefined when there is none (any more). */
async function keep(
  { key, file, bytes }: Culprit,
  target: string,
  work: { readonly folder: string; readonly index: number },
  parts: IngestParts,
  signal: AbortSignal,
): Promise<{ readonly bytes: number; readonly kept: boolean } | undefined> {
  if (file !== undefined) {
    await parts.quarantine.put(target + quarantineName(key), file);
    return { bytes: bytes ?? 0, kept: true };
  }
  const copy = path.join(work.folder, `culprit-${work.index}`);
  // A manifest comes here without a file when it is too large.
  const most = isText(key) ? 0 : parts.limits.maxClip;
  const copied = await copyObject(await parts.landing.open(key, signal), copy, (size) => size <= most, signal);
  if (copied.state === 'missing') return undefined;
  if (copied.state === 'copied') await parts.quarantine.put(target + quarantineName(key), copy);
  return { bytes: copied.bytes, kept: copied.state === 'copied' };
}

const reasonText = ({ key, code, message, rejectedAt, objects }: RejectionRecord): string => `${JSON.stringify({
  key, code, message, rejected_at: inSeconds(rejectedAt), objects,
}, undefined, 2)}\n`;
