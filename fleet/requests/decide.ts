/**
 * What becomes of a request: by what its device reports, by what the index has, by time, and by who takes it back.
 * Pure.
 */
import type { Report } from '../../device/contract/mail.ts';
import type { HeldFile } from '../../device/contract/manifest.ts';
import type { Millis } from '../../device/core/units.ts';
import { isOpen, type RequestRow, type RequestState, type TrailLine } from './port.ts';

/** A row as it is to be, with what its trail is to say; no line for what only went on. */
export interface Change { readonly row: RequestRow; readonly line: TrailLine | undefined }

/** Whether everything of an event is in the library. */
export type HasArrived = (event: string) => boolean;

export const isWhole = (known: { readonly held: readonly HeldFile[] } | undefined): boolean =>
  known !== undefined && known.held.length === 0;

/** Of which events it matters whether they have arrived. */
export const awaited = ({
  wanted, isSent, events,
}: Pick<RequestRow, 'wanted' | 'isSent' | 'events'>): readonly string[] =>
  ('event' in wanted ? [wanted.event] : isSent ? events : []);

/**
 * The request as its device tells of it. It may tell twice, late, or of what is over.
 * Undefined where that changes nothing.
 */
export function reported(
  row: RequestRow, { state, bytes, sent_bytes: sent, events, reason }: Report, now: Millis,
): Change | undefined {
  if (!isOpen(row.state)) return undefined;
  const told: RequestRow = {
    ...row, bytes, sentBytes: Math.min(sent, bytes), reason,
    events: [...new Set([...row.events, ...events])], isSent: row.isSent || state === 'done',
  };
  if (state === 'refused' || state === 'expired') return step(told, state, now, { who: 'device', detail: reason });
  if (state === 'accepted' && row.state !== 'asked') return { row: { ...told, changedAt: now }, line: undefined };
  // That it is done is not for the device to say: the library has it then.
  return step(told, state === 'accepted' ? 'accepted' : 'sending', now, { who: 'device', detail: '' });
}

/** What has come meanwhile, or the time, changes: whatever the device says. */
export function looked(row: RequestRow, hasArrived: HasArrived, now: Millis): Change | undefined {
  const hasCome = ('event' in row.wanted || row.isSent) && awaited(row).every(hasArrived);
  // A device tells no more of a request that is over: what it was last heard to send is then all of it.
  if (hasCome && (isOpen(row.state) || row.state === 'refused'))
    return step({ ...row, sentBytes: row.bytes }, 'done', now, { who: 'fleet', detail: row.reason });
  if (!isOpen(row.state) || now < row.until) return undefined;
  return step(
    { ...row, reason: row.reason || 'not all of it came in time' }, 'expired', now, { who: 'fleet', detail: '' },
  );
}

export const withdrawn = (row: RequestRow, who: string, now: Millis): Change | undefined =>
  (isOpen(row.state) ? step(row, 'withdrawn', now, { who, detail: '' }) : undefined);

/** What is final leaves the landing. */
function step(
  row: RequestRow, state: RequestState, now: Millis, { who, detail }: { readonly who: string; readonly detail: string },
): Change {
  return {
    row: { ...row, state, changedAt: now, mail: isOpen(state) ? row.mail : 'to-remove' },
    line: state === row.state ? undefined : { at: now, who, what: state, detail },
  };
}
