/** A figure as rounded parts in the yard, far ones first. Pure. */
import type { DemoFigure } from '../scene.ts';
import type { Place } from '../yard/view.ts';

export interface BodyPart {
  readonly from: Place;
  readonly to: Place;
  /** Metres. */
  readonly fromRadius: number;
  readonly toRadius: number;
  /** sRGB. */
  readonly colour: number;
}

export function bodyOf({ pose, looks }: DemoFigure): readonly BodyPart[] {
  const size = looks.height / 1.75;
  const part = (from: Place, to: Place, radii: readonly [number, number], colour: number): BodyPart =>
    ({ from, to, fromRadius: radii[0] * size, toRadius: radii[1] * size, colour });
  /** `forward` and `up` metres from a joint. */
  const from = ([x, y, z]: Place, forward: number, up: number): Place =>
    [x + pose.facing[0] * forward * size, y + up * size, z + pose.facing[1] * forward * size];
  const { leftArm, rightArm, leftLeg, rightLeg, head, neck, hips } = pose;
  const legs = ([[leftLeg, pose.leftToe], [rightLeg, pose.rightToe]] as const).flatMap(([leg, toe]) => [
    part(leg.end, toe, [0.052, 0.04], looks.shoes),
    part(leg.root, leg.bend, [0.105, 0.074], looks.trousers),
    part(leg.bend, leg.end, [0.072, 0.054], looks.trousers),
  ]);
  const arms = [leftArm, rightArm].flatMap((arm) => [
    part(beyond(arm.bend, arm.end, 0.2), beyond(arm.bend, arm.end, 0.26), [0.036, 0.034], looks.skin),
    part(arm.root, arm.bend, [0.07, 0.058], looks.coat),
    part(arm.bend, arm.end, [0.057, 0.046], looks.coat),
  ]);
  const trunk = [
    part(from(leftArm.root, 0, -0.04), from(leftLeg.root, 0, -0.02), [0.075, 0.08], looks.coat),
    part(from(rightArm.root, 0, -0.04), from(rightLeg.root, 0, -0.02), [0.075, 0.08], looks.coat),
    part(from(neck, 0, -0.12), from(hips, 0, 0.01), [0.128, 0.13], looks.coat),
  ];
  const hair = looks.hat ?? looks.hair;
  const skull = [
    part(neck, from(head, -0.01, -0.06), [0.055, 0.05], looks.skin),
    part(from(head, 0.015, -0.04), from(head, 0.015, 0.03), [0.085, 0.098], looks.skin),
    part(from(head, -0.045, -0.02), from(head, -0.025, 0.05), [0.085, 0.1], hair),
    ...looks.hat === undefined ? [] : [part(from(head, 0.02, 0.05), from(head, 0, 0.1), [0.104, 0.08], looks.hat)],
  ];
  const pack = looks.backpack === undefined ? []
    : [part(from(neck, -0.17, -0.1), from(hips, -0.19, 0.17), [0.11, 0.14], looks.backpack)];
  return inDepth([legs, arms.slice(0, 3), arms.slice(3), trunk, skull, pack]);
}

/** The point on the line from `a` to `b`, `share` of that way further than `b`. */
const beyond = (a: Place, b: Place, share: number): Place =>
  [b[0] + (b[0] - a[0]) * share, b[1] + (b[1] - a[1]) * share, b[2] + (b[2] - a[2]) * share];

/** Whole groups first by how far they are, legs below everything. */
function inDepth([legs, ...groups]: readonly (readonly BodyPart[])[]): readonly BodyPart[] {
  const depth = (parts: readonly BodyPart[]): number =>
    parts.reduce((sum, { from, to }) => sum + from[2] + to[2], 0) / (2 * parts.length);
  const single = (legs ?? []).toSorted((a, b) => b.from[2] + b.to[2] - a.from[2] - a.to[2]);
  return [...single, ...groups.filter((group) => group.length > 0).toSorted((a, b) => depth(b) - depth(a)).flat()];
}
