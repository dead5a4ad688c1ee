/** How a visitor moves through the yard: lines on the ground, walked with a start and a stop that look human. Pure. */
import type { Spot } from '../yard/plan.ts';
import { smoothStep } from './chance.ts';

/** Where a walker is and what it does there. */
export interface Stance {
  readonly x: number;
  readonly z: number;
  /** Radians: 0 looks to the right of the picture, a quarter turn away from the camera. */
  readonly heading: number;
  /** Metres walked so far; drives the legs. */
  readonly walked: number;
  /** Share of a full step, 0 standing. */
  readonly stride: number;
  /** Share of an arm stretched out to the bell. */
  readonly reach: number;
}

/** One part of a visit; `at` takes seconds since its begin. */
export interface Leg { readonly seconds: number; at(elapsed: number): Stance }

/** How a walk begins and ends: in full pace (at the picture's edge) or standing. */
export interface Pace { readonly speed: number; readonly fromRest: boolean; readonly toRest: boolean }

const rampSeconds = 0.7;

/** Walks along `line`, which holds at least two spots. `walked` is what was walked before. */
export function walkAlong(line: readonly Spot[], pace: Pace, walked: number): Leg {
  const lengths = line.slice(1).map((spot, index) => distance(line[index] ?? spot, spot));
  const length = lengths.reduce((sum, each) => sum + each, 0);
  return {
    seconds: secondsFor(length, pace),
    at(elapsed) {
      const [made, share] = progress(elapsed, length, pace);
      const { spot, heading } = along(line, lengths, made);
      return { x: spot[0], z: spot[1], heading, walked: walked + made, stride: share, reach: 0 };
    },
  };
}

/** Stands at `from`'s place for `seconds`, turning to `facing` and, at a door, ringing; then turns to `leaving`. */
export function stand(from: Stance, seconds: number, turns: { facing: number; leaving: number; rings: boolean }): Leg {
  const turnIn = nearestTurn(from.heading, turns.facing);
  const turnOut = nearestTurn(turns.facing, turns.leaving);
  return {
    seconds,
    at(elapsed) {
      const into = smoothStep(0, 0.6, elapsed);
      const out = smoothStep(seconds - 0.7, seconds, elapsed);
      const reach = turns.rings ? smoothStep(0.5, 0.9, elapsed) - smoothStep(1.5, 1.9, elapsed) : 0;
      return { ...from, heading: from.heading + turnIn * into + turnOut * out, stride: 0, reach };
    },
  };
}

/** One leg after the other. */
export function inTurn(legs: readonly Leg[]): Leg {
  return {
    seconds: legs.reduce((sum, leg) => sum + leg.seconds, 0),
    at(elapsed) {
      let left = elapsed;
      const last = legs.length - 1;
      const index = legs.findIndex((leg, each) => {
        if (left < leg.seconds || each === last) return true;
        left -= leg.seconds;
        return false;
      });
      const leg = legs[index];
      if (leg === undefined) throw new RangeError('a visit has at least one leg');
      return leg.at(Math.min(left, leg.seconds));
    },
  };
}

/** A line through `spots` without corners: a Catmull-Rom curve in short straight pieces. */
export function curve(spots: readonly Spot[]): readonly Spot[] {
  const at = (index: number): Spot => spots[Math.min(Math.max(index, 0), spots.length - 1)] ?? [0, 0];
  const pieces = 12;
  const inner = spots.slice(1).flatMap((_, index) => Array.from({ length: pieces }, (__, piece): Spot => {
    const share = piece / pieces;
    const corners = [at(index - 1), at(index), at(index + 1), at(index + 2)] as const;
    return [spline(corners, 0, share), spline(corners, 1, share)];
  }));
  return [...inner, at(spots.length - 1)];
}

function spline(corners: readonly [Spot, Spot, Spot, Spot], axis: 0 | 1, share: number): number {
  const [a, b, c, d] = [corners[0][axis], corners[1][axis], corners[2][axis], corners[3][axis]];
  const [linear, square, cube] = [c - a, 2 * a - 5 * b + 4 * c - d, 3 * b - a - 3 * c + d];
  return b + 0.5 * share * (linear + share * (square + share * cube));
}

/** Metres made and share of the full pace, `elapsed` seconds into a walk of `length` metres. */
function progress(elapsed: number, length: number, pace: Pace): readonly [made: number, share: number] {
  const left = secondsFor(length, pace) - elapsed;
  if (pace.toRest && left < rampSeconds) {
    return [length - (pace.speed * left ** 2) / (2 * rampSeconds), left / rampSeconds];
  }
  if (!pace.fromRest) return [pace.speed * elapsed, 1];
  if (elapsed >= rampSeconds) return [pace.speed * (elapsed - rampSeconds / 2), 1];
  return [(pace.speed * elapsed ** 2) / (2 * rampSeconds), elapsed / rampSeconds];
}

const secondsFor = (length: number, { speed, fromRest, toRest }: Pace): number =>
  length / speed + (Number(fromRest) + Number(toRest)) * (rampSeconds / 2);

function along(line: readonly Spot[], lengths: readonly number[], made: number): { spot: Spot; heading: number } {
  let left = Math.max(made, 0);
  let index = 0;
  while (index < lengths.length - 1 && left > (lengths[index] ?? 0)) left -= lengths[index++] ?? 0;
  const [from, to] = [line[index] ?? [0, 0], line[index + 1] ?? [0, 0]];
  const share = Math.min(left / (lengths[index] ?? 1), 1);
  const spot: Spot = [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
  return { spot, heading: headingNear(line, index, share) };
}

/** The heading turns evenly from the middle of one piece to the middle of the next. */
function headingNear(line: readonly Spot[], index: number, share: number): number {
  const here = headingOf(line, index);
  const other = headingOf(line, Math.min(Math.max(index + (share < 0.5 ? -1 : 1), 0), line.length - 2));
  return here + nearestTurn(here, other) * Math.abs(share - 0.5);
}

function headingOf(line: readonly Spot[], index: number): number {
  const [from, to] = [line[index] ?? [0, 0], line[index + 1] ?? [1, 0]];
  return Math.atan2(to[1] - from[1], to[0] - from[0]);
}

const distance = (from: Spot, to: Spot): number => Math.hypot(to[0] - from[0], to[1] - from[1]);

/** The turn, in radians from minus half to half a circle, that leads from one heading to another. */
function nearestTurn(from: number, to: number): number {
  const turn = (to - from) % (2 * Math.PI);
  return turn > Math.PI ? turn - 2 * Math.PI : turn < -Math.PI ? turn + 2 * Math.PI : turn;
}
