/** Notices by a Telegram bot (https://core.telegram.org/bots/api): with picture `sendPhoto`, else `sendMessage`. */
import type { PlanOf } from '../../contract/outputs.ts';
import { noticeOf } from '../body.ts';
import { HttpClient } from '../http-client.ts';
import { multipart } from '../multipart.ts';
import type { OutputParts } from '../parts.ts';
import type { Delivery, Output } from '../port.ts';

/** Of a caption. */
const MOST_CHARACTERS = 1024;

export function telegram(plan: PlanOf<'telegram'>, { words, pictures }: OutputParts): Output {
  const client = new HttpClient();
  const address = (method: string): string => `${plan.server.replace(/\/$/, '')}/bot${plan.token}/${method}`;
  return {
    async send(delivery: Delivery, signal: AbortSignal): Promise<string> {
      const { title, text } = noticeOf(delivery, plan, words);
      const caption = `${title}\n${text}`.slice(0, MOST_CHARACTERS);
      const picture = plan.picture ? await pictures.of(delivery, signal) : undefined;
      if (picture === undefined) {
        await client.ask({
          url: address('sendMessage'), headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ chat_id: plan.chat, text: caption }),
        }, signal);
        return 'sent';
      }
      const { body, contentType } = multipart({ chat_id: plan.chat, caption: caption }, {
        field: 'photo', name: 'event.jpg', type: 'image/jpeg', data: picture,
      });
      await client.ask({ url: address('sendPhoto'), headers: { 'Content-Type': contentType }, body }, signal);
      return 'sent, with picture';
    },
    async [Symbol.asyncDispose]() { client[Symbol.dispose](); },
  };
}
