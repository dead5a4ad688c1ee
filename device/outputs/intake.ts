/** Decides of each event that is heard of what goes to whom, and puts it into the outbox. */
import type { EventMessage, TytoEvent } from '../contract/event.ts';
import { ruleMatches } from '../contract/event-rule.ts';
import type { OutputPlan, Phase } from '../contract/outputs.ts';
import { millis, type Millis } from '../core/units.ts';
import { habitsOf } from './habits.ts';
import type { Due, Outbox } from './outbox.ts';

/** Whether a wall-clock time (Unix milliseconds) lies within a timetable. */
export type IsWithin = (now: number) => boolean;

/** An output, and when it may be told something. */
export interface Listener {
  readonly plan: OutputPlan;
  /** Undefined for always. */
  readonly windows: IsWithin | undefined;
  /** Undefined for never. */
  readonly quiet: IsWithin | undefined;
  /** When it was set up: what the catalogue has from before is not for it. */
  readonly since: Millis;
}

interface News {
  readonly message: EventMessage;
  /** Wall clock: when it happened, or was heard of. */
  readonly at: Millis;
  /** It happened too long ago for this output. */
  readonly isLate: boolean;
}

export class Intake {
  readonly #outbox: Outbox;
  readonly #listeners: readonly Listener[];
  constructor(outbox: Outbox, listeners: readonly Listener[]) {
    this.#outbox = outbox;
    this.#listeners = listeners;
  }

  /**
   * Takes in what was just said of an event. Rules are asked at every update: an event may become one that somebody is
   * told of, when a person is recognised in it. @returns The outputs that have something to do now.
   */
  heard(message: EventMessage, now: Millis): readonly string[] {
    return this.#take(message, () => now, now);
  }

  /** Takes in an ended event of the catalogue that may not have been heard of, unless it is too old for an output. */
  found(event: TytoEvent, now: Millis): readonly string[] {
    const { start_time: start, end_time: end } = event;
    return this.#take({ type: 'end', before: event, after: event }, (phase) =>
      millis((phase === 'new' ? start : end ?? start) * 1000), now);
  }

  #take(message: EventMessage, atOf: (phase: Phase) => Millis, now: Millis): readonly string[] {
    const known: readonly Phase[] = message.type === 'end' ? ['new', 'end'] : ['new'];
    return this.#listeners.filter((listener) => {
      const { phases, stale } = habitsOf(listener.plan);
      return known.filter((phase) => phases.includes(phase)).map((phase) => {
        const at = atOf(phase);
        return this.#consider(listener, phase, {
          message, at, isLate: now - at > stale || at < Math.min(listener.since, now),
        });
      }).includes(true);
    }).map(({ plan }) => plan.name);
  }

  /** @returns Whether it is to be told. */
  #consider({ plan, windows, quiet }: Listener, phase: Phase, { message, at, isLate }: News): boolean {
    const { name: output, throttle } = plan;
    const { id, clock } = message.after;
    if (this.#outbox.stateOf(output, id, phase) !== undefined) return false;
    const due: Due = { output, phase, at, message: phase === 'new' ? asNew(message) : message };
    const begun = this.#outbox.stateOf(output, id, 'new');
    // who was told that it began is told that it has ended, whatever the hour; nobody else is
    if (phase === 'end' && habitsOf(plan).phases.includes('new')) {
      if (begun === undefined || begun === 'dropped') return false;
      this.#outbox.add(due);
      return true;
    }
    if (isLate || !ruleMatches(plan.when ?? {}, message.after)) return false;
    const isSet = clock === 'synced'; // by a clock that was never set nobody is kept from an alarm
    if (isSet && windows?.(at) === false) return false;
    if (isSet && quiet?.(at) === true) this.#outbox.drop(due, 'quiet');
    else if (throttle !== undefined && this.#outbox.toldSince(output, millis(at - throttle.within)) >= throttle.most)
      this.#outbox.drop(due, 'throttled');
    else {
      this.#outbox.add(due);
      return true;
    }
    return false;
  }
}

/** What is told of the beginning, however late that turned out to be worth telling. */
const asNew = ({ after }: EventMessage): EventMessage => ({ type: 'new', before: after, after });
