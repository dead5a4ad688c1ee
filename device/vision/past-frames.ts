/** Two frames from before the one looked at, as the unmoved camera would have seen them in its light. */
import type { LitImage, PixelBench } from './pixel-bench.ts';

interface Past extends LitImage { readonly at: number }

/** Frames so far apart tell what passes from what stays; from those further apart who walks has gone on. */
const [apartMs, togetherMs] = [150, 1000];

export class PastFrames {
  readonly #bench: PixelBench;
  /** Newest first. */
  #kept: readonly Past[] = [];
  #now = 0;
  #bands: Float64Array = new Float64Array();
  #isLit: boolean | undefined;

  constructor(bench: PixelBench) { this.#bench = bench; }

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

  /** The next frame shows something else. */
  forget(): void { this.#kept = []; }

  /** Keeps the frame looked at, `image` as it is now, if the one kept last is old enough. */
  keep(): void {
    const [last] = this.#kept;
    if (last !== undefined && this.#now - last.at < apartMs) return;
    const { image, raw0, raw1, raw2 } = this.#bench.at;
    const kept = this.#kept.slice(0, 2);
    const free = [raw0, raw1, raw2].find((at) => kept.every((past) => past.image !== at)) ?? raw0;
    this.#bench.copy(image, free);
    this.#kept = [{ image: free, bands: this.#bands, at: this.#now }, ...kept];
  }

  #relight(): boolean {
    const [before, earlier] = this.#kept.filter(({ at }) => this.#now - at >= apartMs);
    if (before === undefined || earlier === undefined || this.#now - earlier.at > togetherMs) return false;
    this.#bench.relight(before, this.#bands, this.#bench.at.newer);
    this.#bench.relight(earlier, this.#bands, this.#bench.at.older);
    return true;
  }
}
