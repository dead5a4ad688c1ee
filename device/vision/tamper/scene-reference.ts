/**
 * What the scene looks like when nothing is wrong: its mean picture in the logarithm, and the structure of its blocks.
 */
import type { Size } from '../../core/geometry.ts';
import { emptyPyramid, scales, type Pyramid } from './log-pyramid.ts';
import { blockCount, type TamperKernel } from './tamper-kernel.ts';

/** The structure of a frame: mean squared steps of each block, at full, half and quarter size. */
export interface OwnStructure {
  /** With its noise. */
  readonly fine: Float64Array;
  /** Above the noise, as `coarse`. */
  readonly middle: Float64Array;
  readonly coarse: Float64Array;
  /** Of the noise, at full size. */
  readonly fineNoise: number;
  /** Of the noise, at half size. */
  readonly noise: number;
}

/** What is learnt fades with this time constant: a day's light passes, minutes of tampering would not. */
const fadeMs = 60_000;

export class SceneReference {
  readonly picture: Pyramid;
  readonly fine = new Float64Array(blockCount);
  readonly middle = new Float64Array(blockCount);
  readonly coarse = new Float64Array(blockCount);
  /** Time over which it was learnt. */
  knownMs = 0;
  fineNoise = 0;
  readonly kernel: TamperKernel;
  #empty = true;

  constructor(kernel: TamperKernel, size: Size) {
    this.kernel = kernel;
    this.picture = emptyPyramid(size);
  }

  /** `elapsedMs`: since it learnt last. */
  learn(picture: Pyramid, own: OwnStructure, elapsedMs: number): void {
    const share = this.#empty ? 1
      : Math.max(1 - Math.exp(-elapsedMs / fadeMs), elapsedMs / (this.knownMs + 2 * elapsedMs));
    if (!this.#empty) this.knownMs += elapsedMs;
    this.#empty = false;
    for (const scale of scales) this.kernel.approach(this.picture[scale].values, picture[scale].values, share);
    for (const scale of ['fine', 'middle', 'coarse'] as const) approach(this[scale], own[scale], share);
    this.fineNoise += share * (own.fineNoise - this.fineNoise);
  }
}

function approach(mean: Float64Array, now: Float64Array, share: number): void {
  for (let at = 0; at < mean.length; at += 1) {
    const known = mean[at] ?? 0;
    mean[at] = known + share * ((now[at] ?? 0) - known);
  }
}
