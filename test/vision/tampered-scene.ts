/** A drawn scene that somebody tampers with, and what is said of it when. Tests only. */
import type { GrayFrame, TamperKind } from '../../device/core/frame.ts';
import { millis } from '../../device/core/units.ts';
import { TamperDetector, type TamperSettings } from '../../device/vision/tamper/tamper-detector.ts';
import { DrawnScene, seeded, type Picture } from './drawn-scene.ts';

export const size = { width: 160, height: 88 };

/** What becomes of a frame; `at` in seconds. */
export type Change = (frame: GrayFrame, at: number) => GrayFrame;
export interface Play {
  readonly seconds: number;
  readonly settings?: TamperSettings;
  /** Seconds between frames. */
  readonly every?: number;
  readonly noise?: number;
  readonly picture?: (at: number) => Picture;
}

/** @returns The changes of the answer, each `"12 covered"`; `"30 -"` when all is well again. */
export function play(change: Change, { seconds, settings = {}, every = 1, noise = 2, picture }: Play): string[] {
  const scene = new DrawnScene(size, { noise: 0 });
  const alone = scene.frame(0);
  const detector = new TamperDetector(settings);
  const said: string[] = [];
  let before: readonly TamperKind[] = [];
  for (let at = 0; at <= seconds; at += every) {
    const frame = picture === undefined ? { ...alone, at: millis(1000 * at) } : scene.frame(1000 * at, picture(at));
    const now = detector.observe(change(noise === 0 ? frame : each(frame, (grey) => grey + grain(noise)), at));
    if (now.join() !== before.join()) said.push(`${at} ${now.join() || '-'}`);
    before = now;
  }
  return said;
}

/** Each pixel by itself. */
export function each(frame: GrayFrame, grey: (grey: number, x: number, y: number) => number): GrayFrame {
  const pixels = new Uint8ClampedArray(frame.pixels.length);
  for (let y = 0, at = 0; y < frame.height; y += 1) {
    for (let x = 0; x < frame.width; x += 1, at += 1) pixels[at] = grey(frame.pixels[at] ?? 0, x, y);
  }
  return { ...frame, pixels: new Uint8Array(pixels.buffer) };
}

const random = seeded(7);
const grains = Float32Array.from({ length: 99_991 }, () => 2 * (random() + random() + random() - 1.5));
let next = 0;
/** A sensor's noise of `sigma` grey. */
export function grain(sigma: number): number {
  next = (next + 1) % grains.length;
  return sigma * (grains[next] ?? 0);
}

/** Out of focus by a box of `2 * radius + 1` pixels, passed twice. */
export function blurred(frame: GrayFrame, radius: number): GrayFrame {
  const { width, height } = frame;
  const pass = (pixels: Uint8Array, step: number, length: number, place: (at: number) => number): Uint8Array =>
    pixels.map((_, at) => {
      let sum = 0;
      for (let offset = -radius; offset <= radius; offset += 1) {
        const there = Math.min(Math.max(place(at) + offset, 0), length - 1);
        sum += pixels[at + (there - place(at)) * step] ?? 0;
      }
      return Math.round(sum / (2 * radius + 1));
    });
  const across = (pixels: Uint8Array): Uint8Array => pass(pixels, 1, width, (at) => at % width);
  const down = (pixels: Uint8Array): Uint8Array => pass(pixels, width, height, (at) => Math.floor(at / width));
  return { ...frame, at: millis(frame.at), pixels: down(across(down(across(frame.pixels)))) };
}
