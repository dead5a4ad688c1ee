/** Makes the output that a plan describes. Each kind is loaded only where one is asked for. */
import type { OutputPlan } from '../contract/outputs.ts';
import type { OutputParts } from './parts.ts';
import type { Output } from './port.ts';

export async function openOutput(plan: OutputPlan, parts: OutputParts): Promise<Output> {
  switch (plan.type) {
    case 'webhook': return (await import('./kinds/webhook.ts')).webhook(plan, parts);
    case 'script': return (await import('./kinds/script.ts')).script(plan, parts);
    case 'tcp': return (await import('./kinds/tcp.ts')).tcp(plan, parts);
    case 'mqtt': return (await import('./kinds/mqtt.ts')).mqtt(plan, parts);
    case 'ntfy': return (await import('./kinds/ntfy.ts')).ntfy(plan, parts);
    case 'pushbullet': return (await import('./kinds/pushbullet.ts')).pushbullet(plan, parts);
    case 'telegram': return (await import('./kinds/telegram.ts')).telegram(plan, parts);
    case 'email': return (await import('./kinds/email.ts')).email(plan, parts);
    case 'gpio': return (await import('./kinds/gpio.ts')).gpio(plan, parts);
  }
}
