/** An SQS server in this process. It keeps the rules of queues and knows no credentials. */
import { startFauxqs } from 'fauxqs';

export interface SentMessage {
  readonly body: string;
  readonly group: string | undefined;
  readonly attributes: Readonly<Record<string, string | undefined>>;
}

export interface Sqs extends AsyncDisposable {
  readonly port: number;
  /** @returns Its address. */
  queue(name: string): string;
  /** What waits in a queue, in the order in which it came. */
  messages(name: string): readonly SentMessage[];
}

export const REGION = 'eu-central-1';

/** @param port - 0 for any. */
export async function startSqs(port = 0): Promise<Sqs> {
  const server = await startFauxqs({ port, logger: false, defaultRegion: REGION });
  return {
    port: server.port,
    queue: (name) => {
      const { queueUrl } = server.createQueue(name, {
        region: REGION, attributes: name.endsWith('.fifo') ? { FifoQueue: 'true' } : {},
      });
      return Object.assign(new URL(queueUrl), { host: `127.0.0.1:${server.port}` }).href;
    },
    messages: (
      name,
    ) => (server.inspectQueue(name)?.messages.ready ?? []).map(({ body, messageAttributes, messageGroupId }) => ({
      body, group: messageGroupId,
      attributes: Object.fromEntries(Object.entries(messageAttributes)
        .map(([key, { StringValue }]) => [key, StringValue])),
    })),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
