/**
 * Is there something in a picture that was not there before? Cheap and rather too ready to say yes: this only decides what
 * is looked at. Pure: no clock, no I/O.
 */
import type { GrayFrame } from '../../core/frame.ts';

/** Gray levels by which a pixel must differ once the light is evened out; half of what counts as a thing for vision. */
const CONTRAST = 7;
/** In a noisy picture a pixel must differ by so many standard deviations of what noise makes of a difference … */
const NOISE_CONTRAST = 3.5;
/** … but never by more than this: a thing that covers a third of the picture looks like noise, too. */
const MOST_NOISE_CONTRAST = 16;
/** Pixels that stand for the whole picture lie this far apart. */
const SAMPLED = 29;
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
    const relit = inLight(gain);
    const contrast = noiseContrast(before.pixels, pixels, relit);
    const marked: number[] = [];
    // Seldom done, so seldom that this is interpreted for minutes: as few steps a pixel as there can be.
    for (let i = 0; i < pixels.length; i++) {
      const change = (pixels[i] as number) - (relit[before.pixels[i] as number] as number);
      if ((change > (tolerance[i] as number) || -change > (tolerance[i] as number)) && Math.abs(change) > contrast) {
        marked.push(i);
      }
    }
    return marked.length >= NEIGHBOURS && hasCluster(marked, width, height);
  }

  /** These two differed, or not, and nothing had happened. */
  learn(before: GrayFrame, after: GrayFrame): void {
    const { pixels } = after;
    const gain = gainBetween(before.pixels, pixels);
    if (gain === undefined) return;
    const tolerance = this.#toleranceOf(pixels.length);
    const relit = inLight(gain);
    for (let i = 0; i < tolerance.length; i++) {
      const change = Math.abs((pixels[i] ?? 0) - (relit[before.pixels[i] ?? 0] ?? 0));
      const normal = Math.min(change + MARGIN, MOST_TOLERANCE);
      tolerance[i] = Math.max(CONTRAST, normal, (tolerance[i] ?? CONTRAST) * FORGET);
    }
  }

  #toleranceOf(length: number): Float32Array {
    if (this.#tolerance?.length !== length) this.#tolerance = new Float32Array(length).fill(CONTRAST);
    return this.#tolerance;
  }
}

/** What each level becomes in a light that is `gain` times as strong. */
function inLight(gain: number): Float64Array {
  const levels = new Float64Array(256);
  for (let level = 0; level < 256; level++) levels[level] = Math.min(255, level * gain);
  return levels;
}

/** How much brighter the whole picture has become: a median over a grid of pixels; undefined when that is no mere light. */
function gainBetween(before: Uint8Array, after: Uint8Array): number | undefined {
  const ratios: number[] = [];
  for (let i = 0; i < before.length; i += SAMPLED) {
    const was = before[i] ?? 0;
    if (was >= 16 && was <= 235) ratios.push((after[i] ?? 0) / was);
  }
  if (ratios.length < 32) return 1;
  const gain = Float64Array.from(ratios).sort()[ratios.length >> 1] ?? 1;
  return gain > 1 / MOST_GAIN && gain < MOST_GAIN ? gain : undefined;
}

/** By how much a pixel must differ so that it is not noise: from the smaller three quarters of the differences. */
function noiseContrast(before: Uint8Array, after: Uint8Array, relit: Float64Array): number {
  const differences: number[] = [];
  for (let i = 0; i < before.length; i += SAMPLED) differences.push(Math.abs((after[i] ?? 0) - (relit[before[i] ?? 0] ?? 0)));
  const smaller = Float64Array.from(differences).sort().subarray(0, Math.ceil(differences.length * 0.75));
  // The mean of the smaller three quarters of a normal distribution's absolute values is 0.515 standard deviations.
  const deviation = smaller.reduce((sum, difference) => sum + difference, 0) / smaller.length / 0.515;
  return Math.min(NOISE_CONTRAST * deviation, MOST_NOISE_CONTRAST);
}

/** Whether around one of `marked`, which lies not at the picture's rim, there are enough others. */
function hasCluster(marked: readonly number[], width: number, height: number): boolean {
  const marks = new Uint8Array(width * height);
  for (const at of marked) marks[at] = 1;
  return marked.some((at) => {
    const x = at % width;
    if (x === 0 || x === width - 1 || at < width || at >= marks.length - width) return false;
    let count = 0;
    for (let row = at - width; row <= at + width; row += width) {
      count += (marks[row - 1] ?? 0) + (marks[row] ?? 0) + (marks[row + 1] ?? 0);
    }
    return count >= NEIGHBOURS;
  });
}
