/** What is so of an output where its plan does not say otherwise. Pure. */
import { PHASES, type OutputPlan, type OutputType, type Phase } from '../contract/outputs.ts';
import { hours, minutes, seconds, type Millis } from '../core/units.ts';

interface Habits {
  readonly phases: readonly Phase[];
  readonly timeout: Millis;
  /** What happened longer ago is not told any more. */
  readonly stale: Millis;
}

/** For people: once, soon. */
const ALARM: Habits = { phases: ['new'], timeout: seconds(20), stale: hours(1) };
/** For programs: the whole story, also late. */
const RECORD: Habits = { phases: PHASES, timeout: seconds(10), stale: hours(24) };

const HABITS: Readonly<Record<OutputType, Habits>> = {
  webhook: RECORD, tcp: RECORD, mqtt: RECORD, script: { ...RECORD, timeout: seconds(30) },
  ntfy: ALARM, pushbullet: ALARM, telegram: ALARM, email: { ...ALARM, timeout: minutes(1) },
  // A light that goes on long after is worse than none.
  gpio: { phases: PHASES, timeout: minutes(5), stale: seconds(10) },
};

/** What is so where the plan does not say otherwise. */
export const habitsOf = ({ type, when, timeout, stale }: OutputPlan): Habits => ({
  phases: when?.phases ?? (HABITS[type].phases),
  timeout: timeout ?? HABITS[type].timeout, stale: stale ?? HABITS[type].stale,
});
