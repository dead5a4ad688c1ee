/** Sends messages to an SQS queue, ten at a time. In a FIFO queue those of a device keep their order. */
import type { SendMessageBatchRequestEntry, SQSClient } from '@aws-sdk/client-sqs';
import { describeError } from '../../../device/core/errors.ts';
import type { FaultFacts } from '../../../device/telling/fault.ts';
import type { SubscriberOf } from '../subscriber.ts';
import { TellFault, type Outcome, type Outgoing, type Publisher } from './port.ts';

/** Of one request: SQS takes no more. */
const MOST_ENTRIES = 10;
const MOST_BYTES = 256 * 1024;

interface Parcel { readonly index: number; readonly message: Outgoing }

export class SqsPublisher implements Publisher {
  readonly window = 100;
  readonly #plan: SubscriberOf<'sqs'>;
  readonly #isFifo: boolean;
  #client: Promise<SQSClient> | undefined;
  constructor(plan: SubscriberOf<'sqs'>) {
    this.#plan = plan;
    this.#isFifo = new URL(plan.queue).pathname.endsWith('.fifo');
  }

  async publish(messages: readonly Outgoing[], signal: AbortSignal): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = messages.map(() => 'later');
    const held = new Set<string>(); // devices of which one has failed: those behind it would overtake it
    for (const batch of batchesOf(messages, this.#isFifo)) {
      const parcels = batch.filter(({ message }) => !held.has(message.device));
      if (parcels.length === 0) continue;
      const faults = await this.#send(parcels, signal);
      parcels.forEach(({ index, message }, position) => {
        const fault = faults.get(position);
        outcomes[index] = fault ?? 'told';
        if (fault !== undefined && fault.facts.blame === 'receiver' && this.#isFifo) held.add(message.device);
      });
    }
    return outcomes;
  }

  async [Symbol.asyncDispose](): Promise<void> { (await this.#client)?.destroy(); }

  /** @returns What failed, by place. */
  async #send(parcels: readonly Parcel[], signal: AbortSignal): Promise<ReadonlyMap<number, TellFault>> {
    try {
      const { SendMessageBatchCommand } = await import('@aws-sdk/client-sqs');
      this.#client ??= this.#connect();
      const { Failed = [] } = await (await this.#client).send(
        new SendMessageBatchCommand({
          QueueUrl: this.#plan.queue, Entries: parcels.map(({ message }, position) => this.#entry(message, position)),
        }),
        { abortSignal: signal },
      );
      return new Map(Failed.map(({ Id, Code = '', Message = '', SenderFault = false }) =>
        [Number(Id), new TellFault(
          `${Code} ${Message}`.trim(), { blame: SenderFault && !isThrottle(Code) ? 'never' : 'receiver' },
        )]));
    } catch (cause) {
      signal.throwIfAborted();
      const fault = new TellFault(`${nameOf(cause)}: ${describeError(cause)}`, blameOf(cause, parcels.length));
      return new Map(parcels.map((_, position) => [position, fault]));
    }
  }

  #entry({ id, device, type, body }: Outgoing, position: number): SendMessageBatchRequestEntry {
    const text = (StringValue: string) => ({ DataType: 'String', StringValue });
    return {
      Id: String(position), MessageBody: body,
      MessageAttributes: { id: text(id), type: text(type), device: text(device) },
      ...(this.#isFifo ? { MessageGroupId: fit(device), MessageDeduplicationId: fit(id) } : {}),
    };
  }

  async #connect(): Promise<SQSClient> {
    const { SQSClient: Client } = await import('@aws-sdk/client-sqs');
    const { queue, region, access_key_id: accessKeyId, secret_access_key: secretAccessKey } = this.#plan;
    return new Client({
      region, endpoint: new URL(queue).origin, maxAttempts: 1, // we have our own patience
      ...(accessKeyId === undefined || secretAccessKey === undefined ? {}
        : { credentials: { accessKeyId, secretAccessKey } }),
    });
  }
}

/**
 * In order, each within what one request may hold. Of a FIFO queue no request has two of one device: should the first
 * fail and the second not, they would have changed places.
 */
function* batchesOf(messages: readonly Outgoing[], isFifo: boolean): Generator<readonly Parcel[]> {
  let batch: Parcel[] = [];
  let bytes = 0;
  for (const [index, message] of messages.entries()) {
    const size = Buffer.byteLength(message.body) + 1024; // its attributes, amply
    const isFull = batch.length === MOST_ENTRIES
      || bytes + size > MOST_BYTES
      || (isFifo && batch.some((one) => one.message.device === message.device));
    if (isFull && batch.length > 0) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push({ index, message });
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

/** 128 characters, printable: what SQS takes for groups and ids. A longer one keeps its end, where ids differ. */
const fit = (text: string): string => text.replaceAll(/[^\x21-\x7e]/g, '-').slice(-128);

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'error');
const isThrottle = (code: string): boolean => /throttl/i.test(code);

/**
 * Refusals of what was sent; all others, credentials and queues that are not there among them, are mended elsewhere.
 */
function blameOf(error: unknown, count: number): FaultFacts {
  const isOurs = /^(?:InvalidMessageContents|BatchRequestTooLong|InvalidParameterValue|InvalidBatchEntryId)/.test(
    nameOf(error).replace(/^.*\./, ''),
  );
  return { blame: isOurs ? (count > 1 ? 'message' : 'never') : 'receiver' };
}
