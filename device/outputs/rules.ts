/** Which events an output is told of. Pure. */
import { isContinuous, type TytoEvent } from '../contract/event.ts';
import { PHASES, type OutputPlan, type OutputRule, type OutputType, type Phase } from '../contract/outputs.ts';
import { hours, minutes, seconds, type Millis } from '../core/units.ts';

/** Whether the rule, but for its windows, is for this event as it is known now. */
export function matches(rule: OutputRule, event: TytoEvent): boolean {
  const { kinds, zones, cameras, people, score } = rule;
  return !isContinuous(event)
    && (kinds === undefined || kinds.some((kind) => event.kinds.includes(kind)))
    && (zones === undefined || event.entered_zones.some((zone) => zones.includes(zone)))
    && (cameras === undefined || cameras.includes(event.camera))
    && (people === undefined || showsPeople(people, event))
    && (score === undefined || event.top_score >= score);
}

/** A face without a name is unknown also where nobody has been named yet. */
function showsPeople(people: NonNullable<OutputRule['people']>, { faces }: TytoEvent): boolean {
  if (people === 'unknown') return faces.some(({ person }) => person === null);
  return faces.some(({ person }) => person !== null && (people === 'named' || people.includes(person)));
}

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
  phases: when?.phases ?? (HABITS[type].phases), timeout: timeout ?? HABITS[type].timeout, stale: stale ?? HABITS[type].stale,
});
