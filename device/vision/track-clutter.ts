/**
 * How much comes to nothing: leaves, residue, rain, snow, insects. The largest of it raises what is believed at first
 * sight. When very much comes and goes within a few frames it rains or snows; then the sizes of nearly all drops count,
 * as the largest may have been a thing that was lost.
 */

import type { Recall } from './learnt-pixels.ts';

/** A track that has ended. */
export interface Ended {
  readonly looks: number;
  readonly believed: boolean;
  readonly largest: number;
  /** As of a track: it was no drop, no flake and no insect. */
  readonly dark: boolean;
}

const clutterMs = 15_000;
/** Times its size that a blob must measure to be believed at once. */
const [clutterMargin, weatherMargin] = [2.5, 1.75];
/** A thing of so few frames was a flash: a drop, a flake, an insect. Their number is counted over so long. */
const [flashLooks, flashesMs] = [3, 15_000];
/** Flashes a second from which on it rains or snows, and below which it has stopped. */
const [weatherBegins, weatherEnds] = [0.6, 0.2];
/** Hits asked for besides, of what is no larger than flashes are, for each flash a second; at most so many. */
const [hitsPerFlash, hitsMost] = [2, 6];
/** How much of its size one flash tells of all. */
const flashGain = 0.05;

export class Clutter {
  #largest = 0;
  #flashes = 0;
  #flashSize = 0;
  #flashSpread = 0;
  #isWeather = false;

  /** Whether it rains or snows: then neighbours are hardly ever the same drop, in place or in time. */
  get isWeather(): boolean { return this.#isWeather; }

  /** Pixels: what is larger cannot be what comes to nothing. */
  get clear(): number { return (this.#isWeather ? weatherMargin : clutterMargin) * this.#size; }

  /** Hits asked for besides because so much comes to nothing. */
  hitsMore({ pixels }: { readonly pixels: number }): number {
    const small = pixels < this.#size;
    if (!this.#isWeather) return small ? 1 : 0;
    const most = Math.min(Math.max(1, Math.floor(hitsPerFlash * this.#flashRate)), hitsMost);
    return small ? most : pixels < this.clear ? most / 2 : 0;
  }

  /** Time goes by, and with it the memory. */
  pass(stepMs: number): void {
    this.#largest *= Math.exp(-stepMs / clutterMs);
    this.#flashes *= Math.exp(-stepMs / flashesMs);
    this.#isWeather = this.#flashRate > (this.#isWeather ? weatherEnds : weatherBegins);
  }

  note({ looks, believed, largest, dark }: Ended): void {
    if (looks <= flashLooks && !dark) {
      this.#flashes += 1;
      this.#flashSize += flashGain * (largest - this.#flashSize);
      this.#flashSpread += flashGain * (Math.abs(largest - this.#flashSize) - this.#flashSpread);
    }
    if (!believed) this.#largest = Math.max(this.#largest, largest);
  }

  /** Keeps how much comes to nothing now, for later. */
  remember(): Recall {
    const [largest, flashes, size, spread] = [this.#largest, this.#flashes, this.#flashSize, this.#flashSpread];
    const isWeather = this.#isWeather;
    return () => {
      [this.#largest, this.#flashes, this.#flashSize, this.#flashSpread] = [largest, flashes, size, spread];
      this.#isWeather = isWeather;
    };
  }

  get #size(): number { return this.#isWeather ? this.#flashSize + 3 * this.#flashSpread : this.#largest; }

  /** Flashes a second. */
  get #flashRate(): number { return (1000 * this.#flashes) / flashesMs; }
}
