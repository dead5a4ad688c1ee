/** BlazeFace: where a face may be in a square of a picture. */
import * as tf from '@tensorflow/tfjs-core';
import type { GraphModel } from '@tensorflow/tfjs-converter';
import { BugError } from '../../core/errors.ts';
import type { Point } from '../../core/geometry.ts';
import { loadNet } from '../nets/load-net.ts';
import { SIGNED, type Pyramid, type Square } from '../nets/picture.ts';
import type { Candidate } from './candidate.ts';

/** The network's input is `SIDE` x `SIDE` pixels. */
const SIDE = 256;
/** Numbers for one guess: the box's middle and size, then x and y of eyes, nose, mouth and ears. */
const NUMBERS = 16;

/** The net looks with two grids: cells of `stride` pixels, with `anchors` guesses in each. */
const GRIDS = [{ stride: 16, anchors: 2 }, { stride: 32, anchors: 6 }] as const;
type Grid = (typeof GRIDS)[number];

const guessesOf = ({ stride, anchors }: Grid): number => (SIDE / stride) ** 2 * anchors;

export class FaceNet implements Disposable {
  readonly #model: GraphModel;
  readonly #input = new Float32Array(SIDE * SIDE * 3);
  private constructor(model: GraphModel) { this.#model = model; }

  /** @throws {DeviceError} As `loadNet`. */
  static async load(): Promise<FaceNet> { return new FaceNet(await loadNet('blazeface')); }

  /** Every place in `square` that scores at least `floor`, from 0 to 1; a face has several. */
  detect(picture: Pyramid, square: Square, floor: number): Candidate[] {
    picture.sample(square, SIDE, SIGNED, this.#input);
    return this.#found(square, floor);
  }

  /** As `detect`, for a square so small that it must be magnified. */
  detectSoftly(picture: Pyramid, square: Square, floor: number): Candidate[] {
    picture.sampleSoftly(square, SIDE, SIGNED, this.#input);
    return this.#found(square, floor);
  }

  #found(square: Square, floor: number): Candidate[] {
    return this.#run().flatMap((output) => readGrid(output, square, floor));
  }

  #run(): GridOutput[] {
    return tf.tidy(() => {
      const results = [this.#model.execute(tf.tensor4d(this.#input, [1, SIDE, SIDE, 3]))].flat();
      const numbers = (rows: number, columns: number): Float32Array => {
        const found = results.find(({ shape }) => shape[1] === rows && shape[2] === columns);
        if (found !== undefined) return found.dataSync<'float32'>();
        throw new BugError('vision.net', `blazeface has no output of ${rows} rows and ${columns} columns`);
      };
      return GRIDS.map((grid) =>
        ({ grid, logits: numbers(guessesOf(grid), 1), places: numbers(guessesOf(grid), NUMBERS) }));
    });
  }

  [Symbol.dispose](): void { this.#model.dispose(); }
}

interface GridOutput {
  readonly grid: Grid;
  /** A logit for each guess. */
  readonly logits: Float32Array;
  /** `NUMBERS` for each guess, in pixels of the input; places count from the middle of the cell. */
  readonly places: Float32Array;
}

function readGrid({ grid, logits, places }: GridOutput, square: Square, floor: number): Candidate[] {
  const floorLogit = Math.log(floor / (1 - floor));
  const toPicture = turner(square);
  const step = square.side / SIDE;
  const found: Candidate[] = [];
  for (const [guess, logit] of logits.entries()) {
    if (logit < floorLogit) continue;
    const cell = Math.floor(guess / grid.anchors);
    const across = SIDE / grid.stride;
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

/** From the input's pixels to the picture's. */
function turner({ x, y, side, turn = 0 }: Square): (inputX: number, inputY: number) => Point {
  const cos = Math.cos(turn) * side / SIDE;
  const sin = Math.sin(turn) * side / SIDE;
  return (inputX, inputY) => {
    const dx = inputX - SIDE / 2;
    const dy = inputY - SIDE / 2;
    return [x + dx * cos - dy * sin, y + dx * sin + dy * cos];
  };
}
