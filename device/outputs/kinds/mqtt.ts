/** A message on a topic of the device's bus. */
import type { PlanOf } from '../../contract/outputs.ts';
import { fillTemplate } from '../../contract/template.ts';
import { bodyOf } from '../body.ts';
import type { OutputParts } from '../parts.ts';
import type { Delivery, Output } from '../port.ts';

export function mqtt({ topic, body, retain }: PlanOf<'mqtt'>, { words, publish }: OutputParts): Output {
  return {
    async send(delivery: Delivery, signal: AbortSignal): Promise<string> {
      const place = fillTemplate(topic, words.valuesOf(delivery), (value) => value.replaceAll(/[#+\0]/g, '_'));
      signal.throwIfAborted();
      const timeIsUp = new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
      await Promise.race([
        timeIsUp,
        publish(place, bodyOf(delivery, words, { template: body, isJson: body?.startsWith('{') === true }), retain),
      ]);
      return 'the broker has it';
    },
    async [Symbol.asyncDispose]() {},
  };
}
