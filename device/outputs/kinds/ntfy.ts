/** Notices by ntfy (https://docs.ntfy.sh/publish): the picture is the body, the words are headers. */
import type { PlanOf } from '../../contract/outputs.ts';
import { noticeOf } from '../body.ts';
import { HttpClient } from '../http-client.ts';
import type { OutputParts } from '../parts.ts';
import type { Delivery, Output } from '../port.ts';

export function ntfy(plan: PlanOf<'ntfy'>, { words, pictures }: OutputParts): Output {
  const client = new HttpClient();
  return {
    async send(delivery: Delivery, signal: AbortSignal): Promise<string> {
      const { title, text } = noticeOf(delivery, plan, words);
      const picture = plan.picture ? await pictures.of(delivery, signal) : undefined;
      const headers = {
        'Title': encoded(title), 'Priority': String(plan.priority), 'Tags': 'camera',
        ...(plan.token === undefined ? {} : { Authorization: `Bearer ${plan.token}` }),
      };
      const { status } = await client.ask({
        url: new URL(encodeURIComponent(plan.topic), withSlash(plan.server)).href,
        method: picture === undefined ? 'POST' : 'PUT',
        ...(picture === undefined ? { headers, body: text }
          : { headers: { ...headers, Message: encoded(text), Filename: 'event.jpg' }, body: picture }),
      }, signal);
      return `answered with ${status}${picture === undefined ? '' : ', with picture'}`;
    },
    async [Symbol.asyncDispose]() { client[Symbol.dispose](); },
  };
}

const withSlash = (address: string): string => (address.endsWith('/') ? address : `${address}/`);

/** Headers are ASCII; ntfy decodes RFC 2047, each word of at most 75 characters. */
function encoded(text: string): string {
  const plain = text.replaceAll(/\s+/g, ' ').trim();
  if (/^[\x20-\x7e]*$/.test(plain)) return plain;
  const words: string[] = [];
  let piece = '';
  for (const character of plain) { // whole characters: a word must be sound by itself
    if (Buffer.byteLength(piece + character) > 42) { words.push(piece); piece = ''; }
    piece += character;
  }
  return [...words, piece].map((part) => `=?UTF-8?B?${Buffer.from(part).toString('base64')}?=`).join(' ');
}
