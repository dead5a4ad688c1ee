/** Posts each message to a server, signed as a device signs what it posts: who sent it, and when. */
import { createHmac } from 'node:crypto';
import { millis, type Millis } from '../../../device/core/units.ts';
import type { Clock } from '../../../device/runtime/clock.ts';
import type { SubscriberOf } from '../subscriber.ts';
import { TellFault, type FaultFacts, type Outcome, type Outgoing, type Publisher } from './port.ts';

const SHOWN = 120;
/** Of an answer: beyond it the connection is ended. */
const MOST_READ = 4096;

export class WebhookPublisher implements Publisher {
  readonly window = 1;
  readonly #plan: SubscriberOf<'webhook'>;
  readonly #clock: Pick<Clock, 'now'>;
  constructor(plan: SubscriberOf<'webhook'>, clock: Pick<Clock, 'now'>) {
    this.#plan = plan;
    this.#clock = clock;
  }

  async publish(messages: readonly Outgoing[], signal: AbortSignal): Promise<readonly Outcome[]> {
    for (const message of messages) await this.#post(message, signal);
    return messages.map(() => 'told');
  }

  async #post({ id, body }: Outgoing, signal: AbortSignal): Promise<void> {
    const { url, headers, secret } = this.#plan;
    const timestamp = String(Math.floor(this.#clock.now() / 1000));
    const signature = secret === undefined ? {} : { 'X-Tyto-Signature': signatureOf(secret, timestamp, body) };
    const answer = await fetch(url, {
      method: 'POST', body, signal, redirect: 'manual',
      headers: { 'Content-Type': 'application/json', 'User-Agent': 'Tyto', ...headers, 'Idempotency-Key': id, 'X-Tyto-Timestamp': timestamp, ...signature },
    }).catch((cause: unknown) => {
      signal.throwIfAborted();
      throw new TellFault('cannot be reached', { blame: 'receiver' }, { cause: cause instanceof Error ? cause.cause : cause });
    });
    const said = (await beginningOf(answer).catch(() => '')).trim().slice(0, SHOWN);
    if (answer.ok) return;
    const { status } = answer;
    throw new TellFault(`answered with ${status}${status < 400 ? '; redirects are not followed' : ''}${said === '' ? '' : `: ${said}`}`, judge(answer));
  }

  async [Symbol.asyncDispose](): Promise<void> {} // connections end by themselves
}

/** What it says at first: an answer may have no end. */
async function beginningOf({ body }: Response): Promise<string> {
  let said = '';
  for await (const part of body?.pipeThrough(new TextDecoderStream()) ?? []) if ((said += part).length > MOST_READ) break;
  return said;
}

/** Answers that speak of the server as a whole, which may be well again soon. */
const AWAY: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504]);

function judge({ status, headers }: Response): FaultFacts {
  const after = pauseOf(headers.get('retry-after'));
  if (AWAY.has(status)) return { blame: 'receiver', ...(after === undefined ? {} : { after }) };
  return { blame: status >= 500 ? 'message' : 'never' };
}

/** `Retry-After`, RFC 9110 10.2.3: seconds or a date. */
function pauseOf(header: string | null): Millis | undefined {
  if (header === null) return undefined;
  const wait = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(wait) && wait > 0 ? millis(wait) : undefined;
}

/** HMAC-SHA256 of `<timestamp>.<body>`, each attempt with its own time: what somebody overheard cannot be told again later. */
const signatureOf = (secret: string, timestamp: string, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
