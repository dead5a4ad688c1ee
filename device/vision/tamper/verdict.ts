/** What a view of the scene looks like: the limits of each kind, and how the user's slider moves them. */
import type { TamperKind } from '../../core/frame.ts';
import type { LightChange } from './recent-light.ts';
import type { SceneView } from './scene-view.ts';

export type Sight = SceneView & LightChange;

/** What the scene itself can tell; that a picture is frozen, its noise tells. */
export type SceneKind = Exclude<TamperKind, 'frozen'>;

/** 1 in the middle, 2 near 0, a half at 1. Times are multiplied by it; what limits leave open is divided by it. */
export const strictnessOf = (sensitivity: number): number => 2 ** (1 - 2 * sensitivity);

/** Once it holds, it must look this much better before it ends. */
const hysteresis = 0.15;
/** More than this in common with the reference, and the scene is there still: in the dark, in fog, behind a veil. */
const [leastTrace, leastTraceInGlare] = [0.25, 0.45];
const leastGlare = 0.1;
/** More glare than this blinds even where it has structure: the rims of lamps. */
const muchGlare = 0.3;

/**
 * Whether `view` looks like `kind`. `holding`: whether it is held to be so already.
 * Where a scene is not seen: glare says blinded, emptiness covered, and another structure moved.
 */
export function looksLike(kind: SceneKind, view: Sight, strictness: number, holding: boolean): boolean {
  const ease = holding ? hysteresis : 0;
  const unseen = (limit: number): boolean =>
    view.trace < leastTrace + ease && view.unseen >= share(limit, strictness) - ease;
  const empty = view.empty >= 0.5 - ease;
  switch (kind) {
    case 'blinded': return isBlinding(view, strictness, ease);
    case 'covered': return empty && !(view.dark && view.wasDark) && unseen(0.7) && !isBlinding(view, 1, 0);
    case 'moved': return !empty && unseen(0.7) && !isBlinding(view, 1, 0);
    case 'defocused': return view.unseen < 0.6 && view.sharpness < 1 - 0.3 * Math.sqrt(strictness) + ease;
    default: return kind satisfies never;
  }
}

function isBlinding({ glare, unseen, empty, trace }: Sight, strictness: number, ease: number): boolean {
  return glare >= leastGlare - ease / 3 && (empty >= 0.5 - ease || glare >= muchGlare - ease)
    && trace < leastTraceInGlare + ease && glare + unseen >= share(0.8, strictness) - ease;
}

/** How much of the time that a cover must hold counts in the dark, where infrared light may be about to come on. */
export const darkPace = 1 / 3;

/** A limit of which the rest up to 1 is multiplied: 0.7 becomes 0.4 at sensitivity 1 and 0.85 near 0. */
const share = (limit: number, strictness: number): number => 1 - (1 - limit) / strictness;
