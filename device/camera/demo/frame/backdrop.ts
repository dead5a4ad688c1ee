/** The still yard lit four times, and any light in between. Pure. */
import type { Size } from '../../../core/geometry.ts';
import type { Canvas } from '../brush/canvas.ts';
import type { LightName, SkyState } from '../story/day.ts';
import { illuminate } from './illuminate.ts';
import { copyPlanes, emptyPlanes, type Planes } from './planes.ts';
import { mixWords, wordsOf } from './words.ts';

/** Picture rows that are lit ahead with every frame: all lights are ready within the first seconds of a day. */
const rowsAhead = 12;
const inOrder: readonly LightName[] = ['day', 'dusk', 'night', 'dawn'];

const FARTHEST = 2 ** 16 - 1;

interface Layer { readonly planes: Planes; rowsDone: number }

/**
 * Brightness in the planes is from 0 (black) to 219 (white), colours are around 128. Lighting the whole yard takes some
 * tenths of a second, so a light is made ready little by little before its time comes; the result is the same.
 */
export class Backdrop {
  readonly size: Size;
  /** Share of the sky in each pixel, 0 to 256, of the rows in which any is seen. */
  readonly sky: Uint16Array;
  /** Distance of an upright surface in centimetres; 0 for ground and sky: nothing hides behind those. */
  readonly depth: Uint16Array;
  /** Until all lights are ready: it is larger than all else together. */
  #canvas: Canvas | undefined;
  readonly #layers: Readonly<Record<LightName, Layer>>;

  constructor(canvas: Canvas) {
    const layer = (): Layer => ({ planes: emptyPlanes(canvas.size), rowsDone: 0 });
    this.size = canvas.size;
    const { width } = canvas.size;
    const rowsOfSky = Math.ceil((1 + canvas.sky.findLastIndex((share) => Math.round(256 * share) > 0)) / width);
    this.sky = Uint16Array.from(canvas.sky.subarray(0, rowsOfSky * width), (share) => Math.round(256 * share));
    this.depth = Uint16Array.from(canvas.depth, (metres) => Math.min(Math.round(100 * metres), FARTHEST));
    this.#canvas = canvas;
    this.#layers = { day: layer(), dusk: layer(), night: layer(), dawn: layer() };
  }

  /** Draws the yard in this light over all of `out`. */
  draw(out: Planes, { from, to, mix }: SkyState): void {
    if (mix === 0 || from === to) copyPlanes(this.#ready(from), out);
    else mixPlanes(this.#ready(from), this.#ready(to), mix, out);
    this.#workAhead();
  }

  #ready(name: LightName): Planes {
    this.#light(name, this.size.height);
    return this.#layers[name].planes;
  }

  #workAhead(): void {
    const next = inOrder.find((name) => this.#layers[name].rowsDone < this.size.height);
    if (next === undefined) this.#canvas = undefined;
    else this.#light(next, this.#layers[next].rowsDone + rowsAhead);
  }

  #light(name: LightName, upTo: number): void {
    const layer = this.#layers[name];
    const end = Math.min(upTo, this.size.height);
    for (; this.#canvas !== undefined && layer.rowsDone < end; layer.rowsDone += 2)
      illuminate(this.#canvas, name, layer.rowsDone, layer.planes);
  }
}

/** Writes `from` and `to`, weighted by `share` of `to`, into `out`. */
export function mixPlanes(from: Planes, to: Planes, share: number, out: Planes): void {
  for (const plane of ['y', 'u', 'v'] as const) {
    mixWords(wordsOf(from[plane]), wordsOf(to[plane]), share, wordsOf(out[plane]));
  }
}
