/**
 * What programs are told: the event's message as on the bus, with what makes it a delivery; or a template of the
 * user's.
 */
import { fillTemplate, forJson } from '../contract/template.ts';
import type { Delivery } from './port.ts';
import type { Words } from './words.ts';

export const jsonBody = ({ message, key, skipped }: Delivery): string =>
  JSON.stringify({ ...message, delivery: key, skipped });

export interface BodyStyle {
  /** Undefined for `jsonBody`. */
  readonly template: string | undefined;
  /** Whether the template is JSON, so that values must be fit for that. */
  readonly isJson: boolean;
}

export const bodyOf = (delivery: Delivery, words: Words, { template, isJson }: BodyStyle): string =>
  (template === undefined ? jsonBody(delivery)
    : fillTemplate(template, words.valuesOf(delivery), isJson ? forJson : undefined));

export interface Notice { readonly title: string; readonly text: string }

/** What people are told. */
export function noticeOf(
  delivery: Delivery, { title, message }: { readonly title?: string; readonly message?: string }, words: Words,
): Notice {
  const values = words.valuesOf(delivery);
  return {
    title: fillTemplate(title ?? '{{what}}: {{event.camera}}', values),
    text: fillTemplate(message ?? '{{summary}}', values),
  };
}
