/** Does what is to be done about one object of the landing. */
import { ingestEvent, type Outcome } from './ingest-event.ts';
import { ingestOrphan } from './ingest-orphan.ts';
import { ingestReport } from './ingest-report.ts';
import type { Duty } from './landing-key.ts';
import type { IngestParts, Landed } from './ports.ts';

/**
 * @param folder - For copies; of this piece of work alone, empty.
 * @throws {TytoError} When a store or a tool fails: nothing is decided then, and it is to be tried again.
 */
export async function deal(
  duty: Duty, landed: Landed, folder: string, parts: IngestParts, signal: AbortSignal,
): Promise<Outcome> {
  switch (duty) {
    case 'event': return ingestEvent(landed, folder, parts, signal);
    case 'orphan': {
      const record = await ingestOrphan(landed, folder, parts, signal);
      return record === undefined ? { outcome: 'waiting' } : { outcome: 'rejected', record };
    }
    case 'report': {
      const record = await ingestReport(landed, folder, parts, signal);
      return record === undefined ? { outcome: 'nothing-new' } : { outcome: 'rejected', record };
    }
    case 'old-mail':
      await parts.landing.remove(landed.key, signal);
      return { outcome: 'nothing-new' };
  }
}
