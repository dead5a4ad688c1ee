/** The shadows that a figure throws on the ground, by the sun or moon and by the lamp. Pure. */
import type { Size } from '../../../core/geometry.ts';
import type { SkyState } from '../story/day.ts';
import type { DemoFigure } from '../scene.ts';
import { lights, type Light } from '../yard/light.ts';
import { lamp } from '../yard/plan.ts';
import { sunlit } from '../yard/shadow.ts';
import { inPixels, pixelsInMetre, type Place } from '../yard/view.ts';
import type { BodyPart } from './body.ts';
import type { Limb } from './limbs.ts';

export interface Shadow {
  readonly limbs: readonly Limb[];
  /** Share of the brightness that it takes. */
  readonly strength: number;
}

/** The shadows of `figure`, which consists of `parts`, in a picture of `size`. */
export function shadowsOf(
  parts: readonly BodyPart[], figure: DemoFigure, sky: SkyState, size: Size,
): readonly Shadow[] {
  const shares = [[lights[sky.from], 1 - sky.mix], [lights[sky.to], sky.mix]] as const;
  const bySun = shares.map(([light, share]): Shadow => ({
    limbs: parts.map((part) => onGround(part, size, (place) => alongRay(place, light.towards))),
    strength: share * sunShadow(light, figure.place),
  }));
  const lampShare = shares.reduce((sum, [light, share]) => sum + share * light.lamps, 0);
  const byLamp: Shadow = {
    limbs: parts.map((part) => onGround(part, size, awayFromLamp)),
    strength: lampShare * 0.5 * Math.max(1 - Math.hypot(figure.place[0] - lamp[0], figure.place[2] - lamp[2]) / 4, 0),
  };
  return [contact(figure, size), ...bySun, byLamp].filter(({ strength }) => strength > 0.02);
}

/** What is left in the shadow is the light of the sky; brightness in a picture goes with the 2.2th root. */
function sunShadow(light: Light, [x, , z]: Place): number {
  const direct = light.sun[1] * light.towards[1] * sunlit([x, 0.1, z], light.towards);
  return 1 - (light.ambient[1] / (light.ambient[1] + direct)) ** (1 / 2.2);
}

/** Under the feet it is darker in any light. */
function contact({ place: [x, , z] }: DemoFigure, size: Size): Shadow {
  const part: BodyPart = { from: [x - 0.14, 0, z], to: [x + 0.14, 0, z], fromRadius: 0.18, toRadius: 0.18, colour: 0 };
  return { limbs: [onGround(part, size, (place) => place)], strength: 0.22 };
}

function onGround({ from, to, fromRadius, toRadius }: BodyPart, size: Size, cast: (place: Place) => Place): Limb {
  const [start, end] = [cast(from), cast(to)];
  // Seen from the camera, what lies on the ground is about half as high as wide.
  const radius = (metres: number, depth: number): number => 0.62 * metres * pixelsInMetre(depth, size);
  return {
    from: inPixels(start, size), to: inPixels(end, size),
    fromRadius: radius(fromRadius, start[2]), toRadius: radius(toRadius, end[2]),
  };
}

const alongRay = ([x, y, z]: Place, towards: Place): Place =>
  [x - (y * towards[0]) / towards[1], 0, Math.max(z - (y * towards[2]) / towards[1], 3)];

function awayFromLamp([x, y, z]: Place): Place {
  const far = Math.min(y / Math.max(lamp[1] - y, 0.05), 3);
  return [x + (x - lamp[0]) * far, 0, Math.max(z + (z - lamp[2]) * far, 3)];
}
