/** Gray frames in, observations out: what moves, and where. See docs/reference/vision.md for how it decides. */
import * as tf from '@tensorflow/tfjs-core';
import { DeviceError } from '../core/errors.ts';
import { nothingSeen, type GrayFrame, type Observation } from '../core/frame.ts';
import type { Box } from '../core/geometry.ts';
import { silentLog, type Log } from '../core/log.ts';
import { ratio } from '../core/units.ts';
import { startBackend } from './backend.ts';
import { findBlobs, type Blob, type CellGrid } from './blobs.ts';
import { registerMotionOps, type MotionOps } from './motion-ops.ts';
import { cellNumbers, cellSize, PixelModel } from './pixel-model.ts';
import { loadPixelPasses } from './pixel-passes.ts';
import { TrackBook } from './track-book.ts';

export interface MotionSettings {
  /** From 0 (only what is plain) to 1 (everything). Default 0.5. */
  readonly sensitivity?: number;
  /** The smallest thing to report, as a share of the picture's area. Default 0.0005. */
  readonly minimumSize?: number;
}

export interface MotionDetectorOptions extends MotionSettings {
  /** The frames' size. From 32 to 2048 pixels a side; made for 160 wide: more costs more and finds no more. */
  readonly width: number;
  readonly height: number;
  readonly log?: Log;
}

/** Nothing is reported before this: a scene of which only moments are known cannot be judged. */
const firstLookMs = 2000;
/** When more of the picture than this changed at once, it is the light or the camera. */
const upheaval = 0.5;
/** Share of the picture whose change gives half the score. */
const halfScore = 0.01;

export class MotionDetector implements Disposable {
  readonly #options: MotionDetectorOptions;
  readonly #ops: MotionOps;
  readonly #tracks: TrackBook;
  readonly #leastPixels: number;
  #firstAt: number | undefined;
  #lastAt = -Infinity;

  private constructor(options: MotionDetectorOptions, model: PixelModel) {
    const { width, height, minimumSize = 0.0005 } = options;
    const strictness = strictnessOf(options);
    this.#options = options;
    this.#ops = registerMotionOps(model);
    this.#leastPixels = Math.max(0.0007 * strictness, minimumSize) * width * height;
    this.#tracks = new TrackBook(0.0035 * strictness * width * height);
  }

  /**
   * Starts TensorFlow.js (once a process) and makes a detector that has seen nothing yet.
   * @throws {RangeError} When the frame size or a setting is out of range.
   * @throws {BugError} `vision.backend`, `vision.kernel`: this machine cannot run it.
   */
  static async create(options: MotionDetectorOptions): Promise<MotionDetector> {
    const { width, height } = options;
    for (const side of [width, height]) {
      if (!Number.isInteger(side) || side < 32 || side > 2048) {
        throw new RangeError(`a frame is 32 to 2048 pixels wide and high, got ${width}x${height}`);
      }
    }
    ratio(options.sensitivity ?? 0.5);
    ratio(options.minimumSize ?? 0);
    await startBackend(options.log ?? silentLog);
    const passes = await loadPixelPasses(PixelModel.bytes(width, height));
    return new MotionDetector(options, new PixelModel(passes, { width, height, contrast: strictnessOf(options) }));
  }

  /**
   * Looks at the next frame and learns from it. Frames may come at any rate, also an uneven one.
   * @throws {DeviceError} `vision.frame` when the frame is not of the size agreed on, or older than the one before.
   */
  observe(frame: GrayFrame): Observation {
    this.#check(frame);
    this.#firstAt ??= frame.at;
    this.#lastAt = frame.at;
    const grid = this.#look(frame);
    const blobs = findBlobs(grid, this.#leastPixels);
    const changed = markedShare(grid, frame);
    const things = this.#tracks.follow(blobs, frame.at, changed > upheaval);
    this.#learn(grid, things);
    if (frame.at - this.#firstAt < firstLookMs || things.length === 0) {
      return nothingSeen(frame.at);
    }
    const share = things.reduce((sum, { pixels }) => sum + pixels, 0) / (frame.width * frame.height);
    return {
      ...nothingSeen(frame.at),
      motion: true,
      score: ratio(share / (share + halfScore)),
      boxes: things.map((blob) => boxOf(blob, frame)),
    };
  }

  [Symbol.dispose](): void { this.#ops[Symbol.dispose](); }

  #check({ at, width, height, pixels }: GrayFrame): void {
    const size = this.#options;
    if (width !== size.width || height !== size.height || pixels.length !== width * height) {
      const expected = `${size.width}x${size.height} gray frames of ${size.width * size.height} bytes`;
      throw new DeviceError('vision.frame', `expected ${expected}, got ${width}x${height} with ${pixels.length} bytes`);
    }
    if (!(at > this.#lastAt)) {
      throw new DeviceError('vision.frame', `frames come in order of time, got ${at} ms after ${this.#lastAt} ms`);
    }
  }

  #look(frame: GrayFrame): CellGrid {
    const input = tf.tensor2d(frame.pixels, [frame.height, frame.width], 'bool');
    const cells = this.#ops.look(input, frame.at);
    const [rows, columns] = cells.shape;
    const numbers = cells.dataSync<'int32'>();
    tf.dispose([input, cells]);
    return { columns, rows, numbers };
  }

  #learn({ columns, rows }: CellGrid, things: readonly Blob[]): void {
    const held = new Uint8Array(columns * rows);
    for (const cell of things.flatMap((blob) => blob.cells)) held[cell] = 1;
    const input = tf.tensor2d(held, [rows, columns], 'bool');
    this.#ops.learn(input);
    input.dispose();
  }
}

/** One slider: 1 in the middle, 2 at 0, a half at 1. What a thing must differ by and measure is multiplied by it. */
const strictnessOf = ({ sensitivity = 0.5 }: MotionSettings): number => 2 ** (1 - 2 * sensitivity);

function markedShare({ numbers, columns, rows }: CellGrid, { width, height }: GrayFrame): number {
  let marked = 0;
  for (let cell = 0; cell < columns * rows; cell += 1) marked += numbers[cell * cellNumbers] ?? 0;
  return marked / (width * height);
}

/** Cells -> fractions of the picture; pixels right and below of the last whole cell belong to no cell. */
function boxOf({ left, top, right, bottom }: Blob, { width, height }: GrayFrame): Box {
  const [across, down] = [cellSize / width, cellSize / height];
  return [left * across, top * down, (right - left) * across, (bottom - top) * down];
}
