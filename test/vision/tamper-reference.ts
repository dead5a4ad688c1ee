/** The passes of `TamperKernel` in plain TypeScript: what the WebAssembly routine must do, bit for bit. */
import type { SceneView } from '../../device/vision/tamper/scene-view.ts';
import { blockCount } from '../../device/vision/tamper/tamper-kernel.ts';

const [blocksAcross, blocksDown] = [8, 6];

/** One scale of a picture, row-major. */
export interface Plane { readonly width: number; readonly height: number; readonly values: Float32Array }
export type Planes = readonly [Plane, Plane, Plane];
interface Shift { readonly x: number; readonly y: number }
interface StepSums { readonly frame: Float64Array; readonly reference: Float64Array; readonly shared: Float64Array }
/** As `Structure`: what it holds. */
export interface Blocks {
  readonly fine: Float64Array;
  readonly middle: Float64Array;
  readonly coarse: Float64Array;
  readonly fineNoise: number;
  readonly noise: number;
}

const noShift: Shift = { x: 0, y: 0 };
const leastStructure = 8;
const at = (values: Float64Array, block: number): number => values[block] ?? 0;

export function planesOf(pixels: Uint8Array, width: number, height: number, log: (grey: number) => number): Planes {
  const full = { width, height, values: Float32Array.from(pixels, log) };
  const half = halved(full);
  return [full, half, halved(half)];
}

function halved({ values, width, height }: Plane): Plane {
  const [wide, high] = [Math.floor(width / 2), Math.floor(height / 2)];
  const means = Float32Array.from({ length: wide * high }, (_, pixel) => {
    const from = 2 * Math.floor(pixel / wide) * width + 2 * (pixel % wide);
    const [a = 0, b = 0, c = 0, d = 0] =
      [values[from], values[from + 1], values[from + width], values[from + width + 1]];
    return (a + b + c + d) / 4;
  });
  return { width: wide, height: high, values: means };
}

/** All scales, one after the other. */
export const joined = (planes: Planes): number[] => planes.flatMap(({ values }) => [...values]);

function stepSums(frame: Plane, reference: Plane, shift: Shift = noShift, rowStep = 1): StepSums {
  const { width, height } = reference;
  const sums = {
    frame: new Float64Array(blockCount), reference: new Float64Array(blockCount), shared: new Float64Array(blockCount),
  };
  for (let block = 0; block < blockCount; block += 1) {
    const [column, row] = [block % blocksAcross, Math.floor(block / blocksAcross)];
    const left = Math.max(Math.floor(column * width / blocksAcross), -shift.x);
    const right = Math.min(Math.floor((column + 1) * width / blocksAcross), width - 1 - Math.max(shift.x, 0));
    const top = Math.max(Math.floor(row * height / blocksDown), -shift.y);
    const bottom = Math.min(Math.floor((row + 1) * height / blocksDown), height - 1 - Math.max(shift.y, 0));
    const steps = ({ values }: Plane, pixel: number): readonly [number, number] => {
      const here = values[pixel] ?? 0;
      return [(values[pixel + 1] ?? 0) - here, (values[pixel + width] ?? 0) - here];
    };
    let [ff, rr, fr, pixels] = [0, 0, 0, 0];
    for (let y = top; y < bottom; y += rowStep) {
      for (let pixel = y * width + left; pixel < y * width + right; pixel += 1) {
        const [[fx, fy], [rx, ry]] = [steps(frame, pixel + shift.y * width + shift.x), steps(reference, pixel)];
        ff += fx * fx + fy * fy;
        rr += rx * rx + ry * ry;
        fr += fx * rx + fy * ry;
      }
      pixels += Math.max(right - left, 0);
    }
    sums.frame[block] = ff / Math.max(pixels, 1);
    sums.reference[block] = rr / Math.max(pixels, 1);
    sums.shared[block] = fr / Math.max(pixels, 1);
  }
  return sums;
}

function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)] ?? 0;
}

function noiseOf({ frame, reference, shared }: StepSums): number {
  const changes = frame.map((own, block) => (own + at(reference, block) - 2 * at(shared, block)) / 2);
  const tells = (_: number, block: number): boolean => at(frame, block) > 0.01;
  return Math.min(quantile(changes.filter(tells), 0.5), 1.25 * quantile(frame.filter(tells), 0.1));
}

export function structureOf(frame: Planes, before: Planes): Blocks {
  const fine = stepSums(frame[0], before[0], noShift, 4);
  const [middle, coarse] = [stepSums(frame[1], before[1]), stepSums(frame[2], before[2])];
  const noise = noiseOf(middle);
  const above = (less: number, energy: Float64Array): Float64Array => energy.map((own) => Math.max(own - less, 0));
  return {
    fine: fine.frame, fineNoise: noiseOf(fine), noise,
    middle: above(noise, middle.frame), coarse: above(noise / 4, coarse.frame),
  };
}

/** What is known of a scene. */
export interface Known { readonly picture: Planes; readonly structure: Blocks }

/** What one frame leaves of which `share` was learnt, where nothing was known. */
export function learnt(frame: Planes, own: Blocks, share: number): Known {
  const picture = frame.map(({ width, height, values }): Plane =>
    ({ width, height, values: approach(new Float32Array(values.length), values, share) }));
  const part = (values: Float64Array): Float64Array => approach(new Float64Array(values.length), values, share);
  const structure = {
    fine: part(own.fine), middle: part(own.middle), coarse: part(own.coarse), fineNoise: share * own.fineNoise,
    noise: 0,
  };
  return { picture: [picture[0] ?? frame[0], picture[1] ?? frame[1], picture[2] ?? frame[2]], structure };
}

interface Recognition extends StepSums {
  readonly shift: Shift;
  readonly seen: readonly number[];
  readonly unseen: readonly number[];
  readonly coarse: StepSums;
}

function recognise(frame: Planes, own: Blocks, { picture, structure: known }: Known, shift: Shift): Recognition {
  const half = (pixels: number): number => Math.round(pixels / 2);
  const middle = stepSums(frame[1], picture[1], shift);
  const coarse = stepSums(frame[2], picture[2], { x: half(shift.x), y: half(shift.y) });
  const blocks = Array.from({ length: blockCount }, (_, block) => block)
    .filter((block) => at(known.middle, block) + at(known.coarse, block) >= leastStructure);
  const isSeen = (block: number): boolean => {
    const usual = Math.sqrt(at(middle.reference, block) + at(coarse.reference, block));
    const here = Math.sqrt(at(own.middle, block) + at(own.coarse, block));
    const shared = Math.abs(at(middle.shared, block) + at(coarse.shared, block));
    return shared > usual * Math.max(0.55 * here, 0.3 * Math.sqrt(own.noise));
  };
  return {
    ...middle, shift, seen: blocks.filter(isSeen), unseen: blocks.filter((block) => !isSeen(block)), coarse,
  };
}

export function viewOf(frame: Planes, own: Blocks, known: Known): SceneView {
  const { picture } = known;
  const still = recognise(frame, own, known, noShift);
  if (still.unseen.length <= 0.3 * (still.seen.length + still.unseen.length))
    return describeView(still, frame, own, known);
  const rough = best(2, noShift, (shift) => likeness(stepSums(frame[2], picture[2], shift)));
  const fine = best(1, { x: 2 * rough.x, y: 2 * rough.y }, (shift) =>
    likeness(stepSums(frame[1], picture[1], shift)));
  const shaken = recognise(frame, own, known, fine);
  return describeView(shaken.unseen.length < still.unseen.length ? shaken : still, frame, own, known);
}

function describeView(recognition: Recognition, frame: Planes, own: Blocks, known: Known): SceneView {
  const { seen, unseen } = recognition;
  const empty = unseen.filter((block) =>
    at(own.middle, block) < Math.max(leastStructure / 2, 0.1 * at(known.structure.middle, block), own.noise));
  const all = (values: Float64Array): number => unseen.reduce((sum, block) => sum + at(values, block), 0);
  const most = Math.sqrt(all(recognition.frame) * all(recognition.reference));
  return {
    textured: seen.length + unseen.length,
    unseen: unseen.length === 0 ? 0 : unseen.length / (seen.length + unseen.length),
    empty: unseen.length === 0 ? 0 : empty.length / unseen.length,
    trace: most === 0 ? 0 : Math.abs(all(recognition.shared)) / most,
    sharpness: sharpnessOf(recognition, frame, own, known),
  };
}

function sharpnessOf(
  { seen, shift, coarse }: Recognition, frame: Planes, own: Blocks, { picture, structure: known }: Known,
): number {
  if (seen.length < 4) return 1;
  const fine = stepSums(frame[0], picture[0], { x: 2 * shift.x, y: 2 * shift.y }, 4);
  const noise = Math.min(own.fineNoise, 1.25 * known.fineNoise);
  const owns = seen.map((block) => Math.sqrt(
    (Math.max(at(own.fine, block) - noise, 0) / at(own.coarse, block))
    / ((at(known.fine, block) - known.fineNoise) / at(known.coarse, block)),
  )).filter(Number.isFinite);
  const shares = seen.map((block) =>
    (at(fine.shared, block) / at(fine.reference, block)) / (at(coarse.shared, block) / at(coarse.reference, block)),
  ).filter(Number.isFinite);
  return Math.min(owns.length, shares.length) < 4 ? 1 : Math.max(quantile(owns, 0.5), quantile(shares, 0.5));
}

function best(range: number, around: Shift, score: (shift: Shift) => number): Shift {
  let [found, highest] = [around, -Infinity];
  for (let y = around.y - range; y <= around.y + range; y += 1) {
    for (let x = around.x - range; x <= around.x + range; x += 1) {
      const value = score({ x, y });
      if (value > highest) [found, highest] = [{ x, y }, value];
    }
  }
  return found;
}

const likeness = ({ frame, reference, shared }: StepSums): number => shared.reduce((sum, common, block) =>
  sum + common / Math.sqrt(at(frame, block) * at(reference, block) + leastStructure), 0);

/** Moves by `share` of the way from what was known. */
export function approach<Numbers extends Float32Array | Float64Array>(
  known: Numbers, now: Numbers, share: number,
): Numbers {
  return known.map((value, index) => value + share * ((now[index] ?? 0) - value)) as Numbers;
}

export function life(before: Uint8Array, now: Uint8Array, width: number, height: number): number {
  const change = (pixel: number): number => (now[pixel] ?? 0) - (before[pixel] ?? 0);
  const changes = eachBlock(width, height, (from, to) => {
    let sum = 0;
    for (let pixel = from + 1; pixel < to; pixel += 1) sum += Math.abs(change(pixel) - change(pixel - 1));
    return sum;
  });
  const light = greys(now, width, height);
  const shown = changes.filter((_, block) => at(light, block) >= 4 && at(light, block) <= 250).sort();
  const quieter = shown.subarray(0, Math.ceil(shown.length / 2));
  return quieter.reduce((sum, each) => sum + each, 0) * blockCount / (quieter.length * width * height);
}

export const greys = (picture: Uint8Array, width: number, height: number): Float64Array =>
  eachBlock(width, height, (from, to) => picture.subarray(from, to).reduce((sum, grey) => sum + grey, 0))
    .map((sum) => sum / (width * height / blockCount));

/** Sums for each block what `row` says of the pixels from one index to another, row by row. */
function eachBlock(width: number, height: number, row: (from: number, to: number) => number): Float64Array {
  const sums = new Float64Array(blockCount);
  for (let y = 0; y < height; y += 1) {
    const down = Math.floor(y * blocksDown / height) * blocksAcross;
    for (let column = 0; column < blocksAcross; column += 1) {
      const from = y * width + Math.floor(column * width / blocksAcross);
      const to = y * width + Math.floor((column + 1) * width / blocksAcross);
      sums[down + column] = (sums[down + column] ?? 0) + row(from, to);
    }
  }
  return sums;
}
