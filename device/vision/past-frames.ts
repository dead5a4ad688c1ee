/** Two frames from before the one looked at, as the unmoved camera would have seen them in its light. */
import type { Size } from '../core/geometry.ts';
import { fillRowGains } from './exposure.ts';
import { PixelViews, type PixelBuffers } from './pixel-buffers.ts';
import type { PixelPasses, Pointer } from './pixel-passes.ts';

interface Past { readonly image: Pointer; readonly bands: Float64Array; readonly at: number }

/** Frames so far apart tell what passes from what stays; from those further apart who walks has gone on. */
const [apartMs, togetherMs] = [180, 1000];

export class PastFrames {
  readonly #passes: PixelPasses;
  readonly #at: PixelBuffers;
  readonly #size: Size;
  readonly #views: PixelViews;
  /** Newest first. */
  #kept: readonly Past[] = [];
  #now = 0;
  #bands: Float64Array = new Float64Array();
  #isLit: boolean | undefined;

  constructor(passes: PixelPasses, at: PixelBuffers, { width, height }: Size) {
    this.#passes = passes;
    this.#at = at;
    this.#size = { width, height };
    this.#views = new PixelViews(passes);
  }

  /** The next frame is looked at; `bands` are its gains against the background. */
  look(atMs: number, bands: Float64Array): void {
    this.#now = atMs;
    this.#bands = bands;
    this.#isLit = undefined;
  }

  /** Whether there are two, not too old; then they lie in `newer` and `older`. */
  show(): boolean {
    this.#isLit ??= this.#relight();
    return this.#isLit;
  }

  /** Keeps the frame looked at, `image` as it is now, if the one kept last is old enough. */
  keep(): void {
    const [last] = this.#kept;
    if (last !== undefined && this.#now - last.at < apartMs) return;
    const { width, height } = this.#size;
    const { image, raw0, raw1, raw2 } = this.#at;
    const kept = this.#kept.slice(0, 2);
    const free = [raw0, raw1, raw2].find((at) => kept.every((past) => past.image !== at)) ?? raw0;
    this.#views.u8(free, width * height).set(this.#views.u8(image, width * height));
    this.#kept = [{ image: free, bands: this.#bands, at: this.#now }, ...kept];
  }

  #relight(): boolean {
    const [before, earlier] = this.#kept.filter(({ at }) => this.#now - at >= apartMs);
    if (before === undefined || earlier === undefined || this.#now - earlier.at > togetherMs) return false;
    const { width: w, height: h } = this.#size;
    const { gains, newer, older } = this.#at;
    for (const [{ image, bands }, out] of [[before, newer], [earlier, older]] as const) {
      fillRowGains(this.#bands.map((gain, band) => gain / (bands[band] ?? gain)), this.#views.u16(gains, h));
      this.#passes.scaleRows(image, gains, out, w, h);
    }
    return true;
  }
}
