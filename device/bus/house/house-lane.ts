/**
 * The way out to the house's broker: one message at a time. So it is known at which message a connection broke, and one
 * that the broker never takes (too long for it, forbidden) holds up no other.
 */
import type { MqttClient } from 'mqtt';
import { backoffDelay } from '../../core/backoff.ts';
import { describeError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { minutes, seconds } from '../../core/units.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Outbox, OutboxMessage } from './outbox.ts';

export interface HouseLaneParts {
  /** Of the device's topics there. */
  readonly prefix: string;
  readonly outbox: Pick<Outbox, 'next' | 'sent' | 'waiting'>;
  /**
   * How often the connection may break on one message before that is passed over. Default 20
   * for what is on disk, 5 for a state.
   */
  readonly mostBreaks?: number | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Now and then, while what waits goes out. */
  readonly onProgress: () => void;
}

type Client = Pick<MqttClient, 'publishAsync' | 'getLastMessageId' | 'removeOutgoingMessage'>;
interface State { readonly payload: Buffer; readonly retain: boolean }
interface UnderWay { readonly isState: boolean; readonly packet: number; breaks: number }

/** A message of which each counts: only what the broker surely never takes is passed over. */
const MESSAGE_BREAKS = 20;
/** A state is said again anyway. */
const STATE_BREAKS = 5;
/** After a fault of the disk. */
const AGAIN = { first: seconds(1), most: minutes(1) };
const PROGRESS_EVERY = 100;

export class HouseLane {
  readonly #parts: HouseLaneParts;
  /** What is to be said of states: the latest of each topic. */
  readonly #states = new Map<string, State>();
  /** At which states the connection broke, how often, and the shortest of each. */
  readonly #suspects = new Map<string, { readonly breaks: number; readonly bytes: number }>();
  #client: Client | undefined;
  #signal = AbortSignal.abort();
  #underWay: UnderWay | undefined;
  #isSending = false;
  #failures = 0;
  /** The last message that the broker has: not sent again where it could not be deleted. */
  #taken = 0;
  constructor(parts: HouseLaneParts) { this.#parts = parts; }

  /** The connection stands, and nothing of an earlier one is under way. */
  open(client: Client, signal: AbortSignal): void {
    this.#client = client;
    this.#signal = signal;
    this.go();
  }

  /**
   * The connection broke.
   * @param wasAccepted - Whether the broker had accepted it: else what is under way has no part in it.
   */
  close(client: Client, wasAccepted: boolean): void {
    this.#client = undefined;
    const underWay = this.#underWay;
    if (underWay === undefined) return;
    if (wasAccepted) underWay.breaks += 1;
    // A state is not sent again by the connection's own memory, which does so before anything else.
    if (underWay.isState || underWay.breaks >= this.#mostBreaks(MESSAGE_BREAKS))
      client.removeOutgoingMessage(underWay.packet);
  }

  /** Says a state, in place of what was to be said of it. @param topic - In full. */
  say(topic: string, payload: Buffer, retain: boolean): void {
    if (this.#isLeftOut(topic, payload.byteLength)) return;
    this.#states.set(topic, { payload, retain });
    this.go();
  }

  /** Sends what is there. */
  go(): void {
    if (this.#isSending || this.#client === undefined) return;
    this.#isSending = true;
    void this.#sendAll(this.#client);
  }

  async #sendAll(client: Client): Promise<void> {
    try {
      while (this.#client !== undefined) {
        const send = this.#next(client);
        if (send === undefined) break;
        await send();
        this.#failures = 0;
      }
    } catch (error) {
      this.#parts.log.debug('messages wait for the house\'s broker', { reason: describeError(error) });
      this.#failures += 1;
      const delay = backoffDelay(AGAIN, this.#failures, Math.random());
      this.#parts.clock.wait(delay, this.#signal).then(() => this.go(), () => {});
    } finally {
      this.#isSending = false;
    }
  }

  /**
   * States are young and few; at last those at which a connection broke, so that all else
   * gets through before the next try.
   */
  #next(client: Client): (() => Promise<void>) | undefined {
    const sound = this.#first(false);
    if (sound !== undefined) return () => this.#sendState(client, ...sound);
    const [message] = this.#parts.outbox.next(1);
    if (message !== undefined) return () => this.#sendMessage(client, message);
    const suspect = this.#first(true);
    return suspect && (() => this.#sendState(client, ...suspect));
  }

  #first(isSuspect: boolean): readonly [string, State] | undefined {
    for (const entry of this.#states) if (this.#suspects.has(entry[0]) === isSuspect) return entry;
    return undefined;
  }

  async #sendState(client: Client, topic: string, state: State): Promise<void> {
    this.#states.delete(topic);
    const [sent, underWay] = this.#begin(client, topic, state.payload, { qos: 1, retain: state.retain });
    try {
      await sent;
      if ((this.#suspects.get(topic)?.breaks ?? 0) < this.#mostBreaks(STATE_BREAKS)) this.#suspects.delete(topic);
    } catch (error) {
      if (underWay.breaks > 0) this.#suspect(topic, state.payload.byteLength);
      if (!this.#states.has(topic)) this.say(topic, state.payload, state.retain);
      if (this.#client !== undefined) throw error; // for another reason than the connection: not at once again
    } finally {
      this.#underWay = undefined;
    }
  }

  /**
   * Quality 2: the broker has it exactly once, also when the connection breaks in the middle of it. Resolves when it
   * has, or when it will never take it.
   */
  async #sendMessage(client: Client, { id, topic, payload }: OutboxMessage): Promise<void> {
    const { outbox, prefix, log, onProgress } = this.#parts;
    if (id > this.#taken) {
      const [sent, underWay] = this.#begin(
        client, `${prefix}/${topic}`, Buffer.from(payload), { qos: 2, retain: false },
      );
      try {
        await sent;
      } catch (error) {
        if (underWay.breaks < this.#mostBreaks(MESSAGE_BREAKS)) throw error;
        log.error('the house\'s broker closes the connection at this message: it is passed over', {
          topic, bytes: payload.byteLength,
        });
      } finally {
        this.#underWay = undefined;
      }
      this.#taken = id;
    }
    outbox.sent(id);
    if (outbox.waiting % PROGRESS_EVERY === 0) onProgress();
  }

  #begin(
    client: Client, topic: string, payload: Buffer, options: { readonly qos: 1 | 2; readonly retain: boolean },
  ): readonly [Promise<unknown>, UnderWay] {
    const sent = client.publishAsync(topic, payload, options);
    const underWay = { isState: options.qos === 1, packet: client.getLastMessageId(), breaks: 0 };
    this.#underWay = underWay;
    return [sent, underWay];
  }

  #suspect(topic: string, bytes: number): void {
    const before = this.#suspects.get(topic);
    const suspect = { breaks: (before?.breaks ?? 0) + 1, bytes: Math.min(before?.bytes ?? Infinity, bytes) };
    this.#suspects.set(topic, suspect);
    if (suspect.breaks !== this.#mostBreaks(STATE_BREAKS)) return;
    this.#parts.log.error(
      'the house\'s broker closes the connection at this state: it is left out until it is shorter, or Tyto begins anew',
      {
        topic, bytes: suspect.bytes,
      },
    );
  }

  #isLeftOut(topic: string, bytes: number): boolean {
    const suspect = this.#suspects.get(topic);
    return suspect !== undefined && suspect.breaks >= this.#mostBreaks(STATE_BREAKS) && bytes >= suspect.bytes;
  }

  #mostBreaks(byDefault: number): number { return this.#parts.mostBreaks ?? byDefault; }
}
