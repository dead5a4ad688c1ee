/**
 * A picture that stands still down to its noise. A live sensor is never still: where nothing moves its noise does, and
 * where the encoder hides that from frame to frame, it shows at the next keyframe. So it is learnt how much this source
 * changes within ten seconds in its quieter half, and how long it ever stood still by nature. A clean source (drawn, or
 * denoised to nothing) has no noise to miss, and is never called frozen.
 */
import type { GrayFrame } from '../../core/frame.ts';
import type { Size } from '../../core/geometry.ts';
import { blockCount, type TamperKernel } from './tamper-kernel.ts';

export interface StillnessLimits {
  /** How long a picture must stand still. */
  readonly holdMs: number;
  /** Share of the source's usual change that still counts as none. */
  readonly slack: number;
}

const sampleEveryMs = 1000;
/** Longer than the time between two keyframes of nearly all cameras. */
const windowMs = 10_000;
const windowsToKnow = 2;
/** Change within a window, in grey, below which a source has no noise that could be missed. */
const leastLife = 0.02;
/** Change of the median block's brightness from sample to sample, in grey: another light has another noise. */
const upheaval = 15;
/** A block that is darker or brighter than this has its noise cut off; so has what is masked. */
const [black, white] = [4, 250];
/** Blocks, of 48, that must show their noise. */
const leastShown = 12;
/** A source may stand still this many times longer than it ever did. */
const patience = 2.5;

/** `greys`: of each block. */
interface Sample extends Size { readonly at: number; readonly pixels: Uint8Array; readonly greys: Float64Array }

export class Stillness {
  readonly #kernel: TamperKernel;
  readonly #limits: StillnessLimits;
  #last: Sample | undefined;
  #anchor: Sample | undefined;
  #window: { start: Sample; life: number } | undefined;
  /** Change within a window, leaning to the quietest ones. */
  #usual = 0;
  #windows = 0;
  #longestRunMs = 0;
  #frozen = false;

  constructor(kernel: TamperKernel, limits: StillnessLimits) {
    this.#kernel = kernel;
    this.#limits = limits;
  }

  /** @returns Whether the picture stands still now, and should not. */
  observe({ at, width, height, pixels }: GrayFrame): boolean {
    const [last, anchor] = [this.#last, this.#anchor];
    if (last !== undefined && at - last.at < sampleEveryMs) return this.#frozen;
    const sample = { at, width, height, pixels: pixels.slice(), greys: this.#kernel.greys(pixels, { width, height }) };
    this.#last = sample;
    if (last === undefined || anchor === undefined || !isComparable(last, sample)) return this.#restart(sample);
    const known = this.#windows >= windowsToKnow && this.#usual > leastLife;
    const slack = known ? this.#limits.slack * this.#usual : 0;
    if (this.#lifeBetween(anchor, sample) > slack) this.#liveAgain(last.at - anchor.at, sample);
    const stillMs = at - (this.#anchor ?? sample).at;
    if (known && stillMs >= Math.max(this.#limits.holdMs, patience * this.#longestRunMs)) this.#frozen = true;
    if (!this.#frozen) this.#learn(sample);
    return this.#frozen;
  }

  #liveAgain(stoodStillMs: number, sample: Sample): void {
    if (!this.#frozen) this.#longestRunMs = Math.max(this.#longestRunMs, stoodStillMs);
    else this.#window = undefined;
    this.#frozen = false;
    this.#anchor = sample;
  }

  /** Another light: what was learnt of the noise does not hold. */
  #restart(sample: Sample): false {
    this.#anchor = sample;
    this.#window = undefined;
    this.#windows = 0;
    this.#frozen = false;
    return false;
  }

  #learn(sample: Sample): void {
    this.#window ??= { start: sample, life: 0 };
    const { start } = this.#window;
    this.#window.life = Math.max(this.#window.life, this.#lifeBetween(start, sample));
    if (sample.at - start.at < windowMs) return;
    const { life } = this.#window;
    const share = this.#windows === 0 ? 1 : life < this.#usual ? 0.5 : 0.05;
    this.#usual += share * (life - this.#usual);
    this.#windows += 1;
    this.#window = { start: sample, life: 0 };
  }

  /**
   * How much neighbouring pixels changed against each other, mean of the quieter half of the blocks that show their
   * noise, in grey: noise, but neither a change of light nor what moves somewhere.
   */
  #lifeBetween(before: Sample, now: Sample): number {
    return this.#kernel.life(before.pixels, now.pixels, now, black, white);
  }
}

/** False when the light changed, or when most of the picture hides its noise. */
function isComparable({ greys: was }: Sample, { greys: is }: Sample): boolean {
  const changes = is.map((grey, block) => Math.abs(grey - (was[block] ?? 0))).sort();
  return is.filter(showsNoise).length >= leastShown && (changes[blockCount / 2] ?? 0) <= upheaval;
}

const showsNoise = (grey: number): boolean => grey >= black && grey <= white;
