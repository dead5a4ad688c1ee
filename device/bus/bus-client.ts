/** A room's connection to the bus. Reconnects for ever; says again what is retained when it comes back. */
import { connect } from 'node:net';
import { MqttClient } from 'mqtt';
import type { Log } from '../core/log.ts';
import { millis, seconds, type Millis } from '../core/units.ts';
import { makeNumbersWhenNeeded } from './packet-numbers.ts';

makeNumbersWhenNeeded('mqtt');

export interface BusOptions {
  /** `mqtt://127.0.0.1:1883` */
  readonly url: string;
  /** Tells connections apart in the broker's log. */
  readonly clientId: string;
  /** What the broker says for us when we vanish; retained, QoS 1. */
  readonly will?: { readonly topic: string; readonly payload: string };
  readonly log: Log;
}

export interface PublishOptions { readonly retain?: boolean; readonly qos?: 0 | 1 }
export type BusHandler = (payload: Buffer, topic: string, retained: boolean) => void;

/**
 * Messages that wait while the broker is away; the oldest give way. The broker is in the
 * next process: seconds, not hours.
 */
const MAX_WAITING = 1000;

interface Waiting { readonly topic: string; readonly payload: string | Buffer; readonly options: PublishOptions }

export class Bus implements AsyncDisposable {
  readonly #client: MqttClient;
  readonly #log: Log;
  readonly #handlers = new Map<string, BusHandler>();
  readonly #retained = new Map<string, Waiting>();
  #waiting: Waiting[] = [];
  #dropped = 0;

  /** Begins to connect; messages published before the connection stands are kept. */
  constructor({ url, clientId, will, log }: BusOptions) {
    this.#log = log;
    const { hostname: host, port } = new URL(url);
    // Not by the package's own `connect`, which loads all that it could connect through: TLS, WebSockets, SOCKS.
    this.#client = new MqttClient(() => connect({ host, port: Number(port) }), {
      clientId, clean: true, reconnectPeriod: millis(500), connectTimeout: seconds(5),
      queueQoSZero: false, resubscribe: false,
      ...(will === undefined ? {} : { will: { ...will, payload: Buffer.from(will.payload), qos: 1, retain: true } }),
    });
    this.#client.on('connect', () => this.#connected());
    this.#client.on('error', (error) => log.debug('bus', { reason: error.message }));
    this.#client.on('message', (topic, payload, packet) => this.#deliver(topic, payload, packet.retain));
  }

  get connected(): boolean { return this.#client.connected; }

  /** Sends, or keeps for when the broker is back. Retained topics are said again after each reconnection. */
  publish(topic: string, payload: string | Buffer, options: PublishOptions = {}): void {
    const message = { topic, payload, options };
    if (options.retain === true) this.#retained.set(topic, message);
    if (this.#client.connected) return this.#send(message);
    if (options.retain === true) return;
    this.#waiting.push(message);
    if (this.#waiting.length > MAX_WAITING) { this.#waiting.shift(); this.#dropped += 1; }
  }

  /**
   * Resolves when the broker has confirmed it; it is not said again after that.
   * @throws {Error} When the connection ends before, or does not stand.
   */
  async hand(topic: string, payload: string, { retain = false }: { readonly retain?: boolean } = {}): Promise<void> {
    if (!this.#client.connected) throw new Error('the broker is away');
    await this.#client.publishAsync(topic, payload, { retain, qos: 1 });
  }

  /**
   * Calls `handler` for each message on `filter` (MQTT wildcards allowed), retained ones included. One handler a
   * filter.
   */
  subscribe(filter: string, handler: BusHandler): void {
    this.#handlers.set(filter, handler);
    if (this.#client.connected) this.#client.subscribe(filter, { qos: 1 });
  }

  /** Resolves when the connection stands. @throws {unknown} `signal.reason` on abort. */
  async ready(signal: AbortSignal): Promise<void> {
    while (!this.#client.connected) {
      signal.throwIfAborted();
      await new Promise<void>((resolve) => {
        const done = (): void => {
          this.#client.off('connect', done);
          signal.removeEventListener('abort', done);
          resolve();
        };
        this.#client.once('connect', done);
        signal.addEventListener('abort', done, { once: true });
      });
    }
  }

  /** Says `message` as the last word in place of the will, then leaves. */
  async leave(
    message: { readonly topic: string; readonly payload: string }, deadline: Millis = seconds(1),
  ): Promise<void> {
    if (this.#client.connected) {
      await Promise.race([
        this.#client.publishAsync(message.topic, message.payload, { qos: 1, retain: true }),
        new Promise((resolve) => { setTimeout(resolve, deadline).unref(); }),
      ]).catch(() => {});
    }
    await this[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.endAsync(!this.#client.connected).catch(() => {});
  }

  #connected(): void {
    for (const filter of this.#handlers.keys()) this.#client.subscribe(filter, { qos: 1 });
    for (const message of this.#retained.values()) this.#send(message);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const message of waiting) this.#send(message);
    if (this.#dropped > 0)
      this.#log.warn('messages were dropped while the broker was away', { dropped: this.#dropped });
    this.#dropped = 0;
  }

  #send({ topic, payload, options: { retain = false, qos = 0 } }: Waiting): void {
    this.#client.publish(topic, payload, { retain, qos }, (error) => {
      if (error) this.#log.debug('a message was not delivered', { topic, reason: error.message });
    });
  }

  #deliver(topic: string, payload: Buffer, retained: boolean): void {
    for (const [filter, handler] of this.#handlers) {
      if (!topicMatches(filter, topic)) continue;
      try {
        handler(payload, topic, retained);
      } catch (error) {
        this.#log.error('a handler failed', { topic, error });
      }
    }
  }
}

/** MQTT 3.1.1, 4.7: `+` stands for one level, `#` for all that follow. */
export function topicMatches(filter: string, topic: string): boolean {
  const levels = topic.split('/');
  const parts = filter.split('/');
  const rest = parts.indexOf('#');
  if (rest < 0 && parts.length !== levels.length) return false;
  return parts.every((part, index) => part === '#' || (part === '+' && index < levels.length) || part === levels[index]
    || (rest >= 0 && index > rest));
}
