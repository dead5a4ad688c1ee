/** What of the library goes to a replica: everything, what a rule picks, or what somebody asks for. Pure. */
import { z } from 'zod';
import type { TytoEvent } from '../../device/contract/event.ts';
import { eventRuleFields, ruleMatches } from '../../device/contract/event-rule.ts';
import { NAME_PATTERN } from '../../device/contract/name-pattern.ts';

const DEVICES = 'must be a list of names of devices';
const rule = z.strictObject({
  ...eventRuleFields,
  devices: z.array(z.string(DEVICES).regex(NAME_PATTERN, DEVICES), DEVICES).min(1, DEVICES).readonly().exactOptional(),
}, 'must be "all", "on-request" or a rule of devices, kinds, zones, cameras, people and score');

export const forwardSchema = z.union(
  [z.literal('all'), z.literal('on-request'), rule],
  'must be "all", "on-request" or a rule of devices, kinds, zones, cameras, people and score',
);
export type Forward = Readonly<z.infer<typeof forwardSchema>>;

/** Whether an event goes without being asked for. A rule never means continuous recording: only `all` does. */
export function goesByItself(forward: Forward, event: TytoEvent): boolean {
  if (forward === 'all') return true;
  if (forward === 'on-request') return false;
  const { devices, ...conditions } = forward;
  return (devices === undefined || devices.includes(event.device)) && ruleMatches(conditions, event);
}
