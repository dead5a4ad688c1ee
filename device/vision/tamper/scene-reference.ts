/** What the scene looks like when nothing is wrong: its mean picture in the logarithm, and the structure of its blocks. */
import type { Size } from '../../core/geometry.ts';
import { blockCount } from './block-sums.ts';
import { emptyPyramid, scales, type Pyramid } from './log-pyramid.ts';

/** Structure of each block: squared steps above the noise, at full, half and quarter size. */
export type Structure = readonly [Float64Array, Float64Array, Float64Array];

export const noStructure = (): Structure =>
  [new Float64Array(blockCount), new Float64Array(blockCount), new Float64Array(blockCount)];

/** What is learnt fades with this time constant: a day's light passes, minutes of tampering would not. */
const fadeMs = 60_000;

export class SceneReference {
  readonly picture: Pyramid;
  readonly structure: Structure = noStructure();
  /** Time over which it was learnt. */
  knownMs = 0;
  #empty = true;

  constructor(size: Size) { this.picture = emptyPyramid(size); }

  /** `elapsedMs`: since it learnt last. */
  learn(picture: Pyramid, structure: Structure, elapsedMs: number): void {
    const share = this.#empty ? 1 : Math.max(1 - Math.exp(-elapsedMs / fadeMs), elapsedMs / (this.knownMs + 2 * elapsedMs));
    if (!this.#empty) this.knownMs += elapsedMs;
    this.#empty = false;
    for (const scale of scales) {
      approach(this.picture[scale].values, picture[scale].values, share);
      approach(this.structure[scale], structure[scale], share);
    }
  }
}

function approach(mean: Float32Array | Float64Array, now: Float32Array | Float64Array, share: number): void {
  for (let at = 0; at < mean.length; at += 1) {
    const known = mean[at] ?? 0;
    mean[at] = known + share * ((now[at] ?? 0) - known);
  }
}
