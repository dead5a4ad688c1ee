/** Which zones something is in, without trembling at their borders. Pure. */
import { seconds, type Millis } from '../core/units.ts';

/** What left a zone and comes back within this time has never left. */
const STAYS = seconds(2);

/** When something was last in each zone that is on. */
export type ZoneSwitches = ReadonlyMap<string, Millis>;

/** @param current - Where something is at `now`. */
export function stepZones(before: ZoneSwitches, current: readonly string[], now: Millis): ZoneSwitches {
  const after = new Map([...before].filter(([, at]) => now - at <= STAYS));
  for (const zone of current) after.set(zone, now);
  return after;
}
