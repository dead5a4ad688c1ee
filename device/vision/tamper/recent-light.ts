/**
 * How bright the picture was until half a minute ago. Somebody covers or blinds a camera within seconds: what whitens
 * or darkens as the sun does is neither.
 */
import { hundredths } from './log-pyramid.ts';
import type { Plane, TamperKernel } from './tamper-kernel.ts';

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
  #recent: Float32Array | undefined;

  constructor(kernel: TamperKernel) { this.#kernel = kernel; }

  compare({ values }: Plane): LightChange {
    const recent = this.#recent ?? values;
    let [glaring, dim, wasDim] = [0, 0, 0];
    for (let pixel = 0; pixel < values.length; pixel += 1) {
      const [now, before] = [values[pixel] ?? 0, recent[pixel] ?? 0];
      if (now >= white && before < nearlyWhite) glaring += 1;
      if (now < black) dim += 1;
      if (before < black) wasDim += 1;
    }
    const half = values.length / 2;
    return { glare: glaring / values.length, dark: dim > half, wasDark: wasDim > half };
  }

  learn({ values }: Plane, elapsedMs: number): void {
    this.#recent ??= values.slice();
    this.#kernel.approach(this.#recent, values, 1 - Math.exp(-elapsedMs / fadeMs));
  }
}
