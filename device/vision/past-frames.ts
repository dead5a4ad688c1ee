/** Two frames from before the one looked at, as the unmoved camera would have seen them in its light. */
import type { PixelBench } from './pixel-bench.ts';
import type { LitImage } from './pixel-buffers.ts';

interface Past { readonly lit: LitImage; readonly at: number }

/** Frames so far apart tell what passes from what stays; from those further apart who walks has gone on. */
const [apartMs, togetherMs] = [150, 1000];

export class PastFrames {
  readonly #bench: PixelBench;
  /** Newest first. */
  #kept: readonly Past[] = [];
  #now = 0;
  #isLit: boolean | undefined;

  constructor(bench: PixelBench) { this.#bench = bench; }

  /** The next frame is looked at. */
  look(atMs: number): void {
    this.#now = atMs;
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
    const { raw0, raw1, raw2 } = this.#bench.at;
    const kept = this.#kept.slice(0, 2);
    const free = [raw0, raw1, raw2].find((lit) => kept.every((past) => past.lit !== lit)) ?? raw0;
    this.#bench.keep(free);
    this.#kept = [{ lit: free, at: this.#now }, ...kept];
  }

  #relight(): boolean {
    const [before, earlier] = this.#kept.filter(({ at }) => this.#now - at >= apartMs);
    if (before === undefined || earlier === undefined || this.#now - earlier.at > togetherMs) return false;
    this.#bench.relight(before.lit, this.#bench.at.newer);
    this.#bench.relight(earlier.lit, this.#bench.at.older);
    return true;
  }
}
