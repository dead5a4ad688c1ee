/**
 * How a frame stands to a reference: in how many blocks the scene is still recognised, what is left of the structure of
 * those where it is not, how sharp the rest is. It only measures; `verdict.ts` judges.
 */
import { blockCount, BlockSums, noShift, type Shift } from './block-sums.ts';
import type { Pyramid } from './log-pyramid.ts';
import { noStructure, type SceneReference, type Structure } from './scene-reference.ts';

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
/** Correlation from which a block is recognised; also a negative one: infrared light turns dark into bright. */
const alike = 0.55;
/** What noise alone, as a share of it, has in common with any reference: three deviations over a block. */
const chance = 0.3;
/** Displacements that are taken for shaking, in pixels of the quarter-size scale: 5 % of the width. */
const reach = 2;
/** Of the fine scale, every third row tells enough. */
const fineRowStep = 3;
/** Blocks that must be recognised before sharpness can be told. */
const leastSharpBlocks = 4;

/** A frame's own structure, and the noise that was taken from it at half size. */
export interface OwnStructure { readonly energy: Structure; readonly noise: number }

/** `before` is the frame looked at before this one. */
export function structureOf(frame: Pyramid, before: Pyramid): OwnStructure {
  const energy = noStructure();
  const [fine, middle, coarse] = [
    new BlockSums().take(frame[0], before[0], noShift, fineRowStep), new BlockSums().take(frame[1], before[1]),
    new BlockSums().take(frame[2], before[2]),
  ];
  const noise = noiseOf(middle);
  fill(energy[0], fine.frame, noiseOf(fine));
  fill(energy[1], middle.frame, noise);
  fill(energy[2], coarse.frame, noise / 4); // white noise: each halving leaves a quarter
  return { energy, noise };
}

/** The noise in a frame's steps: what changes since the frame before, but hardly more than the flattest blocks have. */
function noiseOf({ frame, reference, shared }: BlockSums): number {
  const changes = frame.map((own, block) => (own + (reference[block] ?? 0) - 2 * (shared[block] ?? 0)) / 2);
  return Math.min(quantile(changes, 0.5), 1.25 * quantile(frame, 0.1));
}

function fill(structure: Float64Array, energy: Float64Array, noise: number): void {
  for (let block = 0; block < blockCount; block += 1) structure[block] = Math.max((energy[block] ?? 0) - noise, 0);
}

export function viewScene(frame: Pyramid, structure: OwnStructure, reference: SceneReference): SceneView {
  const still = recognise(frame, structure, reference, noShift);
  if (still.unseen.length <= 0.3 * still.textured) return describe(still, frame, structure, reference, noShift);
  const shift = findShift(frame, reference.picture);
  if (shift === noShift) return describe(still, frame, structure, reference, noShift);
  const moved = recognise(frame, structure, reference, shift);
  return moved.unseen.length < still.unseen.length
    ? describe(moved, frame, structure, reference, shift)
    : describe(still, frame, structure, reference, noShift);
}

interface Recognition {
  readonly textured: number;
  readonly seen: readonly number[];
  readonly unseen: readonly number[];
  readonly middle: BlockSums;
  readonly coarse: BlockSums;
}

function recognise(frame: Pyramid, { energy, noise }: OwnStructure, reference: SceneReference, shift: Shift): Recognition {
  const middle = new BlockSums().take(frame[1], reference.picture[1], shift);
  const coarse = new BlockSums().take(frame[2], reference.picture[2], halved(shift));
  const [seen, unseen]: [number[], number[]] = [[], []];
  for (let block = 0; block < blockCount; block += 1) {
    const known = at(middle.reference, block) + at(coarse.reference, block);
    if (at(reference.structure[1], block) + at(reference.structure[2], block) < leastStructure) continue;
    const own = at(energy[1], block) + at(energy[2], block);
    const shared = at(middle.shared, block) + at(coarse.shared, block);
    const least = Math.sqrt(known) * Math.max(alike * Math.sqrt(own), chance * Math.sqrt(noise));
    (Math.abs(shared) > least ? seen : unseen).push(block);
  }
  return { textured: seen.length + unseen.length, seen, unseen, middle, coarse };
}

function describe(
  { textured, seen, unseen, middle }: Recognition, frame: Pyramid, { energy, noise }: OwnStructure, reference: SceneReference, shift: Shift,
): SceneView {
  const empty = unseen.filter((block) => {
    // At half size only: what is close to the lens is out of focus, its shading coarse.
    return at(energy[1], block) < Math.max(leastStructure / 2, emptied * at(reference.structure[1], block), noise);
  });
  const all = (values: Float64Array): number => unseen.reduce((sum, block) => sum + at(values, block), 0);
  const most = Math.sqrt(all(middle.frame) * all(middle.reference));
  return {
    textured,
    unseen: textured === 0 ? 0 : unseen.length / textured,
    empty: unseen.length === 0 ? 0 : empty.length / unseen.length,
    trace: most === 0 ? 0 : Math.abs(all(middle.shared)) / most,
    sharpness: sharpnessOf(seen, frame, energy, reference, shift),
  };
}

/**
 * Two measures of fine detail against coarse; the greater counts. The structure's own is not fooled by shaking, but by
 * noise that ends; what the frame shares with the reference is not fooled by noise, but by shaking.
 */
function sharpnessOf(
  seen: readonly number[], frame: Pyramid, energy: Structure, reference: SceneReference, shift: Shift,
): number {
  if (seen.length < leastSharpBlocks) return 1;
  const fine = new BlockSums().take(frame[0], reference.picture[0], { x: 2 * shift.x, y: 2 * shift.y }, fineRowStep);
  const coarse = new BlockSums().take(frame[2], reference.picture[2], halved(shift));
  const own = seen.map((block) => Math.sqrt(
    (at(energy[0], block) / at(energy[2], block)) / (at(reference.structure[0], block) / at(reference.structure[2], block)),
  )).filter(Number.isFinite);
  const shared = seen.map((block) =>
    (at(fine.shared, block) / at(fine.reference, block)) / (at(coarse.shared, block) / at(coarse.reference, block)),
  ).filter(Number.isFinite);
  if (Math.min(own.length, shared.length) < leastSharpBlocks) return 1;
  return Math.max(quantile(own, 0.5), quantile(shared, 0.5));
}

/** The displacement within `reach` at which frame and reference have most in common; in half-size pixels. */
function findShift(frame: Pyramid, reference: Pyramid): Shift {
  const sums = new BlockSums();
  const [coarse, common] = best(reach, 1, noShift, (shift) => likeness(sums.take(frame[2], reference[2], shift)));
  if (common <= 0) return noShift;
  const [fine] = best(1, 1, { x: 2 * coarse.x, y: 2 * coarse.y }, (shift) => likeness(sums.take(frame[1], reference[1], shift)));
  return fine.x === 0 && fine.y === 0 ? noShift : fine;
}

function best(range: number, step: number, around: Shift, score: (shift: Shift) => number): readonly [Shift, number] {
  let found = around;
  let highest = -Infinity;
  for (let y = around.y - range; y <= around.y + range; y += step) {
    for (let x = around.x - range; x <= around.x + range; x += step) {
      const value = score({ x, y });
      if (value > highest) [found, highest] = [{ x, y }, value];
    }
  }
  return [found, highest];
}

/** Mean correlation of the blocks: every block counts alike, so that one strong edge does not decide. */
function likeness({ frame, reference, shared }: BlockSums): number {
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
