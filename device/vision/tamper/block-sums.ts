/**
 * How much structure a frame has, how much its reference had, and how much of it is the same: sums over 48 blocks of
 * the picture, at one scale, of products of brightness steps from a pixel to its right and lower neighbour.
 */
import type { Plane } from './log-pyramid.ts';

export const blocksAcross = 8;
export const blocksDown = 6;
export const blockCount = blocksAcross * blocksDown;

/** Whole pixels by which the frame is displaced against the reference; positive is right and down. */
export interface Shift { readonly x: number; readonly y: number }
export const noShift: Shift = { x: 0, y: 0 };

/** For each block, means over its pixels; steps in hundredths. */
export class BlockSums {
  /** Of the frame's steps, squared: its structure, and its noise. */
  readonly frame = new Float64Array(blockCount);
  /** Of the reference's steps, squared. */
  readonly reference = new Float64Array(blockCount);
  /** Of the frame's steps times the reference's: about 0 where they have nothing in common. */
  readonly shared = new Float64Array(blockCount);

  /** `rowStep`: 2 looks at every other row only. */
  take(frame: Plane, reference: Plane, shift: Shift = noShift, rowStep = 1): this {
    const { width, height } = reference;
    const jump = shift.y * width + shift.x;
    for (let block = 0; block < blockCount; block += 1) {
      const [column, row] = [block % blocksAcross, Math.floor(block / blocksAcross)];
      this.#add(block, frame, reference, {
        left: Math.max(Math.floor(column * width / blocksAcross), -shift.x),
        right: Math.min(Math.floor((column + 1) * width / blocksAcross), width - 1 - Math.max(shift.x, 0)),
        top: Math.max(Math.floor(row * height / blocksDown), -shift.y),
        bottom: Math.min(Math.floor((row + 1) * height / blocksDown), height - 1 - Math.max(shift.y, 0)),
        jump, rowStep,
      });
    }
    return this;
  }

  #add(block: number, frame: Plane, reference: Plane, area: Area): void {
    const { left, right, top, bottom, jump, rowStep } = area;
    const [f, r, stride] = [frame.values, reference.values, frame.width];
    let [ff, rr, fr, pixels] = [0, 0, 0, 0];
    for (let y = top; y < bottom; y += rowStep) {
      const end = y * stride + right;
      let [here, there] = [f[y * stride + left + jump] ?? 0, r[y * stride + left] ?? 0];
      for (let at = y * stride + left; at < end; at += 1) {
        const [nextHere, nextThere] = [f[at + jump + 1] ?? 0, r[at + 1] ?? 0];
        const fx = nextHere - here;
        const fy = (f[at + jump + stride] ?? 0) - here;
        const rx = nextThere - there;
        const ry = (r[at + stride] ?? 0) - there;
        ff += fx * fx + fy * fy;
        rr += rx * rx + ry * ry;
        fr += fx * rx + fy * ry;
        here = nextHere;
        there = nextThere;
      }
      pixels += Math.max(right - left, 0);
    }
    this.frame[block] = ff / Math.max(pixels, 1);
    this.reference[block] = rr / Math.max(pixels, 1);
    this.shared[block] = fr / Math.max(pixels, 1);
  }
}

interface Area {
  readonly left: number; readonly right: number; readonly top: number; readonly bottom: number;
  readonly jump: number; readonly rowStep: number;
}
