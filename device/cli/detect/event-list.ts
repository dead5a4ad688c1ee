import type { EventKind } from '../../contract/event.ts';
import type { Observation } from '../../core/frame.ts';
import { seconds, type Millis } from '../../core/units.ts';
import {
  closeEvents,
  idle,
  stepEvents,
  stepRecognised,
  type EventEffect,
  type EventLimits,
} from '../../watch/event-machine.ts';
import type { Recognition } from '../../watch/recognition.ts';

export interface FoundEvent {
  /** Stream time. */
  readonly start: Millis;
  readonly end: Millis;
  /** What it is about, the most telling first. */
  readonly kinds: readonly EventKind[];
}

/** The device's own event machine, its events collected. */
export class EventList {
  readonly #limits: EventLimits;
  readonly #events: FoundEvent[] = [];
  #state = idle;
  #since: Millis = seconds(0);
  constructor(limits: EventLimits) {
    this.#limits = limits;
  }

  /** Observations come in order of time. */
  add(seen: Observation): void {
    const [state, effects] = stepEvents(this.#state, seen, this.#limits);
    this.#state = state;
    effects.forEach((effect) => this.#take(effect));
  }

  /** What was recognised in a picture that was observed before. */
  recognise(recognition: Recognition): void {
    const [state, effects] = stepRecognised(this.#state, recognition, this.#limits);
    this.#state = state;
    effects.forEach((effect) => this.#take(effect));
  }

  /** All events; one that is under way ends here. */
  finish(): readonly FoundEvent[] {
    closeEvents(this.#state)[1].forEach((effect) => this.#take(effect));
    return this.#events;
  }

  #take(effect: EventEffect): void {
    if (effect.type === 'start') this.#since = effect.startedAt;
    if (effect.type === 'end')
      this.#events.push({ start: this.#since, end: effect.endedAt, kinds: effect.account.kinds });
  }
}
