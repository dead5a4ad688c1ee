/** Hands on what a device tells of a request for footage. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MAX_REPORT_BYTES } from '../../device/contract/mail.ts';
import { judgeReport } from './decide.ts';
import { prefixOf } from './landing-key.ts';
import { readManifest, removeManifest, type ReadManifest } from './manifest-file.ts';
import type { IngestParts, Landed, RejectionRecord } from './ports.ts';
import { finishRejection, moveToQuarantine, type Culprit } from './quarantine.ts';

/**
 * Reports, then landing: killed in between, the next run hands it on once more.
 *
 * @param folder - For copies; of this piece of work alone.
 * @returns Undefined when it was handed on, or is not there (any more).
 */
export async function ingestReport(
  landed: Landed, folder: string, parts: IngestParts, signal: AbortSignal,
): Promise<RejectionRecord | undefined> {
  const { landing, register, reports } = parts;
  const found = await readManifest(landed.key, landing, signal, MAX_REPORT_BYTES);
  if (found === undefined) return undefined;
  const delivery = `${landed.modifiedAt} ${found.fingerprint}`;
  const unfinished = await register.unfinishedRejection(landed.key);
  if (unfinished?.delivery === delivery) {
    await finishRejection(unfinished, parts, signal);
    return unfinished;
  }
  const verdict = judgeReport(landed.key, found.data);
  if (verdict.verdict === 'reject') {
    const culprits = [await culpritOf(landed.key, found, folder)];
    return moveToQuarantine({ landed, reason: verdict.reason, culprits, delivery }, folder, parts, signal);
  }
  await reports.take(prefixOf(landed.key), verdict.report);
  await removeManifest(landed.key, found.fingerprint, landing, signal);
  return undefined;
}

/** One too large to be read is not kept. */
async function culpritOf(key: string, { data, bytes }: ReadManifest, folder: string): Promise<Culprit> {
  if (data === undefined) return { key };
  const file = path.join(folder, 'report');
  await writeFile(file, data, { flush: true, mode: 0o600 });
  return { key, file, bytes };
}
