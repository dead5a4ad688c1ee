/** The four lights over the yard: sun or moon, sky, the lamp at the door and the windows. */
import { plus, rgb, scaled, type Rgb } from '../brush/colour.ts';
import { smoothStep } from '../story/chance.ts';
import type { LightName } from '../story/day.ts';
import { house, lamp, windows } from './plan.ts';
import { sunlit } from './shadow.ts';
import { project, type Place } from './view.ts';

export interface Light {
  /** Direction to the sun or the moon; length 1. */
  readonly towards: Place;
  readonly sun: Rgb;
  /** From all sides, most from above. */
  readonly ambient: Rgb;
  /** Strength of the lamp and of lit windows. */
  readonly lamps: number;
  readonly zenith: Rgb;
  readonly horizon: Rgb;
  readonly cloud: Rgb;
  /** Strength of the camera's own infrared lamp. */
  readonly infrared: number;
  /** What the sensor keeps of colours: little in the dark, where it sees by infrared. */
  readonly saturation: number;
}

const unit = ([x, y, z]: Place): Place => {
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
};

export const lights: Readonly<Record<LightName, Light>> = {
  day: {
    towards: unit([0.55, 0.72, -0.36]), sun: [1.55, 1.45, 1.25], ambient: [0.36, 0.42, 0.52], lamps: 0,
    zenith: rgb(0x3d_78_c4), horizon: rgb(0xcf_e2_f0), cloud: rgb(0xfd_fd_fd), infrared: 0, saturation: 1,
  },
  dusk: {
    towards: unit([-0.85, 0.3, -0.42]), sun: [0.95, 0.42, 0.16], ambient: [0.2, 0.19, 0.28], lamps: 0.5,
    zenith: rgb(0x35_3f_74), horizon: rgb(0xf2_a0_62), cloud: rgb(0xe0_96_80), infrared: 0, saturation: 0.95,
  },
  night: {
    towards: unit([0.35, 0.8, -0.45]), sun: [0, 0, 0], ambient: [0.03, 0.036, 0.048], lamps: 1,
    zenith: rgb(0x0e_16_2a), horizon: rgb(0x2c_37_4c), cloud: rgb(0x30_38_46), infrared: 17, saturation: 0.28,
  },
  dawn: {
    towards: unit([0.85, 0.34, -0.38]), sun: [0.8, 0.52, 0.36], ambient: [0.26, 0.27, 0.36], lamps: 0.25,
    zenith: rgb(0x6f_8f_c4), horizon: rgb(0xfa_cf_b4), cloud: rgb(0xf4_c4_bc), infrared: 0, saturation: 0.9,
  },
};

/** Colour of everything that shines by itself. */
export const glowColour: Rgb = [1, 0.66, 0.3];

const lampColour: Rgb = [1, 0.72, 0.4];
const windowColour: Rgb = [1, 0.68, 0.34];

/** Light that falls on a surface at `place` which faces up (`tilt` 1) or to the camera (`tilt` 0). */
export function lightOn(light: Light, place: Place, tilt: number): Rgb {
  const length = Math.sqrt(tilt * tilt + (tilt - 1) * (tilt - 1));
  const normal: Place = [0, tilt / length, (tilt - 1) / length];
  const facing = Math.max(normal[1] * light.towards[1] + normal[2] * light.towards[2], 0);
  const sun = facing === 0 || light.sun[0] === 0 ? 0 : facing * sunlit(place, light.towards);
  const lamps = light.lamps === 0 ? dark : lampsOn(place, normal);
  const sky = 0.62 + 0.38 * tilt;
  const infrared = light.infrared === 0 ? 0 : light.infrared * infraredOn(place);
  const of = (channel: 0 | 1 | 2): number =>
    light.sun[channel] * sun + light.ambient[channel] * sky + light.lamps * lamps[channel] + infrared;
  return [of(0), of(1), of(2)];
}

/** The camera's own lamp reaches some metres, most in the middle of the picture. */
const infraredOn = ([x, y, z]: Place): number => Math.exp((-2.2 * x * x) / (z * z)) / (x * x + y * y + z * z + 60);

const dark: Rgb = [0, 0, 0];

function lampsOn(place: Place, normal: Place): Rgb {
  const lantern = scaled(lampColour, fallOff(place, normal, lamp, 3, coneOf(place)));
  const window = windows[1];
  const from: Place = [(window.left + window.right) / 2, 1.5, house.front + 0.5];
  const through = place[2] < house.front - 0.3 ? fallOff(place, normal, from, 0.22, 1) : 0;
  return plus(lantern, scaled(windowColour, through));
}

/** The lantern's hood throws its light down, in a cone with a soft edge; some leaks to the sides. */
function coneOf(place: Place): number {
  const [x, y, z] = [place[0] - lamp[0], place[1] - lamp[1], place[2] - lamp[2]];
  const down = -y / Math.hypot(x, y, z);
  return 0.12 + 0.88 * smoothStep(0.22, 0.72, down);
}

function fallOff(place: Place, normal: Place, source: Place, strength: number, cone: number): number {
  const [x, y, z] = [source[0] - place[0], source[1] - place[1], source[2] - place[2]];
  const square = x * x + y * y + z * z;
  const facing = (x * normal[0] + y * normal[1] + z * normal[2]) / Math.sqrt(square);
  return facing <= 0 ? 0 : (strength * cone * facing) / (square + 0.25);
}

const [lampU, lampV] = project(lamp);

/** Light at `[u, v]` of the picture that the damp air scatters: a halo around the lantern, a faint cone below it. */
export function haloAt(u: number, v: number): number {
  const [x, y] = [u - lampU, ((v - lampV) * 9) / 16];
  const halo = 0.05 / (1 + (x * x + y * y) * 7000);
  if (y <= 0) return halo;
  const edge = Math.abs(x) / (y * 0.8 + 0.006);
  return halo + 0.24 * Math.max(1 - edge * edge, 0) * Math.exp(-y * 13);
}

/** Saturation for light as it is seen: in the dark, only what is lit warmly keeps its colour, grass less. */
export function colourKept({ saturation }: Light, [red, green, blue]: Rgb): number {
  if (saturation > 0.5) return saturation;
  const warmth = smoothStep(1.6, 3.2, red / (blue + 0.004)) * smoothStep(0.02, 0.12, red);
  const kept = 0.5 + 0.4 * smoothStep(1.15, 0.85, green / (red + 0.004));
  return saturation + (kept - saturation) * warmth;
}
