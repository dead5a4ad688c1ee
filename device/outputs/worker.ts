/** Serves one output: what waits for it goes in order, one at a time; nothing that it does or fails to do touches another. */
import { backoffDelay, type Backoff } from '../core/backoff.ts';
import type { OutputTest, OutputView } from '../contract/outputs-view.ts';
import type { OutputPlan } from '../contract/outputs.ts';
import { describeError, isAbort } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { redactAddresses } from '../core/redact-addresses.ts';
import { inSeconds, millis, minutes, seconds, type Millis } from '../core/units.ts';
import type { Clock } from '../runtime/clock.ts';
import { Bell } from '../runtime/bell.ts';
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

const RETRY: Backoff = { first: seconds(1), most: minutes(2) };
/** After so many failures of a receiver that answers, it is taken for the delivery's own fault. */
const MOST_ATTEMPTS = 8;
/** A receiver that asks for more is asked again then all the same. */
const LONGEST_PAUSE = minutes(15);
const LONGEST_SLEEP = minutes(10);
const SHOWN = 30;

interface Problem { readonly message: string; readonly since: Millis; readonly retryAt: Millis }

export class Worker {
  readonly #parts: WorkerParts;
  readonly #bell = new Bell();
  readonly #retryNow = new Bell();
  #failures = 0;
  #problem: Problem | undefined;
  /** One thing at a time, tests included. */
  #busy: Promise<unknown> = Promise.resolve();
  constructor(parts: WorkerParts) { this.#parts = parts; }

  get name(): string { return this.#parts.plan.name; }

  /** Something waits. */
  wake(): void { this.#bell.ring(); }

  /** @throws {DeviceError} `outbox.failed` when the disk fails. */
  async run(signal: AbortSignal): Promise<void> {
    const { outbox, clock, output, log } = this.#parts;
    try {
      await output.begin?.().catch((error: unknown) => log.warn('an output is not ready', { reason: clean(describeError(error)) }));
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
    if (told.fault === undefined && this.#problem !== undefined) this.#retryNow.ring(); // whoever mended it need not wait
    return { ok: told.fault === undefined, ms: Math.round(this.#parts.clock.monotonic() - began), result: told.result };
  }

  /** Tries again what was put aside. */
  redrive(): number {
    const count = this.#parts.outbox.redrive(this.name, this.#parts.now());
    this.#retryNow.ring();
    this.wake();
    return count;
  }

  view(): OutputView {
    const { plan, outbox } = this.#parts;
    const problem = this.#problem;
    return {
      name: plan.name, type: plan.type, counts: outbox.counts(plan.name), last: outbox.last(plan.name, SHOWN),
      problem: problem === undefined ? null : { message: problem.message, since: inSeconds(problem.since), retry_at: inSeconds(problem.retryAt) },
    };
  }

  async #attempt(next: Waiting, signal: AbortSignal): Promise<void> {
    const { outbox, clock, log } = this.#parts;
    const began = clock.monotonic();
    const { phase, message, skipped } = next;
    const { result, fault } = await this.#tell({ key: `${message.after.id}-${phase}`, phase, message, skipped }, signal);
    signal.throwIfAborted(); // an attempt that was broken off says nothing of the receiver
    const tried = { now: this.#parts.now(), ms: clock.monotonic() - began, result };
    if (fault === undefined) {
      outbox.delivered(next, tried);
      return this.#works();
    }
    const isHopeless = fault.blame === 'never' || (fault.blame === 'delivery' && next.attempts + 1 >= MOST_ATTEMPTS);
    outbox.failed(next, isHopeless ? 'dead' : 'waiting', tried);
    if (isHopeless) {
      log.warn('a delivery was refused for good; it is kept and can be tried again by hand', { event: message.after.id, phase, reason: result });
      return this.#works();
    }
    this.#failures += 1;
    const pause = Math.max(backoffDelay(RETRY, this.#failures, this.#parts.random()), Math.min(fault.after ?? 0, LONGEST_PAUSE));
    this.#troubled(result, millis(pause));
    await this.#retryNow.wait(millis(pause), clock, signal);
  }

  /** Who was told that it began is told that it has ended, however late: a light stays on for ever otherwise. */
  #isStale({ at, phase, message }: Waiting, now: Millis): boolean {
    const { outbox, plan } = this.#parts;
    return now - at > habitsOf(plan).stale && !(phase === 'end' && outbox.stateOf(plan.name, message.after.id, 'new') === 'delivered');
  }

  #works(): void {
    if (this.#problem !== undefined) this.#parts.log.info('deliveries work again');
    this.#problem = undefined;
    this.#failures = 0;
  }

  /** Said once when it begins or changes: it may last for days. */
  #troubled(message: string, pause: Millis): void {
    const now = this.#parts.now();
    if (message !== this.#problem?.message) this.#parts.log.warn('deliveries do not work; they are tried again, in order', { reason: message });
    this.#problem = { message, since: this.#problem?.since ?? now, retryAt: millis(now + pause) };
  }

  async #tell(delivery: Delivery, signal: AbortSignal): Promise<{ readonly result: string; readonly fault?: DeliveryFault['facts'] }> {
    const before = this.#busy;
    const turn = Promise.withResolvers<void>();
    this.#busy = turn.promise;
    await before;
    const { timeout } = habitsOf(this.#parts.plan);
    const over = new AbortController();
    const stop = (): void => over.abort(signal.reason);
    const timer = setTimeout(() => over.abort(new DeliveryFault(`no answer within ${inSeconds(timeout)} s`, { blame: 'receiver' })), timeout);
    signal.addEventListener('abort', stop, { once: true });
    try {
      signal.throwIfAborted();
      return { result: clean(await this.#parts.output.send(delivery, over.signal)) };
    } catch (thrown) {
      const error: unknown = over.signal.aborted ? over.signal.reason : thrown;
      return { result: clean(describeError(error)), fault: error instanceof DeliveryFault ? error.facts : { blame: 'receiver' } };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      turn.resolve();
    }
  }
}

/** One line, and no address beyond its host: a password may stand there. */
const clean = (text: string): string => redactAddresses(text).replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim().slice(0, 300);
