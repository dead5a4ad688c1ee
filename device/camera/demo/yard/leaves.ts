/** The leaves that move: the crown of the tree and the lavender in the foreground, as lists of single leaves. */
import { mixed, rgb, scaled, type Rgb } from '../brush/colour.ts';
import { between, chance } from '../story/chance.ts';
import { crown, type Ball } from './plan.ts';
import type { Place } from './view.ts';

export interface Leaf {
  readonly place: Place;
  /** Half its length in metres; it is half as wide. */
  readonly size: number;
  /** Radians in the picture. */
  readonly angle: number;
  readonly colour: Rgb;
  /** 0 faces the camera, 1 faces up. */
  readonly tilt: number;
}

const dark = rgb(0x3a_5c_26);
const fresh = rgb(0x8f_b0_46);

/** The shaded leaves inside the crown, far ones first. */
export const innerCrown = (): readonly Leaf[] => crownLeaves(210, innerLeaf);

/** The leaves around the crown that catch the light and the wind, far ones first. */
export const outerCrown = (): readonly Leaf[] => crownLeaves(420, outerLeaf);

function crownLeaves(perMetre: number, leaf: (ball: Ball, seed: number) => Leaf): readonly Leaf[] {
  return crown
    .flatMap((ball, index) => Array.from({ length: Math.round(perMetre * ball.radius) }, (_, each) =>
      leaf(ball, index * 4000 + each)))
    .toSorted((a, b) => b.place[2] - a.place[2]);
}

function innerLeaf(ball: Ball, seed: number): Leaf {
  const turn = 2 * Math.PI * chance(seed, 200);
  const up = between(-0.9, 1, chance(seed, 201));
  const place = within(ball, { turn, up, out: between(0.1, 0.85, chance(seed, 202)) });
  const colour = scaled(mixed(dark, fresh, 0.1 + 0.3 * chance(seed, 203)), 0.62);
  const [size, angle] = [between(0.07, 0.12, chance(seed, 204)), Math.PI * chance(seed, 205)];
  return { place, size, angle, colour, tilt: 0.5 + 0.4 * up };
}

function outerLeaf(ball: Ball, seed: number): Leaf {
  const turn = Math.PI * (1 + chance(seed, 210));
  const up = between(-0.9, 1, chance(seed, 211));
  const place = within(ball, { turn, up, out: between(0.72, 1.05, chance(seed, 212)) });
  const tone = Math.max(0.25 + 0.3 * up + 0.45 * chance(seed, 213), 0);
  const colour = scaled(mixed(dark, fresh, tone), 0.8 + 0.25 * up);
  const [size, angle] = [between(0.05, 0.09, chance(seed, 214)), Math.PI * chance(seed, 215)];
  return { place, size, angle, colour, tilt: 0.5 + 0.45 * up };
}

/** A place in a ball: `turn` around its axis, `up` from -1 to 1, `out` from its middle. */
function within({ centre, radius }: Ball, { turn, up, out }: { turn: number; up: number; out: number }): Place {
  const across = radius * out * Math.sqrt(1 - up * up);
  return [centre[0] + across * Math.cos(turn), centre[1] + radius * out * up, centre[2] + across * Math.sin(turn)];
}

/** A lavender bush that grows into the lower left corner of the picture. */
export function lavender(): readonly Leaf[] {
  return Array.from({ length: 150 }, (_, stem) => lavenderStem(stem)).flat()
    .toSorted((a, b) => b.place[2] - a.place[2]);
}

function lavenderStem(stem: number): readonly Leaf[] {
  const foot: Place = [between(-4.75, -3.2, chance(stem, 220) ** 1.4), 0, between(5.75, 6.1, chance(stem, 221))];
  const lean = (chance(stem, 222) - 0.5) * 0.3 + 0.08;
  const height = between(0.35, 0.62, chance(stem, 223)) * (1 - 0.3 * (foot[0] + 4.75) / 1.55);
  const green = mixed(rgb(0x5d_77_4a), rgb(0x8c_9f_6a), chance(stem, 224));
  const violet = mixed(rgb(0x6a_4f_a8), rgb(0x9a_80_cf), chance(stem, 225));
  return Array.from({ length: 13 }, (_, part): Leaf => {
    const share = part / 12;
    const flower = share > 0.6;
    const place: Place = [foot[0] + lean * share * share, height * share, foot[2]];
    const angle = flower ? Math.PI * chance(stem * 20 + part, 226) : Math.PI / 2 - lean * share;
    const colour = flower ? violet : scaled(green, 0.55 + 0.5 * share);
    return { place, size: flower ? 0.022 : 0.034, angle, colour, tilt: 0.6 };
  });
}
