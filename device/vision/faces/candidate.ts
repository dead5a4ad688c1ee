/** Places that may hold a face, and how several that mean the same become one. */
import type { Point } from '../../core/geometry.ts';
import type { Square } from '../nets/picture.ts';
import { areaOf, sharedArea, sharedOfUnion, type Rectangle } from '../nets/rectangle.ts';

/** A place that may hold a face. */
export interface Candidate extends Rectangle {
  /** From 0 to 1. */
  readonly score: number;
  readonly points: FacePoints;
}

/** `right` and `left` as the person would say. */
export interface FacePoints {
  readonly rightEye: Point;
  readonly leftEye: Point;
  readonly nose: Point;
  readonly mouth: Point;
}

/** Two that share this much of what they cover together mean the same face. */
const SAME_UNION = 0.3;
/** So do two of which one lies in the other by this much: a part of a face looks like a face. */
const SAME_INSIDE = 0.7;
/** Members that agree this much with the best one are averaged with it. */
const AGREEING = 0.5;

/**
 * One for each face, the surest first. What agrees with the surest is averaged into it, weighted by score (the blending
 * of BlazeFace, arXiv:1907.05047, section 4): a box that hardly jitters.
 */
export function mergeCandidates(candidates: readonly Candidate[]): Candidate[] {
  const groups: [Candidate, ...Candidate[]][] = [];
  for (const candidate of candidates.toSorted((a, b) => b.score - a.score)) {
    const group = groups.find(([best]) => meanTheSame(best, candidate));
    if (group === undefined) groups.push([candidate]);
    else group.push(candidate);
  }
  return groups.map(([best, ...others]) =>
    blend(best, others.filter((other) => sharedOfUnion(best, other) > AGREEING)));
}

export const meanTheSame = (a: Rectangle, b: Rectangle): boolean => sharedOfUnion(a, b) > SAME_UNION ||
  sharedArea(a, b) / Math.min(areaOf(a), areaOf(b)) > SAME_INSIDE;

/** The square around a candidate, turned so that its eyes stand level; `margin` times as long as its longer side. */
export function squareOf({ left, top, width, height, points }: Candidate, margin: number): Square {
  const [rightX, rightY] = points.rightEye;
  const [leftX, leftY] = points.leftEye;
  return {
    x: left + width / 2, y: top + height / 2, side: Math.max(width, height) * margin,
    turn: Math.atan2(leftY - rightY, leftX - rightX),
  };
}

function blend(best: Candidate, others: readonly Candidate[]): Candidate {
  const all = [best, ...others];
  const weight = all.reduce((sum, { score }) => sum + score, 0);
  const mean = (of: (candidate: Candidate) => number): number =>
    all.reduce((sum, candidate) => sum + of(candidate) * candidate.score, 0) / weight;
  const point = (name: keyof FacePoints): Point =>
    [mean(({ points }) => points[name][0]), mean(({ points }) => points[name][1])];
  return {
    left: mean(({ left }) => left), top: mean(({ top }) => top),
    width: mean(({ width }) => width), height: mean(({ height }) => height), score: best.score,
    points: { rightEye: point('rightEye'), leftEye: point('leftEye'), nose: point('nose'), mouth: point('mouth') },
  };
}
