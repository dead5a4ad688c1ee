/**
 * Serves one output: what waits for it goes in order, one at a time; nothing that it does or fails to do touches
 * another.
 */
import type { OutputTest, OutputView } from '../contract/outputs-view.ts';
import type { OutputPlan } from '../contract/outputs.ts';
import { isAbort } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { oneAtATime } from '../core/one-at-a-time.ts';
import { inSeconds, minutes, type Millis } from '../core/units.ts';
import type { Clock } from '../runtime/clock.ts';
import { Bell } from '../runtime/bell.ts';
import { isHopeless, type FaultFacts } from '../telling/fault.ts';
import { Patience, plainReason } from '../telling/patience.ts';
import { withinTime } from '../telling/within-time.ts';
import type { Outbox, Waiting } from './outbox.ts';
import { DeliveryFault, type Delivery, type Output } from './port.ts';
import { habitsOf } from './habits.ts';

export interface WorkerParts {
  readonly plan: OutputPlan;
  readonly output: Output;
  readonly outbox: Outbox;
  /** Wall clock, after having made good for a clock that was set meanwhile. */
  readonly now: () => Millis;
  readonly clock: Clock;
  /** In `[0, 1)`, as `Math.random`. */
  readonly random: () => number;
  readonly log: Log;
}

const LONGEST_SLEEP = minutes(10);
const SHOWN = 30;
const WORDS = { fails: 'deliveries do not work; they are tried again, in order', works: 'deliveries work again' };

export class Worker {
  readonly #parts: WorkerParts;
  readonly #bell = new Bell();
  readonly #patience: Patience;
  /** One thing at a time, tests included. */
  readonly #tell = oneAtATime((delivery: Delivery, signal: AbortSignal) => this.#send(delivery, signal));
  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.#patience = new Patience({ ...parts, words: WORDS });
  }

  get name(): string { return this.#parts.plan.name; }

  /** Something waits. */
  wake(): void { this.#bell.ring(); }

  /** @throws {DeviceError} `outbox.failed` when the disk fails. */
  async run(signal: AbortSignal): Promise<void> {
    const { outbox, clock, output, log } = this.#parts;
    try {
      await output.begin?.()
        .catch((error: unknown) => log.warn('an output is not ready', { reason: plainReason(error) }));
      for (;;) {
        signal.throwIfAborted();
        const now = this.#parts.now(); // first: what waits is dated anew where the clock was set
        const next = outbox.next(this.name);
        if (next === undefined) await this.#bell.wait(LONGEST_SLEEP, clock, signal);
        else if (this.#isStale(next, now)) outbox.tooOld(next, now);
        else await this.#attempt(next, signal);
      }
    } catch (error) {
      if (!isAbort(error, signal)) throw error;
    }
  }

  /** Tells the output something that did not happen, past queue, throttle and rules. */
  async test(delivery: Delivery, signal: AbortSignal): Promise<OutputTest> {
    const began = this.#parts.clock.monotonic();
    const told = await this.#tell(delivery, signal);
    // whoever mended it need not wait
    if (told.fault === undefined && this.#patience.problem !== undefined) this.#patience.hurry();
    return { ok: told.fault === undefined, ms: Math.round(this.#parts.clock.monotonic() - began), result: told.result };
  }

  /** Tries again what was put aside. */
  redrive(): number {
    const count = this.#parts.outbox.redrive(this.name, this.#parts.now());
    this.#patience.hurry();
    this.wake();
    return count;
  }

  view(): OutputView {
    const { plan, outbox } = this.#parts;
    const { problem } = this.#patience;
    return {
      name: plan.name, type: plan.type, counts: outbox.counts(plan.name), last: outbox.last(plan.name, SHOWN),
      problem: problem === undefined ? null
        : { message: problem.message, since: inSeconds(problem.since), retry_at: inSeconds(problem.retryAt) },
    };
  }

  async #attempt(next: Waiting, signal: AbortSignal): Promise<void> {
    const { outbox, clock, log } = this.#parts;
    const began = clock.monotonic();
    const { phase, message, skipped } = next;
    const { result, fault } = await this.#tell(
      { key: `${message.after.id}-${phase}`, phase, message, skipped }, signal,
    );
    signal.throwIfAborted(); // an attempt that was broken off says nothing of the receiver
    const tried = { now: this.#parts.now(), ms: clock.monotonic() - began, result };
    if (fault === undefined) {
      outbox.delivered(next, tried);
      return this.#patience.works();
    }
    const isDead = isHopeless(fault, next.attempts + 1);
    outbox.failed(next, isDead ? 'dead' : 'waiting', tried);
    if (isDead) {
      log.warn('a delivery was refused for good; it is kept and can be tried again by hand', {
        event: message.after.id, phase, reason: result,
      });
      return this.#patience.works();
    }
    await this.#patience.pause(result, fault, signal);
  }

  /** Who was told that it began is told that it has ended, however late: a light stays on for ever otherwise. */
  #isStale({ at, phase, message }: Waiting, now: Millis): boolean {
    const { outbox, plan } = this.#parts;
    return now - at > habitsOf(plan).stale
      && !(phase === 'end' && outbox.stateOf(plan.name, message.after.id, 'new') === 'delivered');
  }

  async #send(
    delivery: Delivery, signal: AbortSignal,
  ): Promise<{ readonly result: string; readonly fault?: FaultFacts }> {
    const { plan, output } = this.#parts;
    const most = habitsOf(plan).timeout;
    const late = () => new DeliveryFault(`no answer within ${inSeconds(most)} s`, { blame: 'receiver' });
    try {
      const said = await withinTime({ most, late }, signal, (within) => output.send(delivery, within));
      return { result: plainReason(said) };
    } catch (error) {
      return {
        result: plainReason(error), fault: error instanceof DeliveryFault ? error.facts : { blame: 'receiver' },
      };
    }
  }
}
