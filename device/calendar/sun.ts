/** When the sun rises and sets, also where some days it does neither. */
import { getPosition, getTimes } from 'suncalc';
import type { SunMoment } from '../contract/timetable.ts';

export interface Coordinates {
  /** Degrees, north positive. */
  readonly latitude: number;
  /** Degrees, east positive. */
  readonly longitude: number;
}

/**
 * Height of the sun's middle above the horizon at these moments, degrees: refraction and half its disk; civil twilight.
 */
const HEIGHT: Readonly<Record<SunMoment, number>> = { sunrise: -0.833, sunset: -0.833, dawn: -6, dusk: -6 };
const IS_MORNING: Readonly<Record<SunMoment, boolean>> = { dawn: true, sunrise: true, sunset: false, dusk: false };

/**
 * The moment on the day from `start` to `end` (Unix milliseconds).
 *
 * Where the sun does not go so low that day, the day lasts from `start` to `end`; where it does not come so high, day
 * has no length: both moments are at noon.
 */
export function sunAt(
  moment: SunMoment, { start, end }: { readonly start: number; readonly end: number },
  { latitude, longitude }: Coordinates,
): number {
  const noon = new Date((start + end) / 2);
  const times = getTimes(noon, latitude, longitude);
  const at = times[moment];
  if (at !== null) return at.getTime();
  const isAlwaysLight = getPosition(times.nadir, latitude, longitude).altitude > HEIGHT[moment];
  if (!isAlwaysLight) return noon.getTime();
  return IS_MORNING[moment] ? start : end;
}
