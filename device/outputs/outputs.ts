/** All outputs of a device: hears of events, and has a worker tell each receiver. */
import type { EventMessage, TytoEvent } from '../contract/event.ts';
import { eventId } from '../contract/names.ts';
import type { OutputTest, OutputsView, Redrive } from '../contract/outputs-view.ts';
import { describeError, isAbort } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { hours, inSeconds, millis, seconds, type Millis } from '../core/units.ts';
import type { Clock } from '../runtime/clock.ts';
import { CatalogueFollower, type Catalogue } from './follow-catalogue.ts';
import { Intake, type Listener } from './intake.ts';
import type { Outbox } from './outbox.ts';
import type { Output } from './port.ts';
import { habitsOf } from './habits.ts';
import { Worker } from './worker.ts';

export interface OutputsParts {
  readonly listeners: readonly (Omit<Listener, 'since'> & { readonly output: Output })[];
  readonly outbox: Outbox;
  readonly catalogue: Catalogue;
  readonly device: string;
  readonly camera: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

/** How soon it is noticed that something ended of which nobody has told. */
const LOOK_EVERY = seconds(5);
const TIDY_EVERY = hours(1);
/** What was told is remembered for longer than it could come again. */
const REMEMBERED = hours(24);
/** Clocks run apart by less than this in a while; more is a clock that was set. */
const CLOCK_JUMP = seconds(20);

export class Outputs {
  readonly #parts: OutputsParts;
  readonly #workers: ReadonlyMap<string, Worker>;
  readonly #intake: Intake;
  readonly #follower: CatalogueFollower;
  #offset: number;

  constructor(parts: OutputsParts) {
    const { listeners, outbox, catalogue, clock, random, log } = parts;
    this.#parts = parts;
    this.#offset = clock.now() - clock.monotonic();
    this.#intake = new Intake(outbox, listeners.map((listener) =>
      ({ ...listener, since: outbox.introduce(listener.plan.name, clock.now()) })));
    this.#follower = new CatalogueFollower({ catalogue, outbox, intake: this.#intake, log });
    this.#workers = new Map(listeners.map(({ plan, output }) => [plan.name, new Worker({
      plan, output, outbox, clock, random, now: () => this.#now(), log: log.child(plan.name),
    })]));
  }

  /**
   * Something was said of an event.
   * @throws {DeviceError} `outbox.failed` when the disk does not take it: it comes again from the catalogue.
   */
  heard(message: EventMessage): void { this.#wake(this.#intake.heard(message, this.#now())); }

  /**
   * Delivers until `signal` aborts.
   * @throws {DeviceError} `outbox.failed` when the disk fails: without its memory nothing is sent.
   */
  async run(signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const all = AbortSignal.any([signal, over.signal]);
    const runs = [
      this.#follow(all), this.#keepTidy(all), ...[...this.#workers.values()].map((worker) => worker.run(all)),
    ]
      .map((run) => run.finally(() => over.abort())); // they share the disk: where it fails one, it fails all
    const failed = (await Promise.allSettled(runs)).find((run) => run.status === 'rejected');
    if (failed !== undefined) throw failed.reason as Error;
  }

  view(): OutputsView { return { outputs: [...this.#workers.values()].map((worker) => worker.view()) }; }

  /** Undefined when there is no output of this name. */
  async test(name: string, signal: AbortSignal): Promise<OutputTest | undefined> {
    const message = testMessage(this.#parts.device, this.#parts.camera, this.#now(), this.#parts.random());
    return this.#workers.get(name)?.test(
      { key: `test-${message.after.id}`, phase: 'new', message, skipped: 0, isTest: true }, signal,
    );
  }

  /** Undefined when there is no output of this name. */
  redrive(name: string): Redrive | undefined {
    const worker = this.#workers.get(name);
    return worker === undefined ? undefined : { redriven: worker.redrive() };
  }

  async #follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const names = this.#follower.readOn(this.#now());
      if (names !== undefined) {
        this.#wake(names);
        await new Promise((resolve) => { setImmediate(resolve); });
      } else await this.#pause(LOOK_EVERY, signal);
    }
  }

  async #keepTidy(signal: AbortSignal): Promise<void> {
    const { outbox, listeners, log } = this.#parts;
    const longest = Math.max(...listeners.map(({ plan }) => habitsOf(plan).stale));
    while (!signal.aborted) {
      const lost = outbox.tidy(millis(this.#now() - longest - REMEMBERED), [...this.#workers.keys()]);
      if (lost > 0)
        log.warn('deliveries waited for outputs that are set up no more, and are forgotten', { count: lost });
      await this.#pause(TIDY_EVERY, signal);
    }
  }

  async #pause(duration: Millis, signal: AbortSignal): Promise<void> {
    await this.#parts.clock.wait(duration, signal)
      .catch((error: unknown) => { if (!isAbort(error, signal)) throw error; });
  }

  /** The wall clock; what waits is dated anew when that was set. */
  #now(): Millis {
    const { clock, outbox, log } = this.#parts;
    const now = clock.now();
    const offset = now - clock.monotonic();
    const jump = offset - this.#offset;
    if (Math.abs(jump) > CLOCK_JUMP) {
      this.#offset = offset;
      try {
        outbox.shift(millis(jump));
      } catch (error) {
        log.warn('what waits could not be dated anew after the clock was set', { reason: describeError(error) });
      }
    }
    return now;
  }

  #wake(names: Iterable<string>): void {
    for (const name of names) this.#workers.get(name)?.wake();
  }
}

/** What a receiver is told when somebody tries it out. */
function testMessage(device: string, camera: string, now: Millis, random: number): EventMessage {
  const start = inSeconds(now);
  const event: TytoEvent = {
    id: eventId(now, random), device, camera, kinds: ['manual'], label: 'manual', sub_label: 'Test',
    source: 'Tyto', start_time: start, end_time: null,
    frame_time: start, score: 1, top_score: 1, box: null, boxes: [], current_zones: [], entered_zones: [],
    tracks: [], crossings: [], faces: [], objects: [],
    has_clip: false, has_snapshot: false, clock: 'synced', clip: null, snapshot: null,
  };
  return { type: 'new', before: event, after: event };
}
