/** BlazeFace: where a face may be in a square of a picture. */
import * as tf from '@tensorflow/tfjs-core';
import type { GraphModel } from '@tensorflow/tfjs-converter';
import { BugError } from '../../core/errors.ts';
import type { Point } from '../../core/geometry.ts';
import { loadNet } from '../nets/load-net.ts';
import { SIGNED, type Pyramid, type Square } from '../nets/picture.ts';
import { readOut } from '../nets/read-out.ts';
import type { Candidate } from './candidate.ts';

/** The side of the square that the network was made for, in pixels. */
export const FACE_NET_SIDE = 256;
/** Numbers for one guess: the box's middle and size, then x and y of eyes, nose, mouth and ears. */
const NUMBERS = 16;

/** The net looks with two grids: cells of `stride` pixels, with `anchors` guesses in each; and what says them. */
const GRIDS = [
  { stride: 16, anchors: 2, logits: lastLayer(33), places: lastLayer(35) },
  { stride: 32, anchors: 6, logits: lastLayer(34), places: lastLayer(36) },
] as const;
type Grid = (typeof GRIDS)[number];

/** What the network is shown. */
export interface Glance {
  readonly square: Square;
  /** Pixels along a side of it as it is shown, a multiple of 32 up to `FACE_NET_SIDE`: half as many cost a quarter. */
  readonly side: number;
  /** Where it must be magnified its grain is smoothed. */
  readonly smooth?: boolean;
}

export class FaceNet implements Disposable {
  readonly #model: GraphModel;
  readonly #input = new Float32Array(FACE_NET_SIDE ** 2 * 3);
  private constructor(model: GraphModel) { this.#model = model; }

  /** @throws {DeviceError} As `loadNet`. */
  static async load(): Promise<FaceNet> { return new FaceNet(await loadNet('blazeface')); }

  /** Every place that scores at least `floor`, from 0 to 1; a face has several. */
  detect(picture: Pyramid, glance: Glance, floor: number): Candidate[] {
    const { square, side, smooth = false } = glance;
    const input = this.#input.subarray(0, side * side * 3);
    if (smooth) picture.sampleSoftly(square, side, SIGNED, input);
    else picture.sample(square, side, SIGNED, input);
    return this.#run(input, side).flatMap((output) => readGrid(output, glance, floor));
  }

  #run(input: Float32Array, side: number): GridOutput[] {
    return readOut(() => {
      const names = GRIDS.flatMap(({ logits, places }) => [logits, places]);
      const said = [this.#model.execute(tf.tensor4d(input, [1, side, side, 3]), names)].flat();
      const numbers = (name: string): Float32Array => {
        const found = said[names.indexOf(name)]?.dataSync<'float32'>();
        if (found !== undefined) return found;
        throw new BugError('vision.net', `blazeface has no output ${name}`);
      };
      return GRIDS.map((grid) => ({ grid, logits: numbers(grid.logits), places: numbers(grid.places) }));
    });
  }

  [Symbol.dispose](): void { this.#model.dispose(); }
}

/** Of the network's convolutions, by its number: those that follow it only put their numbers in other shapes. */
function lastLayer(number: number): string { return `StatefulPartitionedCall/functional_1/conv2d_${number}/BiasAdd`; }

interface GridOutput {
  readonly grid: Grid;
  /** A logit for each guess. */
  readonly logits: Float32Array;
  /** `NUMBERS` for each guess, in pixels of the input; places count from the middle of the cell. */
  readonly places: Float32Array;
}

function readGrid({ grid, logits, places }: GridOutput, { square, side }: Glance, floor: number): Candidate[] {
  const floorLogit = Math.log(floor / (1 - floor));
  const toPicture = turner(square, side);
  const step = square.side / side;
  const found: Candidate[] = [];
  for (const [guess, logit] of logits.entries()) {
    if (logit < floorLogit) continue;
    const cell = Math.floor(guess / grid.anchors);
    const across = side / grid.stride;
    const x = (cell % across + 0.5) * grid.stride;
    const y = (Math.floor(cell / across) + 0.5) * grid.stride;
    const number = (index: number): number => places[guess * NUMBERS + index] ?? 0;
    const [middleX, middleY] = toPicture(x + number(0), y + number(1));
    const width = number(2) * step;
    const height = number(3) * step;
    const point = (index: number): Point => toPicture(x + number(index), y + number(index + 1));
    found.push({
      left: middleX - width / 2, top: middleY - height / 2, width, height, score: 1 / (1 + Math.exp(-logit)),
      points: { rightEye: point(4), leftEye: point(6), nose: point(8), mouth: point(10) },
    });
  }
  return found;
}

/** From the pixels that the network was shown, `shown` along a side, to the picture's. */
function turner({ x, y, side, turn = 0 }: Square, shown: number): (inputX: number, inputY: number) => Point {
  const cos = Math.cos(turn) * side / shown;
  const sin = Math.sin(turn) * side / shown;
  return (inputX, inputY) => {
    const dx = inputX - shown / 2;
    const dy = inputY - shown / 2;
    return [x + dx * cos - dy * sin, y + dx * sin + dy * cos];
  };
}
