/** How good a picture of an event a moment gives. */
import type { Observation } from '../core/frame.ts';
import { boxArea, type Box } from '../core/geometry.ts';
import { ratio, seconds, type Millis, type Ratio } from '../core/units.ts';
import type { Recognition } from './recognition.ts';

export interface Moment {
  /** Stream time. */
  readonly at: Millis;
  readonly score: Ratio;
  /** What moved then, as fractions of the picture. */
  readonly boxes: readonly Box[];
  /** What is known to be in its picture: a face is worth more than any thing, a thing more than any motion. */
  readonly shows: 'motion' | 'thing' | 'face';
  /** 0 to 1, among those that show the same. */
  readonly value: number;
}

/** A box this close to the border is taken for cut off by it. */
const BORDER = 0.02;
/** What a cut-off thing is worth, and how much less one at the side is worth than one in the middle. */
const CUT_OFF = 0.5;
const ASIDE = 0.3;
/**
 * What has just shown up may be a flash: lamps and glints change more of a dark picture than somebody in it does, and
 * are not followed for long. It is worth this share of what was followed for so long.
 */
const FOLLOWED = seconds(0.4);
const JUST_SEEN = 0.5;
/** Only a moment this much better replaces one that was told. */
const CLEARLY_BETTER = 1.1;
/** A face this large (side of its box, as a share of the picture's) is as good as a larger one; a thing likewise. */
const LARGE_FACE = 0.15;
const LARGE_THING = 0.5;
const RANK = { motion: 0, thing: 1, face: 2 } as const;

export const momentSeen = (seen: Observation): Moment =>
  ({ at: seen.at, score: seen.score, boxes: seen.boxes, shows: 'motion', value: pictureValue(seen) });

/** What somebody asked for, of which nothing is known: every other moment is better. */
export const momentAsked = (at: Millis): Moment => ({ at, score: ratio(0), boxes: [], shows: 'motion', value: 0 });

/** Undefined when nothing was recognised in it. */
export function momentRecognised({ seen, faces, things }: Recognition): Moment | undefined {
  const { at, score, boxes } = seen;
  if (faces.length > 0)
    return {
      at, score, boxes, shows: 'face',
      value: Math.max(...faces.map((face) => face.score * nearness(face.box, LARGE_FACE))),
    };
  if (things.length > 0) return {
    at, score, boxes, shows: 'thing',
    value: Math.max(...things.map((thing) => thing.score * nearness(thing.box, LARGE_THING))),
  };
  return undefined;
}

export const betterMoment = (best: Moment, other: Moment): Moment => (isBetter(best, other, 1) ? other : best);

export const isClearlyBetter = (told: Moment, best: Moment): boolean => isBetter(told, best, CLEARLY_BETTER);

function isBetter(one: Moment, other: Moment, factor: number): boolean {
  if (one.shows !== other.shows) return RANK[other.shows] > RANK[one.shows];
  return other.value > one.value * factor;
}

/**
 * How good a picture of an event a moment gives by its motion alone, 0 to 1: strong motion, the largest thing whole (it
 * may stand on the lower border), followed for some time, and rather in the middle.
 */
export function pictureValue(
  { at, score, boxes, tracks }: Pick<Observation, 'at' | 'score' | 'boxes' | 'tracks'>,
): number {
  const [first, ...others] = boxes;
  if (first === undefined) return score * CUT_OFF;
  const largest = others.reduce((large, box) => (boxArea(box) > boxArea(large) ? box : large), first);
  const [x, y, width] = largest;
  const isCutOff = x < BORDER || x + width > 1 - BORDER || y < BORDER;
  const aside = Math.abs(2 * (x + width / 2) - 1);
  const since = tracks[boxes.indexOf(largest)]?.since ?? -Infinity;
  const isNew = at - since < FOLLOWED;
  return score * (isCutOff ? CUT_OFF : 1) * (isNew ? JUST_SEEN : 1) * (1 - ASIDE * aside);
}

const nearness = (box: Box, large: number): number => Math.min(1, Math.sqrt(boxArea(box)) / large);
