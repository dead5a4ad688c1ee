/** The body of a walker: where its joints are in a stance. Pure geometry in metres, in the axes of `view.ts`. */
import type { Place } from '../yard/view.ts';
import type { Stance } from './walk.ts';

export interface Limb { readonly root: Place; readonly bend: Place; readonly end: Place }

export interface Pose {
  readonly head: Place;
  readonly neck: Place;
  readonly hips: Place;
  readonly leftArm: Limb;
  readonly rightArm: Limb;
  /** Hip, knee, ankle. */
  readonly leftLeg: Limb;
  readonly rightLeg: Limb;
  readonly leftToe: Place;
  readonly rightToe: Place;
  /** Unit vector of the way it faces, on the ground. */
  readonly facing: readonly [x: number, z: number];
}

/** Height for which the lengths below are given; other people are scaled. */
const modelHeight = 1.75;
const thigh = 0.43;
const shank = 0.41;
const stepLength = 1.42;

interface Leg { readonly knee: Flat; readonly ankle: Flat; readonly toe: Flat }
/** Forward and up. */
type Flat = readonly [forward: number, up: number];

/** The body of someone `height` metres tall in `stance`. The lower foot stands on the ground. */
export function poseOf(stance: Stance, height: number): Pose {
  const size = height / modelHeight;
  const phase = (2 * Math.PI * stance.walked) / (stepLength * size);
  const left = legAt(phase, stance.stride);
  const right = legAt(phase + Math.PI, stance.stride);
  const hipHeight = -Math.min(left.ankle[1] - 0.07, right.ankle[1] - 0.07, left.toe[1] - 0.03, right.toe[1] - 0.03);
  const facing = [Math.cos(stance.heading), Math.sin(stance.heading)] as const;
  const place = (side: number, [forward, up]: Flat): Place => [
    stance.x + size * (facing[0] * forward - facing[1] * side), size * (hipHeight + up),
    stance.z + size * (facing[1] * forward + facing[0] * side),
  ];
  const lean = 0.05 * stance.stride;
  const leg = (side: number, { knee, ankle }: Leg): Limb =>
    ({ root: place(side, [0, 0]), bend: place(side, knee), end: place(side, ankle) });
  const arm = (side: number, swing: number, reach: number): Limb => {
    const { elbow, hand } = armAt(swing * stance.stride, reach);
    const shoulder: Flat = [lean, 0.5];
    const [bend, end] = [place(side * 1.04, add(shoulder, elbow)), place(side, add(shoulder, hand))];
    return { root: place(side, shoulder), bend, end };
  };
  return {
    head: place(0, [lean * 1.3 + 0.01, 0.695]), neck: place(0, [lean, 0.54]), hips: place(0, [0, 0.02]), facing,
    leftArm: arm(0.19, -Math.sin(phase), 0), rightArm: arm(-0.19, Math.sin(phase), stance.reach),
    leftLeg: leg(0.09, left), rightLeg: leg(-0.09, right),
    leftToe: place(0.1, left.toe), rightToe: place(-0.1, right.toe),
  };
}

/** One leg from a hip at the origin: swings forward bent, comes back straight. */
function legAt(phase: number, stride: number): Leg {
  const swing = 0.43 * stride * Math.sin(phase) + 0.04 * stride;
  const bend = stride * (0.12 + 0.85 * Math.max(Math.cos(phase + 0.25), 0) ** 2) + 0.04;
  const lower = swing - bend;
  const knee: Flat = [thigh * Math.sin(swing), -thigh * Math.cos(swing)];
  const ankle: Flat = [knee[0] + shank * Math.sin(lower), knee[1] - shank * Math.cos(lower)];
  const tilt = lower * 0.6;
  return { knee, ankle, toe: [ankle[0] + 0.17 * Math.cos(tilt) + 0.02, ankle[1] - 0.05 + 0.17 * Math.sin(tilt)] };
}

/** One arm from a shoulder at the origin; `swing` from -1 to 1. */
function armAt(swing: number, reach: number): { readonly elbow: Flat; readonly hand: Flat } {
  const upper = 0.45 * swing * (1 - reach) + 1.1 * reach;
  const lower = upper + 0.22 + 0.22 * Math.max(swing, 0) + 0.35 * reach;
  const elbow: Flat = [0.29 * Math.sin(upper), -0.29 * Math.cos(upper)];
  return { elbow, hand: [elbow[0] + 0.27 * Math.sin(lower), elbow[1] - 0.27 * Math.cos(lower)] };
}

const add = (a: Flat, b: Flat): Flat => [a[0] + b[0], a[1] + b[1]];

/** The corners of an upright block that holds the whole body in any part of its stride. */
export function roomFor(stance: Stance, height: number): readonly Place[] {
  const along = 0.24 + 0.28 * stance.stride + 0.35 * stance.reach;
  const aside = 0.31;
  const [cos, sin] = [Math.abs(Math.cos(stance.heading)), Math.abs(Math.sin(stance.heading))];
  const [halfX, halfZ] = [along * cos + aside * sin, along * sin + aside * cos];
  return [-halfX, halfX].flatMap((x) => [-halfZ, halfZ].flatMap((z) => [0, height + 0.07].map(
    (y): Place => [stance.x + x, y, stance.z + z],
  )));
}
