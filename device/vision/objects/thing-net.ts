/** CenterNet over MobileNet v3: people, vehicles and animals in a square of a picture. */
import * as tf from '@tensorflow/tfjs-core';
import type { GraphModel } from '@tensorflow/tfjs-converter';
import { BugError } from '../../core/errors.ts';
import { loadNet } from '../nets/load-net.ts';
import { BYTES, type Pyramid, type Square } from '../nets/picture.ts';
import { readOut } from '../nets/read-out.ts';
import { sharedOfUnion, type Rectangle } from '../nets/rectangle.ts';
import { labelOf, type ThingLabel } from './labels.ts';

export interface FoundThing extends Rectangle {
  readonly label: ThingLabel;
  /** From 0 to 1. */
  readonly score: number;
}

const SIDE = 512;
/** One row for each of its 100 best guesses: left, top, right, bottom in pixels of the input, score, class. */
const OUTPUT = 'tower_0/detections';
const COLUMNS = 6;
/** Of two of one kind that share this much of what they cover together, the surer counts. */
const SAME = 0.5;

export class ThingNet implements Disposable {
  readonly #model: GraphModel;
  readonly #input = new Float32Array(SIDE * SIDE * 3);
  private constructor(model: GraphModel) { this.#model = model; }

  /** @throws {DeviceError} As `loadNet`. */
  static async load(): Promise<ThingNet> { return new ThingNet(await loadNet('centernet')); }

  /** What is in `square` with at least the score `floor`, the surest first. */
  detect(picture: Pyramid, square: Square, floor: number): FoundThing[] {
    picture.sample(square, SIDE, BYTES, this.#input);
    const rows = this.#run();
    const step = square.side / SIDE;
    const found: FoundThing[] = [];
    for (let row = 0; row + COLUMNS <= rows.length; row += COLUMNS) {
      const [left = 0, top = 0, right = 0, bottom = 0, score = 0, index = -1] = rows.subarray(row, row + COLUMNS);
      const label = labelOf(index);
      if (label === undefined || score < floor) continue;
      found.push({
        label, score, left: square.x - square.side / 2 + left * step, top: square.y - square.side / 2 + top * step,
        width: (right - left) * step, height: (bottom - top) * step,
      });
    }
    return withoutDoubles(found);
  }

  #run(): Float32Array {
    return readOut(() => {
      const [result] = [this.#model.execute(tf.tensor4d(this.#input, [1, SIDE, SIDE, 3]), OUTPUT)].flat();
      if (result === undefined) throw new BugError('vision.net', `centernet has no output ${OUTPUT}`);
      return result.dataSync<'float32'>();
    });
  }

  [Symbol.dispose](): void { this.#model.dispose(); }
}

function withoutDoubles(things: readonly FoundThing[]): FoundThing[] {
  const kept: FoundThing[] = [];
  for (const thing of things.toSorted((a, b) => b.score - a.score)) {
    if (!kept.some((surer) => surer.label === thing.label && sharedOfUnion(surer, thing) > SAME)) kept.push(thing);
  }
  return kept;
}
