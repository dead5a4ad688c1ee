/** Notices by Pushbullet (https://docs.pushbullet.com): a picture is uploaded first, then told of. */
import { z } from 'zod';
import type { PlanOf } from '../../contract/outputs.ts';
import { jsonIn } from '../../core/json-in.ts';
import { noticeOf } from '../body.ts';
import { HttpClient } from '../http-client.ts';
import { multipart } from '../multipart.ts';
import type { OutputParts } from '../parts.ts';
import { DeliveryFault, type Delivery, type Output } from '../port.ts';

const upload = z.object({
  upload_url: z.url({ protocol: /^https?$/ }), file_url: z.string(), file_name: z.string(), file_type: z.string(),
});

export function pushbullet(plan: PlanOf<'pushbullet'>, { words, pictures }: OutputParts): Output {
  const client = new HttpClient();
  const call = (path: string, content: unknown, signal: AbortSignal) => client.ask({
    url: `${plan.server.replace(/\/$/, '')}/v2/${path}`, body: JSON.stringify(content),
    headers: { 'Content-Type': 'application/json', 'Access-Token': plan.token },
  }, signal);

  async function uploaded(picture: Uint8Array, signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
    const { body } = await call('upload-request', { file_name: 'event.jpg', file_type: 'image/jpeg' }, signal);
    const place = upload.safeParse(jsonIn(body));
    if (!place.success) throw new DeliveryFault('the answer names no place for the picture', { blame: 'message' });
    const { upload_url: url, ...file } = place.data;
    const form = multipart({}, { field: 'file', name: 'event.jpg', type: 'image/jpeg', data: picture });
    await client.ask({ url, headers: { 'Content-Type': form.contentType }, body: form.body }, signal);
    return file;
  }

  return {
    async send(delivery: Delivery, signal: AbortSignal): Promise<string> {
      const { title, text } = noticeOf(delivery, plan, words);
      const picture = plan.picture ? await pictures.of(delivery, signal) : undefined;
      const push = picture === undefined ? { type: 'note' } : { type: 'file', ...await uploaded(picture, signal) };
      await call('pushes', { ...push, title, body: text, guid: delivery.key }, signal);
      return picture === undefined ? 'sent' : 'sent, with picture';
    },
    async [Symbol.asyncDispose]() { client[Symbol.dispose](); },
  };
}
