/**
 * How bright the picture was until half a minute ago. Somebody covers or blinds a camera within seconds: what whitens
 * or darkens as the sun does is neither.
 */
import { hundredths } from './log-pyramid.ts';
import type { Pointer, Pyramid, TamperKernel } from './tamper-kernel.ts';

export interface LightChange {
  /** Share of the picture that is white now and was not. */
  readonly glare: number;
  /** Most of the picture is black: so looks a lens cap, and a room without light. */
  readonly dark: boolean;
  /** It was so before: nothing can be told. */
  readonly wasDark: boolean;
}

/** White is this grey and more; what was nearly so before does not count. */
const [white, nearlyWhite] = [hundredths(240), hundredths(220)];
/** Darker than this hides a scene. */
const black = hundredths(16);
/** Half a minute ago is remembered with a quarter of the weight. */
const fadeMs = 20_000;

export class RecentLight {
  readonly #kernel: TamperKernel;
  #recent: Pointer | undefined;

  constructor(kernel: TamperKernel) { this.#kernel = kernel; }

  compare(now: Pyramid): LightChange {
    const [glare = 0, dim = 0, wasDim = 0] = this.#kernel.light(now, this.#recent, white, nearlyWhite, black);
    return { glare, dark: dim > 0.5, wasDark: wasDim > 0.5 };
  }

  learn(now: Pyramid, elapsedMs: number): void {
    this.#recent ??= this.#kernel.keepQuarter(now);
    this.#kernel.approach(this.#recent, now, 1 - Math.exp(-elapsedMs / fadeMs));
  }
}
