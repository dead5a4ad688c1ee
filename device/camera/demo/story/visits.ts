/** Who comes when, and by which way: an endless list of visits in which any one can be asked for directly. Pure. */
import { millis, seconds, type Millis } from '../../../core/units.ts';
import { path, type Spot } from '../yard/plan.ts';
import { halfWidthAt } from '../yard/view.ts';
import { between, chance } from './chance.ts';
import { looksOf, type Looks } from './looks.ts';
import { curve, inTurn, stand, walkAlong, type Leg, type Stance } from './walk.ts';

export interface Visit {
  readonly number: number;
  readonly start: Millis;
  /** The first moment at which nobody is seen any more. */
  readonly end: Millis;
  readonly looks: Looks;
  stanceAt(at: Millis): Stance;
}

const firstStart = seconds(12);
/** From one visit's start to the next: this, give or take what `jitter` leaves: 35 to 60 s. */
const rhythm = seconds(47.5);
const jitter = seconds(12.5);

/** Visit `number`, counted from 0. */
function visitOf(number: number): Visit {
  const late = number === 0 ? 0 : jitter * chance(number, 0);
  const start = millis(Math.round(firstStart + number * rhythm + late));
  const leg = routeOf(number);
  return {
    number, start, end: millis(start + Math.round(leg.seconds * 1000)), looks: looksOf(number),
    stanceAt: (at) => leg.at((at - start) / 1000),
  };
}

/** The visit that goes on at time `at`, if any. */
export function visitAt(at: Millis): Visit | undefined {
  return visitsBetween(at, millis(at + 1))[0];
}

/** The visits of which any part lies in `[from, to)`, in their order. */
export function visitsBetween(from: Millis, to: Millis): readonly Visit[] {
  const first = Math.max(Math.floor((from - firstStart) / rhythm) - 1, 0);
  const last = Math.floor((to - firstStart) / rhythm);
  const count = Math.max(last - first + 1, 0);
  return Array.from({ length: count }, (_, index) => visitOf(first + index))
    .filter(({ start, end }) => start < to && end > from);
}

/** The first visitor crosses in the foreground; every third rings at the door; the others cross where chance wills. */
function routeOf(number: number): Leg {
  if (number % 3 === 1) return callAtTheDoor(number);
  if (number === 0) return cross(number, [7.3, 7.6], 1);
  const depth = (salt: number): number => between(6.7, 9, chance(number, salt));
  return cross(number, [depth(1), depth(2)], chance(number, 3) < 0.5 ? 1 : -1);
}

/** Through the picture from one edge to the other; one in three stops in the middle and looks at the house. */
function cross(number: number, [near, far]: readonly [number, number], way: 1 | -1): Leg {
  const speed = between(1.15, 1.34, chance(number, 4));
  const edge = (depth: number): number => halfWidthAt(depth + 0.3) + 0.5;
  const [from, to]: [Spot, Spot] = [[-way * edge(near), near], [way * edge(far), far]];
  if (chance(number, 5) > 0.33) return walkAlong([from, to], { speed, fromRest: false, toRest: false }, 0);
  const share = between(0.35, 0.65, chance(number, 6));
  const middle: Spot = [from[0] + (to[0] - from[0]) * share, near + (far - near) * share];
  const come = walkAlong([from, middle], { speed: 1.4, fromRest: false, toRest: true }, 0);
  const there = come.at(come.seconds);
  const look = stand(there, 2, { facing: Math.PI / 2, leaving: there.heading, rings: false });
  const go = walkAlong([middle, to], { speed: 1.4, fromRest: true, toRest: false }, there.walked);
  return inTurn([come, look, go]);
}

/** Out from behind the hedge, through the gate, along the path, rings, waits, and back the same way. */
function callAtTheDoor(number: number): Leg {
  const behindHedge: readonly Spot[] = [[1.72, 16.3], [2.05, 17.3], [3.15, 17.5]];
  const way = curve([...path.slice(0, 4), ...behindHedge]);
  const speed = between(1.5, 1.57, chance(number, 4));
  const come = walkAlong(way.toReversed(), { speed, fromRest: false, toRest: true }, 0);
  const there = come.at(come.seconds);
  const [next, first] = [way[1] ?? [0, 0], way[0] ?? [0, 0]];
  const leaving = Math.atan2(next[1] - first[1], next[0] - first[0]);
  const wait = stand(there, between(2.2, 2.6, chance(number, 5)), { facing: Math.PI / 2, leaving, rings: true });
  const go = walkAlong(way, { speed, fromRest: true, toRest: false }, there.walked);
  return inTurn([come, wait, go]);
}

