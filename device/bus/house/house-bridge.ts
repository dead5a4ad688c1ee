/**
 * Joins the device's own broker to the broker of the house: what the device says goes there, what may be asked of it
 * comes from there. The device works on whatever becomes of that broker.
 */
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { backoffDelay } from '../../core/backoff.ts';
import type { Log } from '../../core/log.ts';
import { millis, minutes, seconds } from '../../core/units.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { BusHandler, PublishOptions } from '../bus-client.ts';
import { CommandGate } from './command-gate.ts';
import type { DiscoveryMessage } from './discovery.ts';
import { HouseLane } from './house-lane.ts';
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
  readonly bus: { publish(topic: string, payload: Buffer, options?: PublishOptions): void; subscribe(
    filter: string, handler: BusHandler,
  ): void };
  readonly localPrefix: string;
  readonly outbox: Outbox;
  readonly device: string;
  /** Topics of the house, in full, that the device wants to know the latest of: who is at home. */
  readonly presence: readonly string[];
  /** What Home Assistant is told, in order; told again when it begins. Undefined without discovery. */
  readonly discovery: { readonly birthTopic: string; readonly messages: () => readonly DiscoveryMessage[] } | undefined;
  readonly onState: (state: HouseState) => void;
  /** As `HouseLaneParts.mostBreaks`. */
  readonly mostBreaks?: number;
  readonly clock: Clock;
  readonly log: Log;
}

export interface HouseState {
  readonly connected: boolean;
  readonly waiting: number;
  readonly dropped: number;
  readonly problem: string | null;
}

const RECONNECT = { first: seconds(1), most: seconds(60) };
/** What the device says of this very connection: nothing for the other side of it. */
export const HOUSE = 'house';
const CONNECT_WITHIN = seconds(15);
/** `home`, or the name of a place. */
const MOST_PRESENCE_BYTES = 1024;
const WELCOME_EVERY = seconds(10);
/** A connection that held so long had begun well. */
const STEADY_AFTER = minutes(1);
const LEAVE_WITHIN = seconds(1);
/** An idle connection that has died is noticed within one and a half times this. Seconds. */
const KEEP_ALIVE = 30;

export class HouseBridge {
  readonly #parts: HouseBridgeParts;
  readonly #gate: CommandGate;
  /** The latest of each topic that tells a state, by the topic below the prefix. */
  readonly #states = new Map<string, Buffer>();
  readonly #lane: HouseLane;
  /**
   * The broker has taken the subscription of this connection: what came before it was said while the device was away.
   */
  #listens = false;
  /** The connection stands, and what was under way in the one before has gone out. */
  #joined = false;
  #failures = 0;
  /** Whether the broker accepted the connection of now. */
  #stood = false;
  #problem: string | null = null;
  #signal = AbortSignal.abort();
  #joinedAt = -Infinity;
  /** What the log was told since a connection last held: a broker that comes and goes is not told of for ever. */
  readonly #said = new Set<string>();
  #welcomedAt = -Infinity;
  #isWelcoming = false;
  constructor(parts: HouseBridgeParts) {
    this.#parts = parts;
    this.#gate = new CommandGate({ clock: parts.clock, log: parts.log });
    const { house: { prefix }, outbox, mostBreaks, clock, log } = parts;
    this.#lane = new HouseLane({ prefix, outbox, mostBreaks, clock, log, onProgress: () => this.#tellState() });
  }

  get state(): HouseState {
    const { waiting, dropped } = this.#parts.outbox;
    return { connected: this.#joined, waiting, dropped, problem: this.#problem };
  }

  /** Runs until `signal` aborts. Never throws for what the house's broker does. */
  async run(signal: AbortSignal): Promise<void> {
    const { bus, localPrefix, house, device } = this.#parts;
    this.#signal = signal;
    bus.subscribe(`${localPrefix}/#`, (payload, topic, retained) => {
      if (!this.#parts.presence.includes(topic))
        this.#heardHere(topic.slice(localPrefix.length + 1), payload, retained);
    });
    bus.publish(`${localPrefix}/onConnect`, Buffer.alloc(0), { qos: 1 }); // what is not retained is said again
    // One client for all connections, in one session: it knows what of a message was under way when a connection broke.
    const client = connect(house.url, {
      ...house.options, clientId: `tyto-${device}`, clean: false,
      reconnectPeriod: RECONNECT.first, connectTimeout: CONNECT_WITHIN, keepalive: KEEP_ALIVE,
      resubscribe: false, queueQoSZero: false,
      will: { topic: `${house.prefix}/available`, payload: Buffer.from('offline'), qos: 1, retain: true },
    });
    client.on('error', (error) => this.#failed(reasonOf(error), isRefusal(error)));
    client.on('close', () => this.#closed(client));
    // `connect` comes only when what was under way before has gone out.
    client.on('packetreceive', (packet) => {
      if (packet.cmd === 'connack' && packet.returnCode === 0) this.#stood = true;
    });
    client.on('connect', () => this.#connected(client));
    client.on('message', (topic, payload, packet) => this.#heardThere(topic, payload, packet));
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await this.#leave(client);
  }

  /** Says what Home Assistant is to know: zones or lines may have changed. */
  tellDiscovery(): void {
    if (!this.#joined) return; // it is told on joining
    for (const { topic, payload } of this.#parts.discovery?.messages() ?? [])
      this.#lane.say(topic, Buffer.from(payload), true);
  }

  #closed(client: MqttClient): void {
    if (this.#joined && this.#parts.clock.monotonic() - this.#joinedAt > STEADY_AFTER) this.#begun();
    this.#failures += 1;
    this.#lane.close(client, this.#stood);
    this.#stood = false;
    this.#joined = false;
    this.#listens = false;
    client.options.reconnectPeriod = backoffDelay(RECONNECT, this.#failures, Math.random());
    if (!this.#signal.aborted && this.#problem === null) this.#failed('the connection was closed', false);
    this.#tellState();
  }

  /** It held: what comes next is news again, and is tried again soon. */
  #begun(): void {
    this.#failures = 0;
    this.#said.clear();
  }

  #connected(client: MqttClient): void {
    const { house, discovery, presence, log } = this.#parts;
    if (this.#isNews('joined')) log.info('joined the house\'s broker');
    this.#problem = null;
    this.#joined = true;
    this.#joinedAt = this.#parts.clock.monotonic();
    const filters = [
      ...CommandGate.filters(house.prefix), ...presence, ...(discovery === undefined ? [] : [discovery.birthTopic]),
    ];
    // With quality 0, so that the broker keeps nothing for a device that is away: a command is obeyed now or never.
    client.subscribe(filters, { qos: 0 }, (error) => { this.#listens = error === null && this.#joined; });
    this.#sayAll();
    this.#lane.open(client, this.#signal);
    this.#tellState();
  }

  /** All that is known: whoever listens anew knows it, too. */
  #sayAll(): void {
    this.tellDiscovery();
    for (const [below, payload] of this.#states) this.#publishState(below, payload);
  }

  /** Home Assistant has begun: it is told all, but not again and again by whoever says so. */
  #welcome(): void {
    if (this.#isWelcoming) return;
    this.#isWelcoming = true;
    const { clock } = this.#parts;
    const delay = millis(Math.max(0, this.#welcomedAt + WELCOME_EVERY - clock.monotonic()));
    clock.wait(delay, this.#signal).then(() => {
      this.#isWelcoming = false;
      this.#welcomedAt = clock.monotonic();
      if (this.#joined) this.#sayAll();
    }, () => {});
  }

  #heardHere(below: string, payload: Buffer, retained: boolean): void {
    if (CommandGate.isCommand(below) || below === HOUSE || below === 'onConnect') return;
    const kind = kindOf(below);
    if (kind === 'message') {
      if (retained) return;
      this.#parts.outbox.add(below, payload);
      return this.#joined ? this.#lane.go() : this.#tellState();
    }
    this.#states.set(below, payload);
    if (this.#joined) this.#publishState(below, payload);
  }

  #heardThere(
    topic: string, payload: Buffer, { retain, qos }: { readonly retain: boolean; readonly qos: number },
  ): void {
    const { house, bus, localPrefix, discovery, presence } = this.#parts;
    if (presence.includes(topic) && payload.byteLength <= MOST_PRESENCE_BYTES)
      bus.publish(topic, payload, { retain: true, qos: 1 });
    if (topic === discovery?.birthTopic) {
      // a retained one is of before: all was said on joining
      if (payload.toString() === 'online' && !retain) this.#welcome();
      return;
    }
    const below = topic.startsWith(`${house.prefix}/`) ? topic.slice(house.prefix.length + 1) : '';
    // A higher quality than was asked for: the broker kept it for an earlier program of this device.
    if (!this.#listens || qos > 0 || !CommandGate.mayBeAsked(below)) return;
    if (this.#gate.lets(below, payload, retain)) bus.publish(`${localPrefix}/${below}`, payload, { qos: 1 });
  }

  #publishState(below: string, payload: Buffer): void {
    this.#lane.say(`${this.#parts.house.prefix}/${below}`, payload, kindOf(below) === 'kept');
  }

  async #leave(client: MqttClient): Promise<void> {
    this.#joined = false;
    this.#lane.close(client, false);
    if (client.connected) {
      const said = client.publishAsync(`${this.#parts.house.prefix}/available`, 'stopped', { qos: 1, retain: true });
      // With a word of leave: without it the broker says after us that we have vanished.
      const left = said.then(() => client.endAsync());
      await Promise.race([left, new Promise((resolve) => { setTimeout(resolve, LEAVE_WITHIN).unref(); })])
        .catch(() => {});
    }
    client.end(true);
    client.stream.destroy();
  }

  #failed(reason: string, isRefused: boolean): void {
    this.#problem = isRefused ? `${REFUSED}: ${reason}` : reason;
    if (!this.#isNews(this.#problem)) return;
    this.#parts.log.warn(
      `the house's broker ${isRefused ? REFUSED : 'cannot be reached'}; the device works on, and events wait for it`,
      { reason },
    );
  }

  #isNews(what: string): boolean {
    if (this.#said.has(what)) return false;
    this.#said.add(what);
    return true;
  }

  #tellState(): void { this.#parts.onState(this.state); }
}

const REFUSED = 'does not let the device in: look at TYTO_HOUSE_USERNAME and TYTO_HOUSE_PASSWORD';

/** Connect return codes of MQTT 3.1.1, 3.2.2.3: bad user name or password, not authorized. */
const isRefusal = (error: Error): boolean => 'code' in error && (error.code === 4 || error.code === 5);

function reasonOf(error: Error): string {
  const code = 'code' in error ? String(error.code) : '';
  return code !== '' && !error.message.includes(code) ? `${error.message} (${code})` : error.message;
}
