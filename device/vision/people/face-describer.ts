/** FaceRes: what is particular about a face, as numbers that are alike for two pictures of one person. */
import * as tf from '@tensorflow/tfjs-core';
import type { GraphModel } from '@tensorflow/tfjs-converter';
import { BugError } from '../../core/errors.ts';
import type { Point } from '../../core/geometry.ts';
import { loadNet } from '../nets/load-net.ts';
import { BYTES, type Pyramid, type Square } from '../nets/picture.ts';
import { describe, DESCRIPTOR_LENGTH, type Descriptor } from './descriptor.ts';

/** Where a face's eyes are, in pixels; `right` and `left` as the person would say. */
export interface Eyes { readonly rightEye: Point; readonly leftEye: Point }

const SIDE = 224;
/** How a face is cut out: the eyes level, this share of the side apart, and this share of it below the upper edge. */
const EYES_APART = 0.3;
const EYES_DOWN = 0.35;

export class FaceDescriber implements Disposable {
  readonly #model: GraphModel;
  readonly #input = new Float32Array(SIDE * SIDE * 3);
  private constructor(model: GraphModel) { this.#model = model; }

  /** @throws {DeviceError} As `loadNet`. */
  static async load(): Promise<FaceDescriber> { return new FaceDescriber(await loadNet('faceres')); }

  /** Describes the face with those eyes: the sum of what the network says of it and of its mirror image. */
  describe(picture: Pyramid, eyes: Eyes): Descriptor {
    picture.sample(eyesLevel(eyes), SIDE, BYTES, this.#input);
    return tf.tidy(() => {
      const face = tf.tensor4d(this.#input, [1, SIDE, SIDE, 3]);
      return describe(tf.add(this.#features(face), this.#features(tf.reverse(face, 2))).dataSync<'float32'>());
    });
  }

  #features(face: tf.Tensor4D): tf.Tensor {
    const found = [this.#model.execute(face)].flat().find(({ size }) => size === DESCRIPTOR_LENGTH);
    if (found === undefined) throw new BugError('vision.net', `faceres has no output of ${DESCRIPTOR_LENGTH} numbers`);
    return found;
  }

  [Symbol.dispose](): void { this.#model.dispose(); }
}

function eyesLevel({ rightEye: [rightX, rightY], leftEye: [leftX, leftY] }: Eyes): Square {
  const turn = Math.atan2(leftY - rightY, leftX - rightX);
  const side = Math.hypot(leftX - rightX, leftY - rightY) / EYES_APART;
  const below = (0.5 - EYES_DOWN) * side; // from the eyes to the square's middle
  const [x, y] = [(rightX + leftX) / 2, (rightY + leftY) / 2];
  return { x: x - Math.sin(turn) * below, y: y + Math.cos(turn) * below, side, turn };
}
