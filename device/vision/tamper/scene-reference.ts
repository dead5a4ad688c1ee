/**
 * What the scene looks like when nothing is wrong: its mean picture in the logarithm, and the structure of its blocks.
 */
import type { Size } from '../../core/geometry.ts';
import type { Pyramid, Structure, TamperKernel } from './tamper-kernel.ts';

/** What is learnt fades with this time constant: a day's light passes, minutes of tampering would not. */
const fadeMs = 60_000;

export class SceneReference {
  readonly picture: Pyramid;
  readonly structure: Structure;
  /** Time over which it was learnt. */
  knownMs = 0;
  readonly kernel: TamperKernel;
  #empty = true;

  constructor(kernel: TamperKernel, size: Size) {
    this.kernel = kernel;
    this.picture = kernel.makePyramid(size);
    this.structure = kernel.makeStructure();
  }

  /** `elapsedMs`: since it learnt last. */
  learn(picture: Pyramid, own: Structure, elapsedMs: number): void {
    const share = this.#empty ? 1
      : Math.max(1 - Math.exp(-elapsedMs / fadeMs), elapsedMs / (this.knownMs + 2 * elapsedMs));
    if (!this.#empty) this.knownMs += elapsedMs;
    this.#empty = false;
    this.kernel.learn(this.picture, this.structure, picture, own, share);
  }

  /** It is another scene from now on, of which nothing is known. */
  forget(): void {
    this.knownMs = 0;
    this.#empty = true;
    this.kernel.clear(this.picture, this.structure);
  }
}
