/** Posts the event to a server, signed so that it can tell who sent it, and when. */
import type { PlanOf } from '../../contract/outputs.ts';
import { signedHeaders } from '../../telling/signature.ts';
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
      const { status } = await client.ask({
        url: plan.url, body,
        headers: {
          'Content-Type': type, ...plan.headers, 'Idempotency-Key': delivery.key,
          ...signedHeaders(plan.secret, clock.now(), body),
        },
      }, signal);
      return `answered with ${status}`;
    },
    async [Symbol.asyncDispose]() { client[Symbol.dispose](); },
  };
}
