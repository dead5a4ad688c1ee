/** Tells one subscriber: what waits for it goes in order; nothing that it does or fails to do touches another. */
import { describeError, isAbort } from '../../device/core/errors.ts';
import type { Log } from '../../device/core/log.ts';
import { inSeconds, millis, minutes } from '../../device/core/units.ts';
import { Bell } from '../../device/runtime/bell.ts';
import type { Clock } from '../../device/runtime/clock.ts';
import { isHopeless } from '../../device/telling/fault.ts';
import { Patience, plainReason, type Problem } from '../../device/telling/patience.ts';
import { withinTime } from '../../device/telling/within-time.ts';
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
  /** Undefined while it works. */
  readonly problem: Problem | undefined;
}

const LONGEST_SLEEP = minutes(10);
const SHOWN = 50;
const WORDS = {
  fails: 'a subscriber cannot be told; it is tried again, in order', works: 'the subscriber can be told again',
};

export class Teller {
  readonly #parts: TellerParts;
  readonly #bell = new Bell();
  readonly #patience: Patience;
  /** So many go one at a time: one of them spoiled the others. */
  #alone = 0;
  constructor(parts: TellerParts) {
    this.#parts = parts;
    this.#patience = new Patience({ ...parts, now: () => parts.clock.now(), words: WORDS });
  }

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
    this.#patience.hurry();
    this.wake();
    return count;
  }

  view(): TellerView {
    const { plan, outbox } = this.#parts;
    return {
      plan, counts: outbox.counts(plan.name), dead: outbox.dead(plan.name, SHOWN), problem: this.#patience.problem,
    };
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
    const spoiled = waiting.length > 1
      && faults.length === waiting.length
      && faults.every(({ fault }) => fault.facts.blame !== 'receiver');
    this.#alone = spoiled ? waiting.length : Math.max(0, this.#alone - 1);
    // of all together it does not say whose fault it is
    const failed = spoiled ? [] : faults.map(({ one, fault }): Failed & { readonly fault: TellFault } => ({
      seq: one.seq, fault, result: plainReason(fault), isDead: isHopeless(fault.facts, one.attempts + 1),
    }));
    this.#parts.outbox.settle(this.name, { told, failed }, this.#parts.clock.now());
    const dead = failed.find(({ isDead }) => isDead);
    if (dead !== undefined)
      this.#parts.log.warn(
        'a message was refused for good; it is kept and can be tried again', { reason: dead.result },
      );
    const again = failed.filter(({ isDead }) => !isDead);
    if (again[0] !== undefined) {
      const after = millis(Math.max(...again.map(({ fault }) => fault.facts.after ?? 0)));
      await this.#patience.pause(again[0].result, { after }, signal);
    } else if (!spoiled) this.#patience.works();
  }

  async #tell(waiting: readonly Waiting[], signal: AbortSignal): Promise<readonly Outcome[]> {
    const { plan, publisher, write } = this.#parts;
    const late = () => new TellFault(`no answer within ${inSeconds(plan.timeout)} s`, { blame: 'receiver' });
    try {
      return await withinTime({ most: plan.timeout, late }, signal, async (within) => {
        const messages = await Promise.all(waiting.map(async ({ draft }): Promise<Outgoing> => ({
          id: draft.message.id, device: draft.message.device || '-',
          type: draft.message.type, body: await write(draft, plan),
        })));
        within.throwIfAborted();
        return publisher.publish(messages, within);
      });
    } catch (error) {
      const fault = error instanceof TellFault ? error : new TellFault(describeError(error), { blame: 'receiver' });
      return waiting.map(() => fault);
    }
  }
}
