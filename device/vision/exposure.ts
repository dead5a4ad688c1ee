/**
 * Light that changes for the whole picture is no motion: clouds, automatic exposure, lamps that flicker on the mains.
 * The background is compared with the frame over areas, and what most areas agree on is taken as a gain: one for the
 * picture, and one for each band of four rows (a rolling shutter turns flicker into bands). Gains are
 * picture / background. Areas, ratios and gains are worked out where the pixels are: `exposure-kernel.c`.
 */
import type { Recall } from './learnt-pixels.ts';
import type { PixelBench } from './pixel-bench.ts';
import { bandsOf } from './pixel-buffers.ts';
import type { Pointer } from './pixel-passes.ts';

/** A grey of the background, as its means are kept. */
const meanUnit = 128;

export class Exposure {
  readonly #bench: PixelBench;
  readonly #bands: number;
  /** The picture's. */
  #gain = 1;

  constructor(bench: PixelBench) {
    this.#bench = bench;
    this.#bands = bandsOf(bench.height);
  }

  /** Finds the picture's gain; leaves the background as it looks with it in `picture`. */
  measure(): void {
    const { passes, at, width: w, height: h } = this.#bench;
    passes.areaMeans(at.mean, at.areaRow, at.background, w, h, meanUnit);
    this.compare(at.frame);
    this.#gain = passes.pictureGain(at.ratios, at.medians, at.areaScratch, at.bands, this.#bands, this.#gain);
    this.#predict();
  }

  /** Compares the areas of `image` with those of the background. */
  compare(image: Pointer): void {
    const { passes, at, width: w, height: h } = this.#bench;
    passes.areaRatios(image, at.background, at.areaRow, at.areaScratch, at.ratios, at.medians, w, h);
  }

  /**
   * Finds a gain for each band in the areas last compared: `bands`; leaves the background as it looks with them in
   * `expected` and `picture`.
   * @param noise - Of the sensor, in grey.
   */
  settle(noise: number): void {
    const { passes, at } = this.#bench;
    passes.bandGains(
      at.ratios, at.medians, at.background, at.areaScratch, at.bands, this.#bands, this.#gain, noise);
    this.#predict();
  }

  /** The next frame shows a scene of which nothing is known. */
  forget(): void { this.#gain = 1; }

  /** Keeps the picture's gain, for later. */
  remember(): Recall {
    const gain = this.#gain;
    return () => { this.#gain = gain; };
  }

  #predict(): void {
    const { passes, at, width: w, height: h } = this.#bench;
    passes.rowGains(at.bands, 0, at.gains, h);
    passes.predict(at.mean, at.gains, at.expected, at.picture, w, h);
  }
}
