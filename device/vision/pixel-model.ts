/**
 * What the scene looks like when nothing happens, and where a frame differs from it. For each pixel: mean, mean
 * deviation of the smoothed difference (so noise, compression and leaves raise their own bar), and a penalty that grows
 * where it blinks. For the picture: exposure, displacement, noise. The decisions on numbers are here, the passes over
 * pixels in `PixelPasses`. Not a detector: what is a thing, and whether it moves, `TrackBook` says.
 */
import { BlobFinder, type Blob } from './blobs.ts';
import { CameraShift } from './camera-shift.ts';
import { Exposure } from './exposure.ts';
import { Lasting } from './lasting.ts';
import { LearntPixels, type Recall } from './learnt-pixels.ts';
import { MovingLight } from './moving-light.ts';
import { PastFrames } from './past-frames.ts';
import { PixelBench } from './pixel-bench.ts';
import { cellNumbers, cellSize, layOut, type LitImage } from './pixel-buffers.ts';
import type { PixelPasses } from './pixel-passes.ts';
import { unmoved, type Displacement } from './registration.ts';
import { Stirring } from './stirring.ts';
import { Weather } from './weather.ts';

export interface PixelModelOptions {
  readonly width: number;
  readonly height: number;
  /** Multiplies the grey difference that counts at each pixel, in 64ths: 64 is normal, less sees fainter things. */
  readonly contrasts?: Uint8Array;
  /** How long something marked must rest to become background. Default 20 s, at most 60 s. */
  readonly absorbMs?: number;
}

/** Greys a pixel may differ: a floor, and a share of its brightness. */
const [floor, slope, energyFloor] = [5, 0.06, 4];
const [noiseShare, energyNoiseShare] = [1.2, 1.3];
const earlierAfterMs = 150;
/** When the camera moves by so many pixels, nothing can be said of what stirs. */
const shaken = 0.1;
/** The share of a thing that must be darker than the background for it to be no light. */
const darkShare = 0.15;
/** A contrast of 1. */
const normalContrast = 64;
/** Longer pauses are learnt from as if they were so long. */
const longestStepMs = 10_000;

interface Earlier { readonly lit: LitImage; readonly at: number }

export class PixelModel {
  /** Pixels by which the last frame was displaced against the background. */
  displacement: Displacement = unmoved;
  /** Age of the frame that movement in the last one was told by; undefined when there was none. */
  earlierAge: number | undefined;
  /** Finds what is marked in the last frame. */
  readonly blobs: BlobFinder;
  readonly #options: PixelModelOptions;
  readonly #bench: PixelBench;
  /** The cells' numbers, and as they are shown. */
  readonly #counts: Int32Array;
  readonly #shown: Int32Array;
  #frames = 0;
  #now = 0;
  /** Whether the frame before shows the same. */
  #goesOn = false;
  #stepMs = 200;
  #noise = 2;
  #shake = 0;
  #earlier: Earlier | undefined;
  #candidate: Earlier | undefined;
  readonly #learnt: LearntPixels;
  readonly #exposure: Exposure;
  readonly #stirring: Stirring;
  readonly #pasts: PastFrames;
  readonly #weather: Weather;
  readonly #lasting: Lasting;
  readonly #shift: CameraShift;
  readonly #movingLight: MovingLight;

  constructor(passes: PixelPasses, options: PixelModelOptions) {
    this.#options = options;
    this.#bench = new PixelBench(passes, options);
    this.blobs = new BlobFinder(this.#bench);
    const { at, views, columns, rows } = this.#bench;
    this.#counts = views.i32(at.counts, columns * rows * cellNumbers);
    this.#shown = views.i32(at.shown, columns * rows * cellNumbers);
    this.#learnt = new LearntPixels(this.#bench);
    this.#exposure = new Exposure(this.#bench);
    this.#stirring = new Stirring(this.#bench);
    this.#pasts = new PastFrames(this.#bench);
    this.#weather = new Weather(this.#bench, this.#pasts);
    this.#lasting = new Lasting(this.#bench, this.#pasts);
    this.#shift = new CameraShift(this.#bench);
    this.#movingLight = new MovingLight(this.#bench);
    this.askFor(options.contrasts ?? new Uint8Array(options.width * options.height).fill(normalContrast));
  }

  /** @param contrasts - The difference asked for at each pixel from the next frame on, as the option of that name. */
  askFor(contrasts: Uint8Array): void { this.#bench.image(this.#bench.at.contrast).set(contrasts); }

  /** Bytes of memory that a model of this size needs above `passesReserve`. */
  static bytes = (width: number, height: number): number => layOut(width, height).bytes;

  /** Whether it rains or snows thick: what is seen for the first time may be drops that met. */
  get isThickWeather(): boolean { return this.#weather.isThick; }

  /** As `MovingLight.moves`. */
  get lightMoves(): boolean { return this.#movingLight.moves; }

  /**
   * @param isWeather - It rains or snows, by the things that come and go.
   * @returns The cells' numbers, row by row, `cellNumbers` each: a view that the next call overwrites. What is changed
   * in it, `blobs` see so; it is learnt as it was.
   */
  look(pixels: Uint8Array, atMs: number, isWeather = false): Int32Array {
    this.#stepMs = this.#goesOn ? Math.round(Math.min(Math.max(atMs - this.#now, 1), longestStepMs)) : 200;
    this.#goesOn = true;
    this.#now = atMs;
    this.#bench.image(this.#bench.at.frame).set(pixels);
    if (this.#frames === 0) this.#start();
    this.#frames += 1;
    this.#stirring.look(atMs);
    this.#promote();
    this.earlierAge = this.#earlier === undefined ? undefined : atMs - this.#earlier.at;
    this.#align();
    this.#exposure.settle(this.#noise);
    this.#pasts.look(atMs);
    this.#lasting.look();
    this.#weather.look({ atMs, noise: this.#noise, isWeather });
    this.#measureNoise();
    this.#compare();
    this.#shown.set(this.#counts);
    return this.#shown;
  }

  /** Keeps what is known of the scene, for later: `recall` is good until two more were remembered. */
  remember(): Recall {
    const [frames, noise, shake] = [this.#frames, this.#noise, this.#shake];
    const parts = [this.#learnt, this.#exposure, this.#movingLight, this.#weather].map((part) => part.remember());
    return () => {
      for (const recall of parts) recall();
      [this.#frames, this.#noise, this.#shake] = [frames, noise, shake];
      this.#lose();
    };
  }

  /** The next frame shows a scene of which nothing is known. */
  begin(): void {
    this.#frames = 0;
    this.#exposure.forget();
    this.#lose();
  }

  /** As `Stirring.stirs`. Undefined where nothing can be said: not in this frame, or not under this light. */
  stirs(cells: ArrayLike<number>): boolean | undefined {
    return this.#shake > shaken ? undefined : this.#stirring.stirs(cells, this.#noise);
  }

  /** As `Lasting.lasts`, in the frame last looked at. */
  lasts(cells: ArrayLike<number>): boolean { return this.#lasting.lasts(cells); }

  /** Whether what lies in `cells` is, in part at least, darker than the background in the frame last looked at. */
  darkens(cells: ArrayLike<number>): boolean {
    return this.#bench.shareBelow(cells, this.#bench.at.mask, this.#bench.at.sums) >= darkShare;
  }

  /** Whether a blob reaches the rim of what the frame last looked at shows of the scene. */
  reachesRim({ left, top, right, bottom }: Blob): boolean {
    const { columns, rows } = this.#bench;
    const { x, y } = this.displacement;
    const unseen = (pixels: number): number => Math.ceil(Math.max(pixels, 0) / cellSize);
    return left <= unseen(-x) || top <= unseen(-y) || right >= columns - unseen(x) || bottom >= rows - unseen(y);
  }

  /** Learns from the frame last looked at. `held`: one byte for each cell, as `heldAs` says. */
  learn(held: Uint8Array): void {
    const { passes, views, at, width: w, height: h } = this.#bench;
    const { heldCells, counts, heldMask, ghostMask, image, expected, sums, mask, moving, before } = at;
    const { lit, mean, deviation, blink, still } = at;
    views.u8(heldCells, held.length).set(held);
    passes.spread(heldCells, counts, heldMask, ghostMask, w, h);
    const starting = this.#frames <= 10;
    const rate = starting ? Math.max(this.#share(4), 1 / (this.#frames + 1)) : this.#share(4);
    const deviationRate = starting ? Math.max(this.#share(8), 1 / (this.#frames + 2)) : this.#share(8);
    const q15 = (share: number): number => Math.round(Math.min(share, 0.5) * 32_768);
    passes.learn(
      image, expected, sums, mask, moving, before, heldMask, ghostMask, lit, mean, deviation, blink, still, w * h,
      this.#stepMs, this.#options.absorbMs ?? 20_000, q15(this.#share(12)),
      q15(rate), q15(this.#share(40)), q15(4 * this.#share(4)), q15(this.#share(8)), q15(deviationRate),
      Math.round(0.192 * this.#stepMs),
    );
    this.#bench.copy(mask, before);
    this.#remember();
  }

  /**
   * Of the last frame, for each pixel: what is marked, what changed within a fifth of a second, what is held. Views.
   */
  get masks(): { readonly marked: Uint8Array; readonly moving: Uint8Array; readonly held: Uint8Array } {
    const { mask, moving, heldMask } = this.#bench.at;
    return {
      marked: this.#bench.image(mask), moving: this.#bench.image(moving), held: this.#bench.image(heldMask),
    };
  }

  /** The frames before show something else than the next one: nothing moves between them. */
  #lose(): void {
    this.#earlier = undefined;
    this.#candidate = undefined;
    this.#pasts.forget();
    this.#stirring.forget();
    this.#bench.image(this.#bench.at.before).fill(0);
    this.#goesOn = false;
  }

  /** The share of the way to go in this step for a time constant in seconds. */
  #share(timeConstant: number): number { return 1 - Math.exp(-this.#stepMs / (1000 * timeConstant)); }

  #start(): void {
    const { passes, at, width, height } = this.#bench;
    passes.start(at.frame, at.mean, at.deviation, at.blink, at.still, width * height);
  }

  /** Finds exposure and displacement; leaves the frame as the unmoved camera would have seen it in `image`. */
  #align(): void {
    const { frame, image } = this.#bench.at;
    this.#exposure.measure();
    this.displacement = this.#frames > 2 ? this.#shift.find(this.lightMoves) : unmoved;
    if (this.displacement === unmoved) this.#bench.copy(frame, image);
    else this.#exposure.compare(image);
    const moved = Math.min(3, Math.hypot(this.displacement.x, this.displacement.y));
    this.#shake += (moved - this.#shake) * Math.min(1, this.#stepMs / 2000);
  }

  /** The earlier frame in this frame's light: `relit`; and how far the two are apart where nothing moves. */
  #measureNoise(): void {
    const { passes, at: { image, relit, histogram }, width: w, height: h } = this.#bench;
    if (this.#earlier === undefined) return this.#bench.copy(image, relit);
    this.#bench.relight(this.#earlier.lit, relit);
    // The median of |a - b| of two normals is 0.954 sigma.
    const sigma = 1.05 * passes.medianChange(image, relit, histogram, w * h) + 0.3;
    const haste = this.#frames < 10 ? 0.15 : 0;
    this.#noise += Math.min(0.2, this.#stepMs / 4000 + haste) * (sigma - this.#noise);
  }

  #compare(): void {
    const { passes, at, width: w, height: h } = this.#bench;
    const { image, picture, relit, deviation, blink, contrast, limit, energy, row, sums, relitSums } = at;
    const { mask, moving, counts, edgesImage, edgesPicture } = at;
    const halves = (grey: number): number => Math.round(2 * grey);
    const edge = Math.round(256 * (0.05 + 0.1 * this.#shake));
    passes.thresholds(
      picture, deviation, blink, contrast, limit, energy, w, h, halves(floor), Math.round(512 * slope),
      halves(noiseShare * this.#noise), halves(energyFloor), halves(energyNoiseShare * this.#noise), edge,
    );
    passes.differ(image, picture, limit, limit, row, sums, mask, w, h);
    passes.differ(image, relit, limit, energy, row, relitSums, moving, w, h);
    if (this.displacement !== unmoved) this.#hideBorder();
    passes.cellCounts(mask, moving, row, counts, w, h);
    this.#movingLight.look({ atMs: this.#now, stepMs: this.#stepMs, noise: this.#noise });
    passes.rims(image, picture, mask, edgesImage, edgesPicture, this.#movingLight.shades, counts, w, h);
  }

  /** Nothing is marked where the moved frame did not see. */
  #hideBorder(): void {
    const { passes, at, width, height } = this.#bench;
    const { x, y } = this.displacement;
    const hidden = (pixels: number): number => Math.max(0, Math.ceil(pixels));
    passes.maskBorder(at.mask, width, height, hidden(-x), hidden(x), hidden(-y), hidden(y));
  }

  /** The frame to compare with is between one and two fifths of a second old, whatever the frame rate. */
  #promote(): void {
    if (this.#candidate === undefined || this.#now - this.#candidate.at < earlierAfterMs) return;
    this.#earlier = this.#candidate;
    this.#candidate = undefined;
  }

  #remember(): void {
    const { past0, past1 } = this.#bench.at;
    this.#stirring.remember();
    if (this.#candidate !== undefined) return;
    const free = this.#earlier?.lit === past0 ? past1 : past0;
    this.#bench.keep(free);
    this.#candidate = { lit: free, at: this.#now };
  }
}
