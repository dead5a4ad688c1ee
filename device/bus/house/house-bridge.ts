/**
 * Joins the device's own broker to the broker of the house: what the device says goes there, what may be asked of it comes from
 * there. The device works on whatever becomes of that broker.
 */
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { backoffDelay } from '../../core/backoff.ts';
import { describeError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { millis, seconds } from '../../core/units.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { BusHandler, PublishOptions } from '../bus-client.ts';
import { CommandGate } from './command-gate.ts';
import type { DiscoveryMessage } from './discovery.ts';
import type { Outbox } from './outbox.ts';
import { kindOf } from './retained.ts';

type Credentials = 'username' | 'password' | 'ca' | 'cert' | 'key';

export interface HouseBroker {
  /** `mqtt://`, `mqtts://`, `ws://` or `wss://`, without user and password. */
  readonly url: string;
  readonly options: Pick<IClientOptions, Credentials>;
  /** Of the device's topics there. */
  readonly prefix: string;
}

export interface HouseBridgeParts {
  readonly house: HouseBroker;
  /** The device's own bus. */
  readonly bus: { publish(topic: string, payload: Buffer, options?: PublishOptions): void; subscribe(filter: string, handler: BusHandler): void };
  readonly localPrefix: string;
  readonly outbox: Outbox;
  readonly device: string;
  /** What Home Assistant is told, in order; told again when it begins. Undefined without discovery. */
  readonly discovery: { readonly birthTopic: string; readonly messages: () => readonly DiscoveryMessage[] } | undefined;
  readonly onState: (state: HouseState) => void;
  /** How often the connection may break on one message before that is passed over. Default 20. */
  readonly mostBreaks?: number;
  readonly clock: Clock;
  readonly log: Log;
}

export interface HouseState { readonly connected: boolean; readonly waiting: number; readonly dropped: number; readonly problem: string | null }

const RECONNECT = { first: seconds(1), most: seconds(60) };
const BATCH = 100;
/** What the device says of this very connection: nothing for the other side of it. */
export const HOUSE = 'house';
const CONNECT_WITHIN = seconds(15);
/** An idle connection that has died is noticed within one and a half times this. Seconds. */
const KEEP_ALIVE = 30;
/** A message at which the broker closed the connection so often is one that it will never take. */
const MOST_BREAKS = 20;

export class HouseBridge {
  readonly #parts: HouseBridgeParts;
  readonly #gate: CommandGate;
  /** The latest of each topic that tells a state, by the topic below the prefix. */
  readonly #states = new Map<string, Buffer>();
  #client: MqttClient | undefined;
  #isSending = false;
  /** The message that goes out just now, and how often the connection broke on it. */
  #underWay: { readonly id: number; readonly topic: string; readonly packet: number; breaks: number } | undefined;
  #failures = 0;
  /** Whether the broker accepted the connection of now. */
  #stood = false;
  #problem: string | null = null;
  constructor(parts: HouseBridgeParts) {
    this.#parts = parts;
    this.#gate = new CommandGate({ clock: parts.clock, log: parts.log });
  }

  get #mostBreaks(): number { return this.#parts.mostBreaks ?? MOST_BREAKS; }

  get state(): HouseState {
    const { waiting, dropped } = this.#parts.outbox;
    return { connected: this.#client?.connected === true, waiting, dropped, problem: this.#problem };
  }

  /** Runs until `signal` aborts. Never throws for what the house's broker does. */
  async run(signal: AbortSignal): Promise<void> {
    const { bus, localPrefix, house, device } = this.#parts;
    bus.subscribe(`${localPrefix}/#`, (payload, topic, retained) => this.#heardHere(topic.slice(localPrefix.length + 1), payload, retained));
    bus.publish(`${localPrefix}/onConnect`, Buffer.alloc(0), { qos: 1 }); // what is not retained is said again
    // One client for all connections, in one session: it knows what of a message was under way when a connection broke.
    const client = connect(house.url, {
      ...house.options, clientId: `tyto-${device}`, clean: false, reconnectPeriod: RECONNECT.first, connectTimeout: CONNECT_WITHIN, keepalive: KEEP_ALIVE,
      resubscribe: false, queueQoSZero: false,
      will: { topic: `${house.prefix}/available`, payload: Buffer.from('offline'), qos: 1, retain: true },
    });
    this.#client = client;
    client.on('error', (error) => this.#failed(reasonOf(error)));
    client.on('close', () => this.#closed(client));
    // `connect` comes only when what was under way before has gone out.
    client.on('packetreceive', ({ cmd }) => { if (cmd === 'connack') this.#stood = true; });
    client.on('connect', () => this.#connected());
    client.on('message', (topic, payload, { retain }) => this.#heardThere(topic, payload, retain));
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await this.#leave(client);
  }

  /** Says what Home Assistant is to know: zones or lines may have changed. */
  tellDiscovery(): void {
    for (const { topic, payload } of this.#parts.discovery?.messages() ?? []) this.#publish(topic, Buffer.from(payload), true);
  }

  #closed(client: MqttClient): void {
    this.#failures += 1;
    if (this.#stood) this.#blame(client);
    this.#stood = false;
    client.options.reconnectPeriod = backoffDelay(RECONNECT, this.#failures, Math.random());
    this.#failed(this.#problem ?? 'the connection was closed');
    this.#tellState();
  }

  #connected(): void {
    const { house, discovery, log } = this.#parts;
    if (this.#problem !== null) log.info('the house\'s broker is back');
    else log.info('joined the house\'s broker');
    this.#problem = null;
    this.#failures = 0;
    const filters = [...CommandGate.filters(house.prefix), ...(discovery === undefined ? [] : [discovery.birthTopic])];
    this.#client?.subscribe(filters, { qos: 1 });
    this.#sayAll();
    this.#send();
    this.#tellState();
  }

  /** All that is known: whoever listens anew knows it, too. */
  #sayAll(): void {
    this.tellDiscovery();
    for (const [below, payload] of this.#states) this.#publishState(below, payload);
  }

  #heardHere(below: string, payload: Buffer, retained: boolean): void {
    if (CommandGate.isCommand(below) || below === HOUSE || below === 'onConnect') return;
    const kind = kindOf(below);
    if (kind === 'message') {
      if (retained) return;
      this.#parts.outbox.add(below, payload);
      if (this.#client?.connected === true) return this.#send();
      return this.#tellState();
    }
    this.#states.set(below, payload);
    if (this.#client?.connected === true) this.#publishState(below, payload);
  }

  #heardThere(topic: string, payload: Buffer, retained: boolean): void {
    const { house, bus, localPrefix, discovery } = this.#parts;
    if (topic === discovery?.birthTopic) {
      if (payload.toString() === 'online') this.#sayAll();
      return;
    }
    const below = topic.slice(house.prefix.length + 1);
    if (this.#gate.lets(below, payload, retained)) bus.publish(`${localPrefix}/${below}`, payload, { qos: 1 });
  }

  #publishState(below: string, payload: Buffer): void {
    this.#publish(`${this.#parts.house.prefix}/${below}`, payload, kindOf(below) === 'kept');
  }

  #publish(topic: string, payload: Buffer, retain: boolean): void {
    this.#client?.publish(topic, payload, { qos: 1, retain }, (error) => {
      if (error) this.#parts.log.debug('the house\'s broker did not take a message', { topic, reason: reasonOf(error) });
    });
  }

  /** Sends what waits, one after the other; each is deleted when the broker has it. */
  #send(): void {
    if (this.#isSending || this.#client?.connected !== true) return;
    this.#isSending = true;
    this.#sendAll(this.#client).then(() => {
      this.#isSending = false;
      if (this.#parts.outbox.waiting > 0) this.#send(); // it came while the last one went out
    }, (error: unknown) => {
      this.#isSending = false;
      this.#parts.log.debug('messages wait for the house\'s broker', { reason: describeError(error) });
    });
  }

  async #sendAll(client: MqttClient): Promise<void> {
    const { outbox, house } = this.#parts;
    while (client.connected) {
      const messages = outbox.next(BATCH);
      if (messages.length === 0) return;
      for (const { id, topic, payload } of messages) {
        await this.#deliver(client, `${house.prefix}/${topic}`, { id, payload });
        outbox.sent(id);
      }
      this.#tellState();
    }
  }

  /**
   * Quality 2: the broker has it exactly once, also when the connection breaks in the middle of it. Resolves when it has, or when it
   * will never take it.
   */
  async #deliver(client: MqttClient, topic: string, { id, payload }: { readonly id: number; readonly payload: Uint8Array }): Promise<void> {
    const sent = client.publishAsync(topic, Buffer.from(payload), { qos: 2 });
    this.#underWay = { id, topic, packet: client.getLastMessageId(), breaks: 0 };
    try {
      await sent;
    } catch (error) {
      if (this.#underWay.breaks < this.#mostBreaks) throw error;
      this.#parts.log.error('the house\'s broker closes the connection at this message: it is passed over', { topic, bytes: payload.byteLength });
    } finally {
      this.#underWay = undefined;
    }
  }

  /** The connection broke: perhaps for the message that was going out. */
  #blame(client: MqttClient): void {
    if (this.#underWay === undefined) return;
    this.#underWay.breaks += 1;
    if (this.#underWay.breaks >= this.#mostBreaks) client.removeOutgoingMessage(this.#underWay.packet);
  }

  async #leave(client: MqttClient): Promise<void> {
    if (client.connected) {
      const said = client.publishAsync(`${this.#parts.house.prefix}/available`, 'stopped', { qos: 1, retain: true });
      await Promise.race([said, new Promise((resolve) => { setTimeout(resolve, millis(500)).unref(); })]).catch(() => {});
    }
    client.end(true);
  }

  #failed(problem: string): void {
    if (problem !== this.#problem) this.#parts.log.warn('the house\'s broker cannot be reached; the device works on, and events wait for it', { reason: problem });
    this.#problem = problem;
  }

  #tellState(): void { this.#parts.onState(this.state); }
}

function reasonOf(error: Error): string {
  const code = 'code' in error ? String(error.code) : '';
  return code !== '' && !error.message.includes(code) ? `${error.message} (${code})` : error.message;
}
