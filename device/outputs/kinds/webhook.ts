/** Posts the event to a server, signed so that it can tell who sent it, and when. */
import { createHmac } from 'node:crypto';
import type { PlanOf } from '../../contract/outputs.ts';
import { bodyOf } from '../body.ts';
import { HttpClient } from '../http-client.ts';
import type { OutputParts } from '../parts.ts';
import type { Delivery, Output } from '../port.ts';

export function webhook(plan: PlanOf<'webhook'>, { words, clock }: OutputParts): Output {
  const client = new HttpClient();
  const type = plan.content_type ?? 'application/json';
  return {
    async send(delivery: Delivery, signal: AbortSignal): Promise<string> {
      const body = bodyOf(delivery, words, { template: plan.body, isJson: /\bjson\b/i.test(type) });
      const timestamp = String(Math.floor(clock.now() / 1000));
      const { status } = await client.ask({
        url: plan.url, body,
        headers: {
          'Content-Type': type, ...plan.headers, 'Idempotency-Key': delivery.key, 'X-Tyto-Timestamp': timestamp,
          ...(plan.secret === undefined ? {} : { 'X-Tyto-Signature': signatureOf(plan.secret, timestamp, body) }),
        },
      }, signal);
      return `answered with ${status}`;
    },
    async [Symbol.asyncDispose]() { client[Symbol.dispose](); },
  };
}

/**
 * HMAC-SHA256 of `<timestamp>.<body>`, each attempt with its own time: a receiver that refuses what is older than some minutes
 * cannot be told again what somebody overheard.
 */
export const signatureOf = (secret: string, timestamp: string, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
