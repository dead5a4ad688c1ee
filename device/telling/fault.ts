/** Why a receiver could not be told something, and so what is to be done about it. */
import { RemoteError } from '../core/errors.ts';
import { millis, type Millis } from '../core/units.ts';

export interface FaultFacts {
  /**
   * - `receiver`: it is away, or overloaded: tried again, in order.
   * - `message`: it may be this one that the receiver cannot digest: tried a few times, then put aside.
   * - `never`: refused for good: put aside at once.
   */
  readonly blame: 'receiver' | 'message' | 'never';
  /** How long the receiver asks to be left alone. */
  readonly after?: Millis;
}

/** Something could not be told. The message is for people and names no password. */
export abstract class ReceiverFault extends RemoteError {
  readonly facts: FaultFacts;
  constructor(code: string, message: string, facts: FaultFacts, options?: ErrorOptions) {
    super(code, message, options);
    this.facts = facts;
  }
}

/** Failures of a receiver that answers, after which the message is taken to be at fault. */
const MOST_ATTEMPTS = 8;

/** Whether to put it aside rather than to try again. @param attempts - Failures so far, this one counted. */
export const isHopeless = ({ blame }: FaultFacts, attempts: number): boolean =>
  blame === 'never' || (blame === 'message' && attempts >= MOST_ATTEMPTS);

/** Answers that speak of the server as a whole, which may be well again soon. */
const AWAY: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504]);
const SHOWN = 120;

/** An answer over HTTP that is no 2xx. */
export interface Refusal {
  readonly status: number;
  /** The beginning of its body, at least. */
  readonly said: string;
  /** Its header `Retry-After`. */
  readonly retryAfter: string | null | undefined;
}

/** What it says, in words and as facts. Redirects are taken for refusals. */
export function judgeRefusal({
  status, said, retryAfter,
}: Refusal): { readonly reason: string; readonly facts: FaultFacts } {
  const shown = said.trim().slice(0, SHOWN);
  const redirects = status < 400 ? '; redirects are not followed' : '';
  const reason = `answered with ${status}${redirects}${shown === '' ? '' : `: ${shown}`}`;
  if (!AWAY.has(status)) return { reason, facts: { blame: status >= 500 ? 'message' : 'never' } };
  const after = pauseOf(retryAfter);
  return { reason, facts: { blame: 'receiver', ...(after === undefined ? {} : { after }) } };
}

/** `Retry-After`, RFC 9110 10.2.3: seconds or a date. */
function pauseOf(header: string | null | undefined): Millis | undefined {
  if (header == null) return undefined;
  const wait = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(wait) && wait > 0 ? millis(wait) : undefined;
}
