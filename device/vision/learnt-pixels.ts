/** What was learnt of each pixel, kept for when the scene is hidden for a while. */
import type { PixelBench } from './pixel-bench.ts';
import { layOut } from './pixel-buffers.ts';

/** Goes back to what was known when it was remembered. */
export type Recall = () => void;

/** What a model of this size, in this memory, has learnt of each pixel: mean, deviation, penalty, rest. Views. */
export function learntIn(memory: ArrayBuffer, width: number, height: number): readonly Uint16Array[] {
  const { mean, deviation, blink, still } = layOut(width, height).at;
  return [mean, deviation, blink, still].map((at) => new Uint16Array(memory, at, width * height));
}

export class LearntPixels {
  readonly #bench: PixelBench;
  #newer: readonly Uint16Array[];
  #older: readonly Uint16Array[];

  constructor(bench: PixelBench) {
    this.#bench = bench;
    this.#newer = this.#learnt.map((values) => new Uint16Array(values.length));
    this.#older = this.#learnt.map((values) => new Uint16Array(values.length));
  }

  /** @returns Good until two more were remembered. */
  remember(): Recall {
    const kept = this.#older;
    [this.#newer, this.#older] = [kept, this.#newer];
    this.#learnt.forEach((values, at) => kept[at]?.set(values));
    return () => this.#learnt.forEach((values, at) => values.set(kept[at] ?? values));
  }

  get #learnt(): readonly Uint16Array[] {
    const { width, height, passes } = this.#bench;
    return learntIn(passes.memory.buffer, width, height);
  }
}
