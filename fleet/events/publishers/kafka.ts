/** Puts messages into a Kafka topic: those of a device into one partition, in order, each confirmed by all replicas. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Producer, SASLOptions } from 'kafkajs';
import { describeError } from '../../../device/core/errors.ts';
import { seconds } from '../../../device/core/units.ts';
import type { FaultFacts } from '../../../device/telling/fault.ts';
import type { SubscriberOf } from '../subscriber.ts';
import { TellFault, type Outcome, type Outgoing, type Publisher } from './port.ts';
import { readTls } from './read-tls.ts';

/**
 * Answers of a broker that are about a message, by Kafka's own names
 * (https://kafka.apache.org/protocol#protocol_error_codes).
 */
const OF_THE_MESSAGE: ReadonlySet<string> = new Set([
  'MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'CORRUPT_MESSAGE', 'INVALID_RECORD', 'INVALID_TIMESTAMP',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
]);

const LAST_WORDS = seconds(1);

export class KafkaPublisher implements Publisher {
  readonly window = 200;
  readonly #plan: SubscriberOf<'kafka'>;
  #producer: Promise<Producer> | undefined;
  constructor(plan: SubscriberOf<'kafka'>) { this.#plan = plan; }

  async publish(messages: readonly Outgoing[], signal: AbortSignal): Promise<readonly Outcome[]> {
    try {
      const producer = await orAborted(this.#connected(), signal);
      await orAborted(producer.send({
        topic: this.#plan.topic, acks: -1, timeout: this.#plan.timeout,
        messages: messages.map(({ id, device, type, body }) =>
          ({ key: device, value: body, headers: { id, type, 'content-type': 'application/json' } })),
      }), signal);
      return messages.map(() => 'told');
    } catch (cause) {
      void this.#disconnect(); // it may hang on to a broker that is no more: not waited for
      signal.throwIfAborted();
      throw new TellFault(describeError(innermost(cause)), blameOf(cause));
    }
  }

  /** A broker that answers is told; one that hangs is not waited for. */
  async [Symbol.asyncDispose](): Promise<void> {
    const late = new AbortController();
    await Promise.race([this.#disconnect(), wait(LAST_WORDS, undefined, { signal: late.signal }).catch(() => {})]);
    late.abort();
  }

  #connected(): Promise<Producer> {
    this.#producer ??= this.#connect();
    return this.#producer;
  }

  async #connect(): Promise<Producer> {
    const { Kafka, Partitioners, logLevel } = await import('kafkajs');
    const { client_id: clientId, brokers, tls, sasl, timeout } = this.#plan;
    const kafka = new Kafka({
      clientId, brokers: [...brokers], logLevel: logLevel.NOTHING, connectionTimeout: timeout, requestTimeout: timeout,
      ssl: tls === false ? false : tls === true ? true : await readTls(tls),
      ...(sasl === undefined ? {} : { sasl: { ...sasl } as SASLOptions }),
      // we have our own patience; once is for a leader that moved
      retry: { retries: 1, initialRetryTime: 100, maxRetryTime: 1000 },
    });
    // One request at a time: a second one in flight could overtake a first that fails.
    const producer = kafka.producer({
      createPartitioner: Partitioners.DefaultPartitioner, maxInFlightRequests: 1, allowAutoTopicCreation: true,
    });
    await producer.connect();
    return producer;
  }

  async #disconnect(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await producer?.then((one) => one.disconnect()).catch(() => {}); // it was not connected, or is not any more
  }
}

/** What kafkajs wraps. */
const innermost = (error: unknown): unknown =>
  (error instanceof Error && error.cause instanceof Error ? innermost(error.cause) : error);

function blameOf(error: unknown): FaultFacts {
  const cause = innermost(error);
  const type = cause instanceof Error && 'type' in cause ? String(cause.type) : '';
  return { blame: OF_THE_MESSAGE.has(type) ? 'never' : 'receiver' };
}

/** kafkajs knows no signals. What it does afterwards ends with its connection. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason as Error);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', stop));
}
