/** Mail by SMTP, with the picture inside. A password goes over TLS only. */
import { createTransport } from 'nodemailer';
import type { PlanOf } from '../../contract/outputs.ts';
import { noticeOf } from '../body.ts';
import type { OutputParts } from '../parts.ts';
import { DeliveryFault, type Delivery, type Output } from '../port.ts';

export function email(plan: PlanOf<'email'>, { words, pictures }: OutputParts): Output {
  const { protocol, hostname, port } = new URL(plan.server);
  const transport = createTransport({
    host: hostname, secure: protocol === 'smtps:', ...(port === '' ? {} : { port: Number(port) }),
    requireTLS: plan.user !== undefined && protocol === 'smtp:',
    ...(plan.user === undefined ? {} : { auth: { user: plan.user, pass: plan.password ?? '' } }),
    disableFileAccess: true, disableUrlAccess: true,
  });
  return {
    async send(delivery: Delivery, signal: AbortSignal): Promise<string> {
      const { title, text } = noticeOf(delivery, plan, words);
      const picture = plan.picture ? await pictures.of(delivery, signal) : undefined;
      try {
        await transport.sendMail({
          from: plan.from, to: [...plan.to], subject: title.replaceAll(/\s+/g, ' '), text, signal,
          messageId: `<${delivery.key}@${delivery.message.after.device}.tyto.invalid>`,
          ...(picture === undefined ? {}
            : { attachments: [{ filename: 'event.jpg', content: Buffer.from(picture), contentType: 'image/jpeg' }] }),
        });
      } catch (error) {
        if (signal.aborted) throw error;
        throw faultOf(error);
      }
      return picture === undefined ? 'sent' : 'sent, with picture';
    },
    async [Symbol.asyncDispose]() { transport.close(); },
  };
}

/**
 * A server that refuses this mail (5xx of RFC 5321) will do so again; one that refuses us may be told another password.
 */
function faultOf(error: unknown): DeliveryFault {
  const { code, responseCode, response } =
    error as { readonly code?: unknown; readonly responseCode?: unknown; readonly response?: unknown };
  const refused = typeof responseCode === 'number' && responseCode >= 500 && code !== 'EAUTH';
  const said = typeof response === 'string' ? `: ${response.slice(0, 120)}` : '';
  return new DeliveryFault(`the mail server does not take it (${typeof code === 'string' ? code
    : 'no answer'})${said}`, { blame: refused ? 'never' : 'receiver' });
}
