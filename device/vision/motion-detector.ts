/** Gray frames in, observations out: what moves, and where. See docs/reference/vision.md for how it decides. */
import { isDeepStrictEqual } from 'node:util';
import { DeviceError } from '../core/errors.ts';
import { nothingSeen, type GrayFrame, type Observation } from '../core/frame.ts';
import type { Box } from '../core/geometry.ts';
import { ratio, type Millis } from '../core/units.ts';
import type { CountingLine, MotionRules, PrivacyMask, Zone } from '../contract/places.ts';
import { usualGap, weatherGap, type Blob } from './blobs.ts';
import type { Recall } from './learnt-pixels.ts';
import { cellNumbers, cellSize, heldAs } from './pixel-buffers.ts';
import { PixelModel } from './pixel-model.ts';
import { loadPixelPasses } from './pixel-passes.ts';
import { TrackBook, type Believed } from './track-book.ts';
import { TrackKeeper } from './track-keeper.ts';
import { TrackRecorder } from './track-recorder.ts';
import { ZoneMap, type Demand } from './zones.ts';

export interface MotionSettings {
  /** From 0 (only what is plain) to 1 (everything). Default 0.5. */
  readonly sensitivity?: number;
  /** The smallest thing to report, as a share of the picture's area. Default 0.0005. */
  readonly minimumSize?: number;
  /** The largest: what covers more of the picture is taken for light. Default 1: nothing is too large. */
  readonly maximumSize?: number;
  /** Multiplies the brightness difference asked for, not the sizes; 0.25 to 4. Default 1; more for a noisy picture. */
  readonly contrast?: number;
  /** How long a thing must lie quite still to become background: milliseconds, 2 s to 60 s. Default 20 s. */
  readonly absorb?: Millis;
  /** Where things count, and how readily. Default: the whole picture. */
  readonly zones?: readonly Zone[];
  /** Where things are counted. */
  readonly lines?: readonly CountingLine[];
  /** What is never analysed. */
  readonly masks?: readonly PrivacyMask[];
}

export interface MotionDetectorOptions extends MotionSettings {
  /** The frames' size. From 32 to 2048 pixels a side; made for 160 wide: more costs more and finds no more. */
  readonly width: number;
  readonly height: number;
}

/** Nothing is reported before this: a scene of which only moments are known cannot be judged. */
const firstLookMs = 2000;
/** Nor from fewer frames. */
const firstLookFrames = 3;
/** When more of the picture than this changed at once, it is the light or the camera. */
const upheaval = 0.5;
/** When more than this differs, it is another picture. */
const other = 0.75;
/** Share of the picture whose change gives half the score. */
const halfScore = 0.01;
/** Shares of the picture that a thing must cover: to be seen, to be believed at first sight. */
const [leastShare, largeShare] = [0.0007, 0.0035];

/** What a pixel of `MotionDetector.mask` is. */
export const maskBits = {
  /** It differs from the background. */
  marked: 1,
  /** It changed within the last fifths of a second. */
  energy: 2,
  /** It lies in a cell of a thing that is believed. */
  believed: 4,
  /** It lies in an exclude zone or under a privacy mask. */
  excluded: 8,
  /** It lies outside of every include zone, where there is one. */
  outside: 16,
} as const;

export class MotionDetector {
  #options: MotionDetectorOptions;
  readonly #model: PixelModel;
  #zones: ZoneMap;
  readonly #book: TrackBook;
  readonly #keeper: TrackKeeper;
  readonly #recorder: TrackRecorder;
  /** What each cell is held as. */
  readonly #held: Uint8Array;
  #firstAt: number | undefined;
  #frames = 0;
  #lastAt = -Infinity;
  #otherSince: Millis | undefined;

  private constructor(options: MotionDetectorOptions, model: PixelModel, zones: ZoneMap) {
    const { width, height, lines = [] } = options;
    this.#options = options;
    this.#model = model;
    this.#zones = zones;
    this.#book = new TrackBook((blob) => largeShare * this.#zones.demand(blob).strictness * width * height);
    this.#keeper = new TrackKeeper(Math.floor(width / cellSize), Math.floor(height / cellSize));
    this.#recorder = new TrackRecorder(lines, options);
    this.#held = new Uint8Array(Math.floor(width / cellSize) * Math.floor(height / cellSize));
  }

  /**
   * Makes a detector that has seen nothing yet.
   * @throws {RangeError} When the frame size or a setting is out of range.
   * @throws {BugError} `vision.kernel`: this machine cannot run it.
   */
  static async create(options: MotionDetectorOptions): Promise<MotionDetector> {
    const { width, height } = options;
    for (const side of [width, height]) {
      if (!Number.isInteger(side) || side < 32 || side > 2048) {
        throw new RangeError(`a frame is 32 to 2048 pixels wide and high, got ${width}x${height}`);
      }
    }
    const { absorb } = checked(options);
    const passes = await loadPixelPasses(PixelModel.bytes(width, height));
    const map = zoneMapOf(options);
    const model = new PixelModel(passes, {
      width, height, contrasts: map.contrasts(options, options.contrast ?? 1),
      ...absorb !== undefined && { absorbMs: absorb },
    });
    return new MotionDetector(options, model, map);
  }

  /**
   * Watches by other rules from the next frame on; those left out hold on.
   * @throws {RangeError} When a setting is out of range; those of before hold on.
   */
  watchBy(rules: MotionRules): void {
    const before = this.#options;
    this.#options = checked({ ...before, ...rules });
    this.#zones = zoneMapOf(this.#options);
    this.#model.askFor(this.#zones.contrasts(this.#options, this.#options.contrast ?? 1));
    const { lines = [] } = this.#options;
    if (!isDeepStrictEqual(lines, before.lines ?? [])) this.#recorder.countAt(lines);
  }

  /**
   * Looks at the next frame and learns from it. Frames may come at any rate, also an uneven one.
   * @throws {DeviceError} `vision.frame` when the frame is not of the size agreed on, or older than the one before.
   */
  observe(frame: GrayFrame): Observation {
    this.check(frame);
    this.#lastAt = frame.at;
    this.#firstAt ??= frame.at;
    this.#frames += 1;
    const numbers = this.#model.look(frame.pixels, frame.at, this.#book.isWeather);
    this.#zones.hide(numbers);
    const differing = this.#model.blobs.marked / frame.pixels.length;
    this.#otherSince = differing > other ? this.#otherSince ?? frame.at : undefined;
    const { things, lights } = this.#find();
    const believed = this.#book.follow(things, {
      lights, atMs: frame.at, upheaval: differing > upheaval, isOther: differing > other,
      isThick: this.#model.isThickWeather,
      lightMoves: this.#model.lightMoves,
      earlierAgeMs: this.#model.earlierAge ?? Infinity,
      stirs: (cells) => this.#model.stirs(cells),
      lasts: (cells) => this.#model.lasts(cells),
      darkens: (cells) => this.#model.darkens(cells),
      enters: (blob) => this.#model.reachesRim(blob),
    });
    this.#learn(numbers, lights, believed);
    if (frame.at - this.#firstAt < firstLookMs || this.#frames < firstLookFrames) {
      return { ...nothingSeen(frame.at), attention: true };
    }
    return this.#tell(frame, believed);
  }

  /** Since when nearly all of the picture differs from what is known. */
  get otherSince(): Millis | undefined { return this.#otherSince; }

  /**
   * Lets a frame go by that does not show the scene.
   * @throws {DeviceError} As `observe`.
   */
  pass(frame: GrayFrame): void {
    this.check(frame);
    this.#lastAt = frame.at;
    for (const mask of Object.values(this.#model.masks)) mask.fill(0);
  }

  /** Keeps what is known of the scene, for when it was hidden: `recall` is good until two more were remembered. */
  remember(): Recall {
    const [firstAt, frames] = [this.#firstAt, this.#frames];
    const parts = [this.#model.remember(), this.#book.remember()];
    return () => {
      for (const recall of parts) recall();
      [this.#firstAt, this.#frames, this.#otherSince] = [firstAt, frames, undefined];
    };
  }

  /** The next frame shows a scene of which nothing is known. */
  begin(): void {
    this.#model.begin();
    this.#book.forget();
    [this.#firstAt, this.#frames, this.#otherSince] = [undefined, 0, undefined];
  }

  /**
   * What the detector saw in the frame last observed: a byte for each pixel, row-major, the sum of what holds of
   * `maskBits`. The caller's own. Where the camera shook, the pixel is where the unmoved camera would have seen it.
   */
  mask(): Uint8Array {
    const { width, height } = this.#options;
    const { marked, moving, held } = this.#model.masks;
    const [columns, rows] = [Math.floor(width / cellSize), Math.floor(height / cellSize)];
    return Uint8Array.from({ length: width * height }, (_, pixel) => {
      const x = Math.min(Math.floor((pixel % width) / cellSize), columns - 1);
      const cell = Math.min(Math.floor(pixel / width / cellSize), rows - 1) * columns + x;
      return (marked[pixel] === 1 ? maskBits.marked : 0) + (moving[pixel] === 1 ? maskBits.energy : 0) +
        ((held[pixel] ?? 0) > 0 ? maskBits.believed : 0) + (this.#zones.isHidden(cell) ? maskBits.excluded : 0) +
        (this.#zones.isOutside(cell) ? maskBits.outside : 0);
    });
  }

  /** @throws {DeviceError} As `observe`. */
  check({ at, width, height, pixels }: GrayFrame): void {
    const size = this.#options;
    if (width !== size.width || height !== size.height || pixels.length !== width * height) {
      const expected = `${size.width}x${size.height} gray frames of ${size.width * size.height} bytes`;
      throw new DeviceError('vision.frame', `expected ${expected}, got ${width}x${height} with ${pixels.length} bytes`);
    }
    if (!(at > this.#lastAt)) {
      throw new DeviceError('vision.frame', `frames come in order of time, got ${at} ms after ${this.#lastAt} ms`);
    }
  }

  /** The blobs that are neither too small for where they are, nor too large; and what is light. */
  #find(): { readonly things: readonly Blob[]; readonly lights: readonly Blob[] } {
    const { width, height, maximumSize = 1 } = this.#options;
    const least = ({ strictness, minimumSize }: Demand): number =>
      Math.max(leastShare * strictness, minimumSize) * width * height;
    const gap = this.#book.isWeather ? weatherGap : usualGap;
    const blobs = this.#model.blobs.find(least(this.#zones.leastDemand), gap, this.#model.lightMoves);
    const lights = blobs.filter((blob) => blob.lit || blob.pixels > maximumSize * width * height);
    // Who was there before the light came is not lost in it.
    const within = this.#model.blobs.partsOf(lights, this.#book.believed);
    const things = [...blobs.filter((blob) => !lights.includes(blob)), ...within.filter(({ lit }) => !lit)]
      .filter((blob) => !blob.thready && blob.pixels >= least(this.#zones.demand(blob)));
    return { things: within.length === 0 ? things : things.toSorted((a, b) => b.pixels - a.pixels), lights };
  }

  /** All that is believed is followed and counted at lines; what is told stands where it counts. */
  #tell(frame: GrayFrame, believed: readonly Believed[]): Observation {
    const { at, width, height } = frame;
    const identities = this.#keeper.follow(believed, at);
    const looks = believed.map(({ blob, moving, since }, index) => {
      const { id = 0, since: first = since } = identities[index] ?? {};
      const zones = this.#zones.zonesOf(blob);
      const counts = this.#zones.counts(blob, zones);
      const look = { id, box: boxOf(blob, frame), since: Math.min(first, since), moving, zones };
      return { counts, pixels: blob.pixels, ...this.#recorder.record(look, at) };
    });
    this.#recorder.keep(this.#keeper.ids);
    const counting = looks.filter(({ counts }) => counts);
    const share = counting.reduce((sum, { pixels }) => sum + pixels, 0) / (width * height);
    return {
      ...nothingSeen(at),
      motion: counting.length > 0,
      score: ratio(share / (share + halfScore)),
      boxes: counting.map(({ track }) => track.box),
      tracks: counting.map(({ track }) => track),
      crossings: looks.flatMap(({ crossings }) => crossings),
      attention: counting.length > 0 || this.#book.isPending,
    };
  }

  #learn(numbers: Int32Array, lights: readonly Blob[], things: readonly Believed[]): void {
    const { lightMoves } = this.#model;
    const held = this.#held.fill(lightMoves ? heldAs.movingLight : heldAs.nothing);
    if (!lightMoves) for (const { cells } of lights)
      hold(held, cells, heldAs.light, (cell) => (numbers[cell * cellNumbers + 3] ?? 0) > 0);
    for (const { blob, dithers } of things) hold(held, blob.cells, dithers ? heldAs.dithering : heldAs.thing);
    this.#model.learn(held);
  }
}

function hold(
  held: Uint8Array, cells: ArrayLike<number>, as: number, isHeld: (cell: number) => boolean = () => true,
): void {
  for (let at = 0; at < cells.length; at += 1) {
    const cell = cells[at] ?? 0;
    if (isHeld(cell)) held[cell] = as;
  }
}

function zoneMapOf(options: MotionDetectorOptions): ZoneMap {
  const { sensitivity = 0.5, minimumSize = 0.0005, zones = [], masks = [] } = options;
  return new ZoneMap(options, { sensitivity, minimumSize, zones, masks });
}

/** @throws {RangeError} When a setting is out of range. */
function checked(options: MotionDetectorOptions): MotionDetectorOptions {
  const { sensitivity = 0.5, minimumSize = 0, maximumSize = 1, contrast = 1, absorb = 20_000 } = options;
  for (const value of [sensitivity, minimumSize, maximumSize]) ratio(value);
  if (!(contrast >= 0.25 && contrast <= 4)) throw new RangeError(`contrast is from 0.25 to 4, got ${contrast}`);
  if (!(absorb >= 2000 && absorb <= 60_000)) throw new RangeError(`absorb is from 2 s to 60 s, got ${absorb} ms`);
  return options;
}

/** Cells -> fractions of the picture; pixels right and below of the last whole cell belong to no cell. */
function boxOf({ left, top, right, bottom }: Blob, { width, height }: GrayFrame): Box {
  const [across, down] = [cellSize / width, cellSize / height];
  return [left * across, top * down, (right - left) * across, (bottom - top) * down];
}
