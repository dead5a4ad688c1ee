/** MediaPipe Face Mesh, of which only one number is used: how sure it is that it was shown a face. A second opinion. */
import * as tf from '@tensorflow/tfjs-core';
import type { GraphModel } from '@tensorflow/tfjs-converter';
import { BugError } from '../../core/errors.ts';
import { loadNet } from '../nets/load-net.ts';
import { UNSIGNED, type Pyramid } from '../nets/picture.ts';
import { readOut } from '../nets/read-out.ts';
import { squareOf, type Candidate } from './candidate.ts';

const SIDE = 192;
/**
 * How it is shown a face: with what around it, and whether smoothed. A face on a shoulder or at an edge wants more
 * around it, one in a grainy picture wants it smooth. Of most it is sure at the first.
 */
const VIEWS = [{ margin: 1.5, smooth: false }, { margin: 1.8, smooth: false }, { margin: 1.5, smooth: true }] as const;
const SURE = 0.9;

export class MeshNet implements Disposable {
  readonly #model: GraphModel;
  readonly #input = new Float32Array(SIDE * SIDE * 3);
  private constructor(model: GraphModel) { this.#model = model; }

  /** @throws {DeviceError} As `loadNet`. */
  static async load(): Promise<MeshNet> { return new MeshNet(await loadNet('facemesh')); }

  /** From 0 to 1: how sure it is of a face where `candidate` says that one is, at the best of several views. */
  sureness(picture: Pyramid, candidate: Candidate): number {
    let best = 0;
    for (const { margin, smooth } of VIEWS) {
      const square = squareOf(candidate, margin);
      if (smooth) picture.sampleSoftly(square, SIDE, UNSIGNED, this.#input);
      else picture.sample(square, SIDE, UNSIGNED, this.#input);
      best = Math.max(best, this.#run());
      if (best >= SURE) break;
    }
    return best;
  }

  #run(): number {
    return readOut(() => {
      const results = [this.#model.execute(tf.tensor4d(this.#input, [1, SIDE, SIDE, 3]))].flat();
      const flag = results.find(({ size }) => size === 1)?.dataSync()[0];
      if (flag === undefined) throw new BugError('vision.net', 'facemesh has no output of one number');
      return flag;
    });
  }

  [Symbol.dispose](): void { this.#model.dispose(); }
}
