/**
 * Makes the publisher of a subscriber. It connects when it is first handed something; the package of a kind loads then.
 */
import type { Clock } from '../../../device/runtime/clock.ts';
import type { SubscriberPlan } from '../subscriber.ts';
import { KafkaPublisher } from './kafka.ts';
import { MqttPublisher } from './mqtt.ts';
import type { Publisher } from './port.ts';
import { SqsPublisher } from './sqs.ts';
import { WebhookPublisher } from './webhook.ts';

export function openPublisher(plan: SubscriberPlan, clock: Pick<Clock, 'now'>): Publisher {
  switch (plan.type) {
    case 'kafka': return new KafkaPublisher(plan);
    case 'sqs': return new SqsPublisher(plan);
    case 'mqtt': return new MqttPublisher(plan);
    case 'webhook': return new WebhookPublisher(plan, clock);
  }
}
