/** Tells one subscriber: what waits for it goes in order; nothing that it does or fails to do touches another. */
import { backoffDelay, type Backoff } from '../../device/core/backoff.ts';
import { describeError, isAbort } from '../../device/core/errors.ts';
import type { Log } from '../../device/core/log.ts';
import { redactAddresses } from '../../device/core/redact-addresses.ts';
import { inSeconds, millis, minutes, seconds, type Millis } from '../../device/core/units.ts';
import { Bell } from '../../device/runtime/bell.ts';
import type { Clock } from '../../device/runtime/clock.ts';
import type { Draft } from './message.ts';
import type { Counts, DeadLetter, Failed, Outbox, Waiting } from './outbox.ts';
import { TellFault, type Outcome, type Outgoing, type Publisher } from './publishers/port.ts';
import type { SubscriberPlan } from './subscriber.ts';

export interface TellerParts {
  readonly plan: SubscriberPlan;
  readonly publisher: Publisher;
  readonly outbox: Outbox;
  /** What goes out for a draft. */
  readonly write: (draft: Draft, plan: SubscriberPlan) => Promise<string>;
  readonly clock: Clock;
  /** In `[0, 1)`, as `Math.random`. */
  readonly random: () => number;
  readonly log: Log;
}

export interface TellerView {
  readonly plan: Pick<SubscriberPlan, 'name' | 'type'>;
  readonly counts: Counts;
  readonly dead: readonly DeadLetter[];
  /** Wall clock. Undefined while it works. */
  readonly problem: { readonly message: string; readonly since: Millis; readonly retryAt: Millis } | undefined;
}

const RETRY: Backoff = { first: seconds(1), most: minutes(2) };
/** After so many failures of a receiver that answers, it is taken for the message's own fault. */
const MOST_ATTEMPTS = 8;
/** A receiver that asks for more is asked again then all the same. */
const LONGEST_PAUSE = minutes(15);
const LONGEST_SLEEP = minutes(10);
const SHOWN = 50;

export class Teller {
  readonly #parts: TellerParts;
  readonly #bell = new Bell();
  readonly #retryNow = new Bell();
  #failures = 0;
  #problem: TellerView['problem'];
  /** So many go one at a time: one of them spoiled the others. */
  #alone = 0;
  constructor(parts: TellerParts) { this.#parts = parts; }

  get name(): string { return this.#parts.plan.name; }

  /** Something waits. */
  wake(): void { this.#bell.ring(); }

  /** @throws {DeviceError} `events.outbox-failed` when the disk fails. */
  async run(signal: AbortSignal): Promise<void> {
    const { outbox, clock, publisher, plan } = this.#parts;
    try {
      for (;;) {
        signal.throwIfAborted();
        const waiting = outbox.next(plan.name, this.#alone > 0 ? 1 : publisher.window);
        const late = waiting.filter(({ at }) => clock.now() - at > plan.keep);
        if (waiting.length === 0) await this.#bell.wait(LONGEST_SLEEP, clock, signal);
        else if (late.length > 0) this.#putAside(late);
        else await this.#attempt(waiting, signal);
      }
    } catch (error) {
      if (!isAbort(error, signal)) throw error;
    }
  }

  /** Tries again what was put aside. @returns How many. */
  redrive(): number {
    const count = this.#parts.outbox.redrive(this.name, this.#parts.clock.now());
    this.#retryNow.ring();
    this.wake();
    return count;
  }

  view(): TellerView {
    const { plan, outbox } = this.#parts;
    return { plan, counts: outbox.counts(plan.name), dead: outbox.dead(plan.name, SHOWN), problem: this.#problem };
  }

  #putAside(late: readonly Waiting[]): void {
    const { outbox, plan, clock } = this.#parts;
    const result = `it waited for longer than ${inSeconds(plan.keep)} s`;
    outbox.settle(plan.name, { told: [], failed: late.map(({ seq }) => ({ seq, result, isDead: true })) }, clock.now());
  }

  async #attempt(waiting: readonly Waiting[], signal: AbortSignal): Promise<void> {
    const outcomes = await this.#tell(waiting, signal);
    signal.throwIfAborted(); // an attempt that was broken off says nothing of the receiver
    const told = waiting.filter((_, index) => outcomes[index] === 'told').map(({ seq }) => seq);
    const faults = waiting.flatMap((one, index) => {
      const outcome = outcomes[index];
      return outcome instanceof TellFault ? [{ one, fault: outcome }] : [];
    });
    const spoiled = waiting.length > 1 && faults.length === waiting.length && faults.every(({ fault }) => fault.facts.blame !== 'receiver');
    this.#alone = spoiled ? waiting.length : Math.max(0, this.#alone - 1);
    const failed = spoiled ? [] : faults.map(({ one, fault }): Failed & { readonly fault: TellFault } => ({ // of all together it does not say whose fault it is
      seq: one.seq, fault, result: clean(describeError(fault)),
      isDead: fault.facts.blame === 'never' || (fault.facts.blame === 'message' && one.attempts + 1 >= MOST_ATTEMPTS),
    }));
    this.#parts.outbox.settle(this.name, { told, failed }, this.#parts.clock.now());
    const dead = failed.find(({ isDead }) => isDead);
    if (dead !== undefined) this.#parts.log.warn('a message was refused for good; it is kept and can be tried again', { reason: dead.result });
    const again = failed.filter(({ isDead }) => !isDead);
    if (again.length > 0) await this.#pause(again.map(({ fault }) => fault), signal);
    else if (!spoiled) this.#works();
  }

  async #pause(faults: readonly TellFault[], signal: AbortSignal): Promise<void> {
    this.#failures += 1;
    const asked = Math.max(0, ...faults.map(({ facts }) => Math.min(facts.after ?? 0, LONGEST_PAUSE)));
    const pause = millis(Math.max(backoffDelay(RETRY, this.#failures, this.#parts.random()), asked));
    const { clock, log } = this.#parts;
    const message = clean(describeError(faults[0]));
    // Said once when it begins or changes: it may last for days.
    if (message !== this.#problem?.message) log.warn('a subscriber cannot be told; it is tried again, in order', { reason: message });
    this.#problem = { message, since: this.#problem?.since ?? clock.now(), retryAt: millis(clock.now() + pause) };
    await this.#retryNow.wait(pause, clock, signal);
  }

  #works(): void {
    if (this.#problem !== undefined) this.#parts.log.info('the subscriber can be told again');
    this.#problem = undefined;
    this.#failures = 0;
  }

  async #tell(waiting: readonly Waiting[], signal: AbortSignal): Promise<readonly Outcome[]> {
    const { plan, publisher, write } = this.#parts;
    const over = new AbortController();
    const stop = (): void => over.abort(signal.reason);
    const late = new TellFault(`no answer within ${inSeconds(plan.timeout)} s`, { blame: 'receiver' });
    const timer = setTimeout(() => over.abort(late), plan.timeout);
    signal.addEventListener('abort', stop, { once: true });
    try {
      const messages = await Promise.all(waiting.map(async ({ draft }): Promise<Outgoing> => ({
        id: draft.message.id, device: draft.message.device || '-', type: draft.message.type, body: await write(draft, plan),
      })));
      over.signal.throwIfAborted();
      return await publisher.publish(messages, over.signal);
    } catch (thrown) {
      const error: unknown = over.signal.aborted ? over.signal.reason : thrown;
      const fault = error instanceof TellFault ? error : new TellFault(describeError(error), { blame: 'receiver' });
      return waiting.map(() => fault);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
  }
}

/** One line, and no address beyond its host: a password may stand there. */
const clean = (text: string): string => redactAddresses(text).replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
