/** How footage on demand is asked for over HTTP, and what is shown of it, whoever asks. */
import { parseDuration } from '../core/duration.ts';
import { hours, inSeconds, minutes, type Millis } from '../core/units.ts';
import type { RequestStateView, RequestView } from './fleet-api.ts';

/** Either all files of an event, or all footage that overlaps a time: unix seconds. */
export type WantedFootage = { readonly event: string } | { readonly from: number; readonly to: number };

export interface AskedFootage {
  readonly id: string;
  readonly device: string;
  /** `owner`, `account farm`, `rule front`. */
  readonly who: string;
  readonly askedAt: Millis;
  readonly wanted: WantedFootage;
  readonly until: Millis;
  readonly state: RequestStateView;
  readonly bytes: number;
  readonly sentBytes: number;
  readonly events: readonly string[];
  readonly reason: string;
  readonly changedAt: Millis;
}

/** Who keeps the requests. */
export interface FootageRequests {
  /** @throws {TytoError} With a code of `REFUSED_REQUESTS` when it is not asked. */
  ask(
    device: string, wanted: WantedFootage, by: { readonly who: string; readonly lasts?: Millis },
  ): Promise<{ readonly row: AskedFootage; readonly isNew: boolean }>;
  /** @returns It as it is now; undefined when there is none of this id. */
  withdraw(id: string, who: string): Promise<AskedFootage | undefined>;
  get(id: string): Promise<{ readonly row: AskedFootage } | undefined>;
  /** Newest first. */
  list(
    query: { readonly device?: string; readonly event?: string; readonly before?: string; readonly limit: number },
  ): Promise<readonly AskedFootage[]>;
}

/** HTTP status of what is not asked, by the code of its error. */
export const REFUSED_REQUESTS: Readonly<Record<string, number>> = {
  'requests.unknown-event': 404, 'requests.nothing-held': 409, 'requests.bad-time': 400, 'requests.too-many': 429,
};

/** Undefined unless it is either an event or a time. */
export function wantedFootage(
  { event, from, to }: { readonly event?: string; readonly from?: number; readonly to?: number },
): WantedFootage | undefined {
  if (event !== undefined) return from === undefined && to === undefined ? { event } : undefined;
  return from !== undefined && to !== undefined ? { from, to } : undefined;
}

const [SHORTEST, LONGEST] = [minutes(1), hours(90 * 24)];

/** How long somebody waits for it: from `1m` to `90d`. Undefined when `text` is none of that. */
export function requestLasts(text: string): Millis | undefined {
  const value = parseDuration(text);
  return value !== undefined && value >= SHORTEST && value <= LONGEST ? value : undefined;
}

/** As page and APIs show it. */
export const requestView = (
  { id, device, who, askedAt, wanted, until, state, bytes, sentBytes, events, reason, changedAt }: AskedFootage,
): RequestView => ({
  id, device, who, asked_at: inSeconds(askedAt), until: inSeconds(until), state, bytes, sent_bytes: sentBytes,
  events, reason, changed_at: inSeconds(changedAt),
  ...('event' in wanted ? { event: wanted.event, from: null, to: null } : { event: null, ...wanted }),
});
