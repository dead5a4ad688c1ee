/**
 * Turns observations into events. One pure step: time arrives in the observation, effects are values. The same machine
 * runs on a device and in `tyto detect`, so that what-if answers are true.
 */
import type { Observation } from '../core/frame.ts';
import type { Millis } from '../core/units.ts';
import { pictureValue } from './moment.ts';

export interface EventLimits {
  /** Motion must last this long to become an event. */
  readonly minimumDuration: Millis;
  /** Time without motion that ends an event. */
  readonly quiet: Millis;
  /** Longest event; what goes on begins the next one at once. */
  readonly maxLength: Millis;
}

export type EventEffect =
  /** `continues` when it follows the event before without a gap. */
  | { readonly type: 'start'; readonly startedAt: Millis; readonly best: Observation; readonly continues: boolean }
  /** A better moment than the best one told so far. */
  | { readonly type: 'update'; readonly best: Observation }
  /** `endedAt` is the last moment of motion; `continues` when the next event follows without a gap. */
  | { readonly type: 'end'; readonly endedAt: Millis; readonly best: Observation; readonly continues: boolean };

export type EventState =
  | { readonly phase: 'idle' }
  /** Something moves, not yet for long enough. */
  | { readonly phase: 'pending'; readonly since: Millis; readonly lastHit: Millis; readonly best: Observation }
  | {
    readonly phase: 'open'; readonly since: Millis; readonly lastHit: Millis; readonly best: Observation;
    /** The best moment that was told, and when. */
    readonly told: Observation; readonly toldAt: Millis;
  };

export const idle: EventState = { phase: 'idle' };

type Step = readonly [EventState, readonly EventEffect[]];

/** Motion that pauses longer than this before it became an event was a flicker. */
const PENDING_GAP = 1000;
/** Updates come at most this often, and only for a moment clearly better than the one told. */
const UPDATE_EVERY = 1000;
const CLEARLY_BETTER = 1.1;

/** What `seen` does to `state`. Observations come in order of time. */
export function stepEvents(state: EventState, seen: Observation, limits: EventLimits): Step {
  switch (state.phase) {
    case 'idle': return seen.motion ? open({ phase: 'pending', since: seen.at, lastHit: seen.at, best: seen }, seen, limits) : [state, []];
    case 'pending': return stepPending(state, seen, limits);
    case 'open': return stepOpen(state, seen, limits);
  }
}

/** Ends an event that is under way: the camera is gone, the switch is off, the clip is over. */
export function closeEvents(state: EventState): Step {
  return [idle, state.phase === 'open' ? [{ type: 'end', endedAt: state.lastHit, best: state.best, continues: false }] : []];
}

function stepPending(state: EventState & { phase: 'pending' }, seen: Observation, limits: EventLimits): Step {
  if (!seen.motion) return [seen.at - state.lastHit > PENDING_GAP ? idle : state, []];
  return open({ ...state, lastHit: seen.at, best: better(state.best, seen) }, seen, limits);
}

function open(pending: EventState & { phase: 'pending' }, seen: Observation, limits: EventLimits): Step {
  if (seen.at - pending.since < limits.minimumDuration) return [pending, []];
  return [
    { ...pending, phase: 'open', told: pending.best, toldAt: seen.at },
    [{ type: 'start', startedAt: pending.since, best: pending.best, continues: false }],
  ];
}

function stepOpen(state: EventState & { phase: 'open' }, seen: Observation, limits: EventLimits): Step {
  if (!seen.motion) return seen.at - state.lastHit >= limits.quiet ? closeEvents(state) : [state, []];
  if (seen.at - state.since >= limits.maxLength) return rollOver(state, seen);
  const best = better(state.best, seen);
  const next = { ...state, lastHit: seen.at, best };
  if (pictureValue(best) < pictureValue(state.told) * CLEARLY_BETTER || seen.at - state.toldAt < UPDATE_EVERY) return [next, []];
  return [{ ...next, told: best, toldAt: seen.at }, [{ type: 'update', best }]];
}

function rollOver(state: EventState & { phase: 'open' }, seen: Observation): Step {
  return [
    { phase: 'open', since: seen.at, lastHit: seen.at, best: seen, told: seen, toldAt: seen.at },
    [
      { type: 'end', endedAt: seen.at, best: state.best, continues: true },
      { type: 'start', startedAt: seen.at, best: seen, continues: true },
    ],
  ];
}

const better = (best: Observation, seen: Observation): Observation => (pictureValue(seen) > pictureValue(best) ? seen : best);
