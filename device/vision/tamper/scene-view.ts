/**
 * How a frame stands to a reference: in how many blocks the scene is still recognised, what is left of the structure of
 * those where it is not, how sharp the rest is. It only measures; `verdict.ts` judges.
 */
import type { Pyramid } from './log-pyramid.ts';
import type { OwnStructure, SceneReference } from './scene-reference.ts';
import { blockCount, noShift, type Shift, type StepSums, type TamperKernel } from './tamper-kernel.ts';

export interface SceneView {
  /** Blocks of the reference with enough structure to be recognised, of 48. */
  readonly textured: number;
  /** Share of the textured blocks that are not recognised. */
  readonly unseen: number;
  /** Share of these blocks that have hardly any structure now. */
  readonly empty: number;
  /** Correlation of all these blocks together with the reference: the last trace of a scene in the dark. */
  readonly trace: number;
  /** Fine detail of the recognised blocks against coarse, as a share of the usual (an amplitude); 1 when unknown. */
  readonly sharpness: number;
}

/** Squared steps from which a block can be recognised: about 2.5 % from pixel to pixel of the two coarse scales. */
const leastStructure = 8;
/** A block that keeps less than this of its structure is empty, however much it had. */
const emptied = 0.1;
/** Squared steps below which a block has not even noise. */
const leastNoise = 0.01;
/** Correlation from which a block is recognised; also a negative one: infrared light turns dark into bright. */
const alike = 0.55;
/** What noise alone, as a share of it, has in common with any reference: three deviations over a block. */
const chance = 0.3;
/** Share of blocks not recognised from which a displacement is looked for. */
const shakenFrom = 0.3;
/** Displacements that are taken for shaking, in pixels of the quarter-size scale: 5 % of the width. */
const reach = 2;
/** Of the fine scale, every fourth row tells enough. */
const fineRowStep = 4;
/** Blocks that must be recognised before sharpness can be told. */
const leastSharpBlocks = 4;

/** `before` is the frame looked at before this one. */
export function structureOf(kernel: TamperKernel, frame: Pyramid, before: Pyramid): OwnStructure {
  const [fine, middle, coarse] = [
    kernel.stepSums(frame[0], before[0], noShift, fineRowStep),
    kernel.stepSums(frame[1], before[1]), kernel.stepSums(frame[2], before[2]),
  ];
  const noise = noiseOf(middle);
  return {
    fine: fine.frame, fineNoise: noiseOf(fine), noise,
    middle: above(noise, middle.frame),
    coarse: above(noise / 4, coarse.frame), // white noise: each halving leaves a quarter
  };
}

/**
 * The noise in a frame's steps: what changes since the frame before, but hardly more than the flattest blocks have.
 * Blocks without any (masked, clipped) do not tell.
 */
function noiseOf({ frame, reference, shared }: StepSums): number {
  const changes = frame.map((own, block) => (own + at(reference, block) - 2 * at(shared, block)) / 2);
  const tells = (_: number, block: number): boolean => at(frame, block) > leastNoise;
  return Math.min(quantile(changes.filter(tells), 0.5), 1.25 * quantile(frame.filter(tells), 0.1));
}

/** Blocks of a frame, of 48, with enough structure to be recognised later. */
export const texturedBlocks = ({ middle, coarse }: OwnStructure): number =>
  middle.filter((structure, block) => structure + at(coarse, block) >= leastStructure).length;

const above = (noise: number, energy: Float64Array): Float64Array => energy.map((own) => Math.max(own - noise, 0));

/** How `frame`, whose structure is `own`, stands to `reference`. */
export function viewScene(frame: Pyramid, own: OwnStructure, reference: SceneReference): SceneView {
  const still = recognise(frame, own, reference, noShift);
  if (still.unseen.length <= shakenFrom * still.textured) return describe(still, frame, own, reference);
  const shaken = recognise(frame, own, reference, findShift(frame, reference));
  return describe(shaken.unseen.length < still.unseen.length ? shaken : still, frame, own, reference);
}

interface Recognition {
  readonly shift: Shift;
  readonly textured: number;
  /** Blocks. */
  readonly seen: readonly number[];
  readonly unseen: readonly number[];
  readonly middle: StepSums;
  readonly coarse: StepSums;
}

function recognise(frame: Pyramid, own: OwnStructure, reference: SceneReference, shift: Shift): Recognition {
  const middle = reference.kernel.stepSums(frame[1], reference.picture[1], shift);
  const coarse = reference.kernel.stepSums(frame[2], reference.picture[2], halved(shift));
  const [seen, unseen]: [number[], number[]] = [[], []];
  for (let block = 0; block < blockCount; block += 1) {
    if (at(reference.middle, block) + at(reference.coarse, block) < leastStructure) continue;
    const known = Math.sqrt(at(middle.reference, block) + at(coarse.reference, block));
    const here = Math.sqrt(at(own.middle, block) + at(own.coarse, block));
    const shared = Math.abs(at(middle.shared, block) + at(coarse.shared, block));
    (shared > known * Math.max(alike * here, chance * Math.sqrt(own.noise)) ? seen : unseen).push(block);
  }
  return { shift, textured: seen.length + unseen.length, seen, unseen, middle, coarse };
}

function describe(recognition: Recognition, frame: Pyramid, own: OwnStructure, reference: SceneReference): SceneView {
  const { textured, unseen, middle } = recognition;
  // At half size only: what is close to the lens is out of focus, its shading coarse.
  const isEmpty = (block: number): boolean =>
    at(own.middle, block) < Math.max(leastStructure / 2, emptied * at(reference.middle, block), own.noise);
  const all = (values: Float64Array): number => unseen.reduce((sum, block) => sum + at(values, block), 0);
  const most = Math.sqrt(all(middle.frame) * all(middle.reference));
  return {
    textured,
    unseen: textured === 0 ? 0 : unseen.length / textured,
    empty: unseen.length === 0 ? 0 : unseen.filter(isEmpty).length / unseen.length,
    trace: most === 0 ? 0 : Math.abs(all(middle.shared)) / most,
    sharpness: sharpnessOf(recognition, frame, own, reference),
  };
}

/**
 * Two measures of fine detail against coarse; the greater counts. The frame's own is not fooled by shaking (of which no
 * more noise is taken than the scene is known to have), but by noise that ends; what the frame shares with the
 * reference is not fooled by noise, but by shaking.
 */
function sharpnessOf(
  { seen, shift, coarse }: Recognition, frame: Pyramid, own: OwnStructure, reference: SceneReference,
): number {
  if (seen.length < leastSharpBlocks) return 1;
  const fine = reference.kernel.stepSums(
    frame[0], reference.picture[0], { x: 2 * shift.x, y: 2 * shift.y }, fineRowStep,
  );
  const noise = Math.min(own.fineNoise, 1.25 * reference.fineNoise);
  const ownSharpness = seen.map((block) => Math.sqrt(
    (Math.max(at(own.fine, block) - noise, 0) / at(own.coarse, block))
    / ((at(reference.fine, block) - reference.fineNoise) / at(reference.coarse, block)),
  )).filter(Number.isFinite);
  const sharedSharpness = seen.map((block) =>
    (at(fine.shared, block) / at(fine.reference, block)) / (at(coarse.shared, block) / at(coarse.reference, block)),
  ).filter(Number.isFinite);
  if (Math.min(ownSharpness.length, sharedSharpness.length) < leastSharpBlocks) return 1;
  return Math.max(quantile(ownSharpness, 0.5), quantile(sharedSharpness, 0.5));
}

/** The displacement within `reach` at which frame and reference have most in common; in half-size pixels. */
function findShift(frame: Pyramid, { kernel, picture }: SceneReference): Shift {
  const { x, y } = best(reach, noShift, (shift) => likeness(kernel.stepSums(frame[2], picture[2], shift)));
  return best(1, { x: 2 * x, y: 2 * y }, (shift) => likeness(kernel.stepSums(frame[1], picture[1], shift)));
}

function best(range: number, around: Shift, score: (shift: Shift) => number): Shift {
  let found = around;
  let highest = -Infinity;
  for (let y = around.y - range; y <= around.y + range; y += 1) {
    for (let x = around.x - range; x <= around.x + range; x += 1) {
      const value = score({ x, y });
      if (value > highest) [found, highest] = [{ x, y }, value];
    }
  }
  return found;
}

/** Mean correlation of the blocks: every block counts alike, so that one strong edge does not decide. */
function likeness({ frame, reference, shared }: StepSums): number {
  let sum = 0;
  for (let block = 0; block < blockCount; block += 1) {
    sum += at(shared, block) / Math.sqrt(at(frame, block) * at(reference, block) + leastStructure);
  }
  return sum;
}

const halved = ({ x, y }: Shift): Shift => ({ x: Math.round(x / 2), y: Math.round(y / 2) });
const at = (values: Float64Array, block: number): number => values[block] ?? 0;

function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)] ?? 0;
}
