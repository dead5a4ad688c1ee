/** The demo's day: eight minutes from one noon to the next, with clouds and wind of its own. Pure. */
import { inSeconds, minutes, ratio, type Millis, type Ratio } from '../../../core/units.ts';
import { between, smoothStep, wander } from './chance.ts';

/** The four lights in which the yard is painted; every moment is one of them or on its way from one to the next. */
export type LightName = 'day' | 'dusk' | 'night' | 'dawn';

/** `mix` 0 is all `from`, 1 all `to`. */
export interface SkyState { readonly from: LightName; readonly to: LightName; readonly mix: Ratio }

export interface Weather {
  /** How much of the light the clouds take just now, 0 for a clear sky. */
  readonly cloud: Ratio;
  /** How far the clouds have drifted since the start, in metres. */
  readonly drift: number;
  /** Strength of the wind. */
  readonly breeze: Ratio;
  /** Where the leaves are in their swaying, in radians. */
  readonly leafPhase: number;
}

/** From one noon to the next. */
export const dayLength = minutes(8);

const keyframes: readonly { readonly at: number; readonly light: LightName }[] = [
  { at: 0, light: 'day' }, { at: 0.34, light: 'day' }, { at: 0.42, light: 'dusk' }, { at: 0.5, light: 'night' },
  { at: 0.84, light: 'night' }, { at: 0.92, light: 'dawn' }, { at: 1, light: 'day' },
];

const brightness: Readonly<Record<LightName, number>> = { day: 1, dusk: 0.45, night: 0, dawn: 0.55 };

/** The light at time `at` since the camera's start. */
export function skyAt(at: Millis): SkyState {
  const hour = (at % dayLength) / dayLength;
  const next = keyframes.findIndex((keyframe) => keyframe.at > hour);
  const [from, to] = [keyframes[next - 1], keyframes[next]];
  if (from === undefined || to === undefined) return { from: 'day', to: 'day', mix: ratio(0) };
  const changes = from.light !== to.light;
  return { from: from.light, to: to.light, mix: ratio(changes ? smoothStep(from.at, to.at, hour) : 0) };
}

/** 0 at night, 1 by day. */
export const daylightOf = ({ from, to, mix }: SkyState): Ratio =>
  ratio(between(brightness[from], brightness[to], mix));

/** Clouds and wind at time `at` since the camera's start. */
export function weatherAt(at: Millis): Weather {
  const now = inSeconds(at);
  return {
    cloud: ratio(smoothStep(0.3, 0.9, wander(now / 28, 1))),
    drift: now * 0.9,
    breeze: ratio(0.25 + 0.5 * wander(now / 9, 2) + 0.25 * wander(now / 2.5, 3)),
    leafPhase: now * 2.1,
  };
}
