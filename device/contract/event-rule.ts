/**
 * Which events somebody means: by kind, zone, camera, person and score. All that is named must be true of an event.
 * Pure.
 */
import { z } from 'zod';
import { EVENT_KINDS, isContinuous, type TytoEvent } from './event.ts';
import { line } from './setting-fields.ts';

// Messages go on after what they speak of: see `describeOutputs`.
const KINDS = `must be kinds of events: ${EVENT_KINDS.join(', ')}`;
const NAMES = 'must be a list of names';
const names = z.array(line, NAMES).min(1, NAMES).max(64, NAMES).readonly();
const PEOPLE = 'must be "named", "unknown" or a list of names of people';
const SCORE = 'must be from 0 to 1';

/** The fields of such a rule, for schemas that have more. */
export const eventRuleFields = {
  /** Any of these; tamper's kinds among them. */
  kinds: z.array(z.enum(EVENT_KINDS, KINDS), KINDS).min(1, KINDS).readonly().exactOptional(),
  /** Something entered any of these zones. */
  zones: names.exactOptional(),
  cameras: names.exactOptional(),
  people: z.union([z.literal('named'), z.literal('unknown'), names], PEOPLE).exactOptional(),
  /** At least. */
  score: z.number(SCORE).min(0, SCORE).max(1, SCORE).exactOptional(),
};
const rule = z.strictObject(eventRuleFields);
export type EventRule = Readonly<z.infer<typeof rule>>;

/**
 * Whether the rule is for this event as it is known now. It never is for continuous recording: nothing happened there.
 */
export function ruleMatches({ kinds, zones, cameras, people, score }: EventRule, event: TytoEvent): boolean {
  return !isContinuous(event)
    && (kinds === undefined || kinds.some((kind) => event.kinds.includes(kind)))
    && (zones === undefined || event.entered_zones.some((zone) => zones.includes(zone)))
    && (cameras === undefined || cameras.includes(event.camera))
    && (people === undefined || showsPeople(people, event))
    && (score === undefined || event.top_score >= score);
}

/** A face without a name is unknown also where nobody has been named yet. */
function showsPeople(people: NonNullable<EventRule['people']>, { faces }: TytoEvent): boolean {
  if (people === 'unknown') return faces.some(({ person }) => person === null);
  return faces.some(({ person }) => person !== null && (people === 'named' || people.includes(person)));
}
