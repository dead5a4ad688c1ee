/** What is particular about a face, as numbers that are alike for two pictures of one person. */
import * as tf from '@tensorflow/tfjs-core';
import type { Point } from '../../core/geometry.ts';
import { BYTES, type Pyramid, type Square } from '../nets/picture.ts';
import { readOut } from '../nets/read-out.ts';
import { soften } from '../nets/soften.ts';
import type { Descriptor } from './descriptor.ts';
import { DescriptorNet, SIDE } from './descriptor-net.ts';

/** Where a face's features are, in pixels of the picture; `right` and `left` as the person would say. */
export type Features = Readonly<Record<keyof typeof TEMPLATE, Point>>;

/**
 * Where the network was shown them, as fractions of its input: the mean face of dlib's `get_face_chip_details` with a
 * quarter of its side around it (the middle of each eye, the tip of the nose, the middle of the mouth).
 */
const TEMPLATE = {
  rightEye: [0.325, 0.314], leftEye: [0.675, 0.314], nose: [0.5, 0.53], mouth: [0.5, 0.7],
} as const satisfies Record<string, Point>;

/** A face that is magnified is smoothed by half as much: grain would grow into features. Measured, see docs. */
const SOFTENED = 0.5;

export class FaceDescriber implements Disposable {
  readonly #net: DescriptorNet;
  readonly #input = new Float32Array(SIDE * SIDE * 3);
  private constructor(net: DescriptorNet) { this.#net = net; }

  /** @throws {DeviceError} As `loadNet`. */
  static async load(): Promise<FaceDescriber> { return new FaceDescriber(await DescriptorNet.load()); }

  /** Describes the face with those features. */
  describe(picture: Pyramid, features: Features): Descriptor {
    const square = alignedSquare(features);
    picture.sample(square, SIDE, BYTES, this.#input);
    const radius = Math.round(SOFTENED * SIDE / square.side);
    if (radius > 0) soften(this.#input, SIDE, radius);
    return readOut(() => this.#net.run(tf.tensor4d(this.#input, [1, SIDE, SIDE, 3])).dataSync<'float32'>());
  }

  /** Looks at nothing: the first look takes several times as long as those after it. */
  warmUp(nothing: Pyramid): void { this.describe(nothing, TEMPLATE); }

  [Symbol.dispose](): void { this.#net[Symbol.dispose](); }
}

/**
 * The square in which the features lie nearest to the template: of all turns, sizes and places the one with the least
 * sum of squared distances (Umeyama 1991, in the plane, where a turn with a size is one complex number).
 */
export function alignedSquare(features: Features): Square {
  const pairs = (Object.keys(TEMPLATE) as (keyof Features)[]).map((name) => [TEMPLATE[name], features[name]] as const);
  const [fromX, fromY] = mean(pairs.map(([from]) => from));
  const [toX, toY] = mean(pairs.map(([, to]) => to));
  let [along, across, spread] = [0, 0, 0];
  for (const [from, to] of pairs) {
    const [fx, fy, tx, ty] = [from[0] - fromX, from[1] - fromY, to[0] - toX, to[1] - toY];
    along += fx * tx + fy * ty;
    across += fx * ty - fy * tx;
    spread += fx * fx + fy * fy;
  }
  const [cos, sin] = [along / spread, across / spread]; // times the size
  const [dx, dy] = [0.5 - fromX, 0.5 - fromY];
  return {
    x: toX + cos * dx - sin * dy, y: toY + sin * dx + cos * dy, side: Math.hypot(cos, sin), turn: Math.atan2(sin, cos),
  };
}

const mean = (points: readonly Point[]): Point =>
  [points.reduce((sum, [x]) => sum + x, 0) / points.length, points.reduce((sum, [, y]) => sum + y, 0) / points.length];
