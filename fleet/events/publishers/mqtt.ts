/** Publishes messages at QoS 1: each is told once the broker has confirmed it. */
import type { IClientOptions, MqttClient } from 'mqtt';
import { systemCode } from '../../../device/core/errors.ts';
import { TYTO_VERSION } from '../../../device/contract/version.ts';
import type { SubscriberOf } from '../subscriber.ts';
import { TellFault, type Outcome, type Outgoing, type Publisher } from './port.ts';
import { readTls } from './read-tls.ts';

export class MqttPublisher implements Publisher {
  readonly window = 50;
  readonly #plan: SubscriberOf<'mqtt'>;
  #client: MqttClient | undefined;
  constructor(plan: SubscriberOf<'mqtt'>) { this.#plan = plan; }

  async publish(messages: readonly Outgoing[], signal: AbortSignal): Promise<readonly Outcome[]> {
    const client = await this.#connected(signal);
    const { topic, retain } = this.#plan;
    try {
      await untilClosed(client, signal, Promise.all(messages.map(({ device, type, body, id }) =>
        client.publishAsync(fill(topic, { device, type }), body, {
          qos: 1, retain, properties: { contentType: 'application/json', userProperties: { id } },
        }))));
      return messages.map(() => 'told');
    } catch (cause) {
      this.#drop();
      signal.throwIfAborted();
      throw faultOf(cause);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> { this.#drop(); }

  async #connected(signal: AbortSignal): Promise<MqttClient> {
    if (this.#client?.connected === true) return this.#client;
    this.#drop();
    const { default: { connect } } = await import('mqtt');
    const { url, username, password, client_id: clientId, tls = {}, timeout } = this.#plan;
    const options: IClientOptions = {
      protocolVersion: 5, reconnectPeriod: 0, connectTimeout: timeout, clean: true, ...await readTls(tls),
      ...(clientId === undefined ? {} : { clientId }),
      ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }),
      properties: { userProperties: { program: `tyto-fleet ${TYTO_VERSION}` } },
    };
    const client = connect(url, options);
    this.#client = client;
    client.on('error', () => {}); // told by whoever waits
    const greeted = Promise.withResolvers<void>();
    client.once('connect', () => greeted.resolve()).once('error', greeted.reject);
    try {
      await untilClosed(client, signal, greeted.promise);
      return client;
    } catch (cause) {
      this.#drop();
      signal.throwIfAborted();
      throw faultOf(cause);
    }
  }

  #drop(): void {
    this.#client?.end(true);
    this.#client = undefined;
  }
}

/** A connection that breaks settles nothing of what was under way on it. */
function untilClosed<T>(client: MqttClient, signal: AbortSignal, work: Promise<T>): Promise<T> {
  const broken = Promise.withResolvers<never>();
  const onClose = (): void => broken.reject(new Error('the connection was closed'));
  const onAbort = (): void => broken.reject(signal.reason as Error);
  if (signal.aborted) onAbort();
  client.once('close', onClose);
  signal.addEventListener('abort', onAbort, { once: true });
  return Promise.race([work, broken.promise]).finally(() => {
    client.off('close', onClose);
    signal.removeEventListener('abort', onAbort);
    work.catch(() => {}); // it ends with the connection
  });
}

const faultOf = (cause: unknown): TellFault =>
  new TellFault(systemCode(cause) === undefined && cause instanceof Error ? cause.message
    : `cannot be reached (${systemCode(cause) ?? 'no connection'})`, { blame: 'receiver' });

/**
 * A device is named by a key in the landing, which may hold anything: brokers end the
 * connection over what no topic may hold.
 */
const fill = (topic: string, { device, type }: { readonly device: string; readonly type: string }): string =>
  topic.replaceAll('{device}', device.replaceAll(/[^\p{L}\p{M}\p{N}._ -]/gu, '-')).replaceAll('{type}', type);
