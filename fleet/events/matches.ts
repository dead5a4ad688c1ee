/** Which messages a subscriber is told. Pure. */
import { isContinuous } from '../../device/contract/event.ts';
import { withFoundFaces } from '../../device/contract/fleet-findings.ts';
import { ruleMatches } from '../../device/contract/event-rule.ts';
import type { FleetMessage } from './message.ts';
import type { SubscriberPlan, SubscriberRule } from './subscriber.ts';

const ANYTHING: SubscriberRule = { continuous: false };

/** Where the rule asks something of events, what is of none is not for it. */
export function matches(
  { when = ANYTHING, format }: Pick<SubscriberPlan, 'when' | 'format'>,
  { type, device, event, found_faces: found }: FleetMessage,
): boolean {
  if (format === 'kerberos' && event?.clip == null) return false; // it speaks of clips alone
  const { types, devices, continuous, ...ofEvents } = when;
  return (types === undefined || types.includes(type))
    && (devices === undefined || devices.includes(device))
    && (event === undefined ? Object.keys(ofEvents).length === 0
      : isContinuous(event) ? continuous : ruleMatches(ofEvents, withFoundFaces(event, found)));
}
