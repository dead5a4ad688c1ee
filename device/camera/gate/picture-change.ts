/**
 * Is there something in a picture that was not there before? Cheap and rather too ready to say yes: this only decides what
 * is looked at. Pure: no clock, no I/O.
 */
import type { GrayFrame } from '../../core/frame.ts';

/** Gray levels by which a pixel must differ once the light is evened out; half of what counts as a thing for vision. */
const CONTRAST = 7;
/** Of the 3x3 pixels around one, so many must differ: a speck of noise is smaller. */
const NEIGHBOURS = 3;
/** The light of the whole picture may have changed by this much; what goes beyond is a change of scene. */
const MOST_GAIN = 2.5;

/** What was learnt as normal counts with this much on top. */
const MARGIN = 3;
/** A thing that differs by more than this is never taken for normal. */
const MOST_TOLERANCE = 40;
/** Of what was learnt, so much is forgotten with each picture that is learnt from. */
const FORGET = 0.98;

/** Compares pictures of one size, and learns where they differ though nothing happened: leaves, coarse compression. */
export class PictureChange {
  #tolerance: Float32Array | undefined;

  /** Whether anything but the light differs between two pictures. */
  differs(before: GrayFrame, after: GrayFrame): boolean {
    const { width, height, pixels } = after;
    const gain = gainBetween(before.pixels, pixels);
    if (gain === undefined) return true;
    const tolerance = this.#toleranceOf(pixels.length);
    const marks = new Uint8Array(width * height);
    for (let i = 0; i < marks.length; i++) {
      if (difference(before.pixels, pixels, gain, i) > (tolerance[i] ?? CONTRAST)) marks[i] = 1;
    }
    return hasCluster(marks, width, height);
  }

  /** These two differed, or not, and nothing had happened. */
  learn(before: GrayFrame, after: GrayFrame): void {
    const { pixels } = after;
    const gain = gainBetween(before.pixels, pixels);
    if (gain === undefined) return;
    const tolerance = this.#toleranceOf(pixels.length);
    for (let i = 0; i < tolerance.length; i++) {
      const normal = Math.min(difference(before.pixels, pixels, gain, i) + MARGIN, MOST_TOLERANCE);
      tolerance[i] = Math.max(CONTRAST, normal, (tolerance[i] ?? CONTRAST) * FORGET);
    }
  }

  #toleranceOf(length: number): Float32Array {
    if (this.#tolerance?.length !== length) this.#tolerance = new Float32Array(length).fill(CONTRAST);
    return this.#tolerance;
  }
}

const difference = (before: Uint8Array, after: Uint8Array, gain: number, i: number): number =>
  Math.abs((after[i] ?? 0) - Math.min(255, (before[i] ?? 0) * gain));

/** How much brighter the whole picture has become: a median over a grid of pixels; undefined when that is no mere light. */
function gainBetween(before: Uint8Array, after: Uint8Array): number | undefined {
  const ratios: number[] = [];
  for (let i = 0; i < before.length; i += 29) {
    const was = before[i] ?? 0;
    if (was >= 16 && was <= 235) ratios.push((after[i] ?? 0) / was);
  }
  if (ratios.length < 32) return 1;
  const gain = Float64Array.from(ratios).sort()[ratios.length >> 1] ?? 1;
  return gain > 1 / MOST_GAIN && gain < MOST_GAIN ? gain : undefined;
}

function hasCluster(marks: Uint8Array, width: number, height: number): boolean {
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      if (marks[at] === 0) continue;
      let count = 0;
      for (let row = at - width; row <= at + width; row += width) {
        count += (marks[row - 1] ?? 0) + (marks[row] ?? 0) + (marks[row + 1] ?? 0);
      }
      if (count >= NEIGHBOURS) return true;
    }
  }
  return false;
}
