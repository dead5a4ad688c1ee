/** Scenes drawn in code, for tests: textured ground, seeded noise, bright rectangles, light. Tests only. */
import type { GrayFrame } from '../../device/core/frame.ts';
import type { Box } from '../../device/core/geometry.ts';
import { millis } from '../../device/core/units.ts';

export interface SceneSize { readonly width: number; readonly height: number }
export interface Picture {
  /** Each `[box in fractions, grey]`. */
  readonly things?: readonly (readonly [Box, number])[];
  /** Multiplies all brightness. Default 1. */
  readonly light?: number;
  /** Pixels by which the camera is displaced. */
  readonly moved?: readonly [number, number];
}

/** A generator of numbers from 0 to 1 that is the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Draws the frames of one scene; `noise` is the sensor's, in grey (about normal). */
export class DrawnScene {
  readonly #size: SceneSize;
  readonly #noise: number;
  readonly #random: () => number;
  constructor(size: SceneSize, { noise = 2, seed = 1 } = {}) {
    this.#size = size;
    this.#noise = noise;
    this.#random = seeded(seed);
  }

  frame(atMs: number, { things = [], light = 1, moved: [dx, dy] = [0, 0] }: Picture = {}): GrayFrame {
    const { width, height } = this.#size;
    const pixels = new Uint8Array(width * height);
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const [u, v] = [(x + dx) / width, (y + dy) / height];
        const thing = things.findLast(([box]) => isInside(box, u, v));
        const grey = (thing?.[1] ?? ground(x + dx, y + dy)) * light;
        const noise = 2 * this.#noise * (this.#random() + this.#random() + this.#random() - 1.5);
        pixels[y * width + x] = Math.min(Math.max(Math.round(grey + noise), 0), 255);
      }
    }
    return { at: millis(atMs), width, height, pixels };
  }
}

const isInside = ([left, top, width, height]: Box, x: number, y: number): boolean =>
  x >= left && x < left + width && y >= top && y < top + height;

/** Paving: slabs of different greys, blurred joints. */
function ground(x: number, y: number): number {
  const [slabX, slabY] = [Math.floor(x / 17), Math.floor(y / 13)];
  const grey = 70 + ((slabX * 37 + slabY * 61) % 7) * 9;
  const [inX, inY] = [x - slabX * 17, y - slabY * 13];
  return inX < 1.5 || inY < 1.5 ? grey - 25 : grey;
}
