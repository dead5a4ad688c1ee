/** The passes of `TamperKernel` in plain TypeScript: what the WebAssembly routine must do, bit for bit. */
import {
  blockCount, blocksAcross, blocksDown, noShift, type Plane, type Shift, type StepSums,
} from '../../device/vision/tamper/tamper-kernel.ts';

export function halve({ values, width }: Plane, to: Plane): void {
  for (let y = 0; y < to.height; y += 1) {
    for (let x = 0; x < to.width; x += 1) {
      const at = 2 * y * width + 2 * x;
      const [a = 0, b = 0, c = 0, d = 0] = [values[at], values[at + 1], values[at + width], values[at + width + 1]];
      to.values[y * to.width + x] = (a + b + c + d) / 4;
    }
  }
}

export function stepSums(frame: Plane, reference: Plane, shift: Shift = noShift, rowStep = 1): StepSums {
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
    const steps = ({ values }: Plane, at: number): readonly [number, number] => {
      const here = values[at] ?? 0;
      return [(values[at + 1] ?? 0) - here, (values[at + width] ?? 0) - here];
    };
    let [ff, rr, fr, pixels] = [0, 0, 0, 0];
    for (let y = top; y < bottom; y += rowStep) {
      for (let at = y * width + left; at < y * width + right; at += 1) {
        const [[fx, fy], [rx, ry]] = [steps(frame, at + shift.y * width + shift.x), steps(reference, at)];
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

export const approach = (mean: Float32Array, now: Float32Array, share: number): Float32Array =>
  mean.map((known, at) => known + share * ((now[at] ?? 0) - known));

export const lives = (before: Uint8Array, now: Uint8Array, width: number, height: number): Float64Array =>
  eachBlock(width, height, (from, to) => {
    const change = (at: number): number => (now[at] ?? 0) - (before[at] ?? 0);
    let sum = 0;
    for (let at = from + 1; at < to; at += 1) sum += Math.abs(change(at) - change(at - 1));
    return sum;
  });

export const greys = (picture: Uint8Array, width: number, height: number): Float64Array =>
  eachBlock(width, height, (from, to) => picture.subarray(from, to).reduce((sum, grey) => sum + grey, 0));

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
