/** The still yard lit four times, and any light in between. Pure. */
import type { Size } from '../../../core/geometry.ts';
import type { Canvas } from '../brush/canvas.ts';
import type { LightName, SkyState } from '../story/day.ts';
import { LightLayer, type Packing } from './light-layer.ts';
import { copyPlanes, type Planes } from './planes.ts';
import { mixWords, wordsOf } from './words.ts';

/** Picture rows that are lit ahead with every frame: all lights are ready within the first seconds of a day. */
const rowsAhead = 24;

const FARTHEST = 2 ** 16 - 1;

/**
 * Brightness in the planes is from 0 (black) to 219 (white), colours are around 128. Lighting the whole yard takes some
 * tenths of a second, so a light is made ready little by little before its time comes; the result is the same. Of the
 * four one or two shine at a time.
 */
export class Backdrop {
  readonly size: Size;
  /** Share of the sky in each pixel, 0 to 256, of the rows in which any is seen. */
  readonly sky: Uint16Array;
  /** Distance of an upright surface in centimetres; 0 for ground and sky: nothing hides behind those. */
  readonly depth: Uint16Array;
  /** Until all lights are ready: it is larger than all else together. */
  #canvas: Canvas | undefined;
  /** In the order in which they are needed. */
  readonly #layers: Readonly<Record<LightName, LightLayer>>;

  /**
   * @param canvas - The backdrop's from now on.
   * @param packing - How what does not shine is kept; as it is when absent.
   */
  constructor(canvas: Canvas, packing?: Packing) {
    const layer = (name: LightName): LightLayer => new LightLayer(name, canvas.size, packing);
    this.size = canvas.size;
    const { width } = canvas.size;
    const rowsOfSky = Math.ceil((1 + canvas.sky.findLastIndex((share) => Math.round(256 * share) > 0)) / width);
    this.sky = Uint16Array.from(canvas.sky.subarray(0, rowsOfSky * width), (share) => Math.round(256 * share));
    this.depth = Uint16Array.from(canvas.depth, (metres) => Math.min(Math.round(100 * metres), FARTHEST));
    this.#canvas = canvas;
    this.#layers = { day: layer('day'), dusk: layer('dusk'), night: layer('night'), dawn: layer('dawn') };
  }

  /** Draws the yard in this light over all of `out`. */
  draw(out: Planes, { from, to, mix }: SkyState): void {
    if (mix === 0 || from === to) copyPlanes(this.#ready(from), out);
    else mixPlanes(this.#ready(from), this.#ready(to), mix, out);
    this.#workAhead();
    for (const [name, layer] of Object.entries(this.#layers)) if (name !== from && name !== to) layer.rest();
  }

  #ready(name: LightName): Planes {
    const layer = this.#layers[name];
    if (this.#canvas !== undefined && !layer.isReady) layer.light(this.#canvas, this.size.height);
    return layer.planes;
  }

  #workAhead(): void {
    if (this.#canvas === undefined) return;
    const next = Object.values(this.#layers).find((layer) => !layer.isReady);
    if (next !== undefined) return next.light(this.#canvas, rowsAhead);
    this.#canvas[Symbol.dispose]();
    this.#canvas = undefined;
  }
}

/** Writes `from` and `to`, weighted by `share` of `to`, into `out`. */
export function mixPlanes(from: Planes, to: Planes, share: number, out: Planes): void {
  for (const plane of ['y', 'u', 'v'] as const) {
    mixWords(wordsOf(from[plane]), wordsOf(to[plane]), share, wordsOf(out[plane]));
  }
}
