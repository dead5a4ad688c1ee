/** Posts each message to a server, signed as a device signs what it posts: who sent it, and when. */
import type { Clock } from '../../../device/runtime/clock.ts';
import { judgeRefusal } from '../../../device/telling/fault.ts';
import { signedHeaders } from '../../../device/telling/signature.ts';
import type { SubscriberOf } from '../subscriber.ts';
import { TellFault, type Outcome, type Outgoing, type Publisher } from './port.ts';

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
    const answer = await fetch(url, {
      method: 'POST', body, signal, redirect: 'manual',
      headers: {
        'Content-Type': 'application/json', 'User-Agent': 'Tyto', ...headers, 'Idempotency-Key': id,
        ...signedHeaders(secret, this.#clock.now(), body),
      },
    }).catch((cause: unknown) => {
      signal.throwIfAborted();
      throw new TellFault('cannot be reached', { blame: 'receiver' }, {
        cause: cause instanceof Error ? cause.cause : cause,
      });
    });
    const said = await beginningOf(answer).catch(() => '');
    if (answer.ok) return;
    const { reason, facts } = judgeRefusal({
      status: answer.status, said, retryAfter: answer.headers.get('retry-after'),
    });
    throw new TellFault(reason, facts);
  }

  async [Symbol.asyncDispose](): Promise<void> {} // connections end by themselves
}

/** What it says at first: an answer may have no end. */
async function beginningOf({ body }: Response): Promise<string> {
  let said = '';
  for await (const part of body?.pipeThrough(new TextDecoderStream()) ?? [])
    if ((said += part).length > MOST_READ) break;
  return said;
}
