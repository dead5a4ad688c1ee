/**
 * Until when somebody outside wants an event to last, whatever is seen: a person who pressed
 * record, a sensor. Pure, stream time.
 */
import { millis, type Millis } from '../core/units.ts';

const ASKED_KINDS = ['manual', 'external'] as const;
export type AskedKind = (typeof ASKED_KINDS)[number];

export type Holds = Readonly<Partial<Record<AskedKind, Millis>>>;

/** What whoever asked called it, and who that was. */
export interface Words { readonly label?: string | undefined; readonly source?: string | undefined }

export interface EventRequest {
  readonly kind: AskedKind;
  readonly at: Millis;
  readonly until: Millis;
  readonly words: Words;
}

/** Asking again prolongs, and never shortens. */
export const holdLonger = (holds: Holds, { kind, until }: Pick<EventRequest, 'kind' | 'until'>): Holds =>
  ({ ...holds, [kind]: Math.max(until, holds[kind] ?? until) });

/** `kind` holds no longer than to `at`. */
export function letGo(holds: Holds, kind: AskedKind, at: Millis): Holds {
  const until = holds[kind];
  return until === undefined || until <= at ? holds : { ...holds, [kind]: at };
}

/** The moment that the last of them holds to; long past where there is none. */
export const heldUntil = ({ manual = NEVER, external = NEVER }: Holds): Millis => millis(Math.max(manual, external));

/** What still holds at `at`. */
export const askedAt = (holds: Holds, at: Millis): readonly AskedKind[] =>
  ASKED_KINDS.filter((kind) => (holds[kind] ?? NEVER) > at);

/** What was said first stays. */
export const withWords = (known: Words, { label, source }: Words): Words =>
  ((known.label !== undefined || label === undefined) && (known.source !== undefined || source === undefined)
    ? known : { label: known.label ?? label, source: known.source ?? source });

const NEVER = millis(-Infinity);
