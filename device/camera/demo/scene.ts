/**
 * The demo camera's world at any moment, and the truth about it. Time counts from the camera's start. The same time
 * always gives the same scene, for ever, without the scenes before it. Pure.
 */
import type { Box } from '../../core/geometry.ts';
import { millis, type Millis, type Ratio } from '../../core/units.ts';
import { daylightOf, skyAt, weatherAt, type SkyState, type Weather } from './story/day.ts';
import { poseOf, roomFor, type Pose } from './story/gait.ts';
import type { Looks } from './story/looks.ts';
import { visitAt, visitsBetween, type Visit } from './story/visits.ts';
import { boxAround, type Place } from './yard/view.ts';

export interface DemoFigure {
  /** Number of the visit, from 0. */
  readonly visit: number;
  /** Holds the figure, also what a fence or hedge hides of it, but not its shadow; clipped to the picture. */
  readonly box: Box;
  /** Where it stands, in metres. */
  readonly place: Place;
  readonly pose: Pose;
  readonly looks: Looks;
}

export interface DemoScene extends Weather {
  readonly at: Millis;
  /** 0 at night, 1 by day. */
  readonly daylight: Ratio;
  readonly sky: SkyState;
  readonly figures: readonly DemoFigure[];
}

/** What truly happened: somebody was to be seen from `start` up to, not including, `end`. */
export interface DemoEvent {
  readonly start: Millis;
  readonly end: Millis;
  /** The figure's box at the start and every 200 ms after. */
  readonly boxes: readonly { readonly at: Millis; readonly box: Box }[];
}

const truthStep = millis(200);

/** The world at `at`. */
export function sceneAt(at: Millis): DemoScene {
  const visit = visitAt(at);
  const sky = skyAt(at);
  return {
    at, sky, daylight: daylightOf(sky), ...weatherAt(at), figures: visit === undefined ? [] : [figureOf(visit, at)],
  };
}

/** The true events of which any part lies in `[from, to)`, whole, in their order. */
export const trueEvents = (from: Millis, to: Millis): readonly DemoEvent[] =>
  visitsBetween(from, to).map((visit) => ({ start: visit.start, end: visit.end, boxes: boxesOf(visit) }));

function figureOf(visit: Visit, at: Millis): DemoFigure {
  const stance = visit.stanceAt(at);
  const { height } = visit.looks;
  return {
    visit: visit.number, looks: visit.looks, place: [stance.x, 0, stance.z],
    box: boxAround(roomFor(stance, height)), pose: poseOf(stance, height),
  };
}

function boxesOf(visit: Visit): DemoEvent['boxes'] {
  const count = Math.ceil((visit.end - visit.start) / truthStep);
  return Array.from({ length: count }, (_, step) => {
    const at = millis(visit.start + step * truthStep);
    return { at, box: boxAround(roomFor(visit.stanceAt(at), visit.looks.height)) };
  });
}
