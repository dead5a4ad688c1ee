/**
 * Tells from the packets alone that a camera shows one and the same picture: nothing comes between keyframes,
 * and keyframes come back to the byte. What a sensor sees has noise, which never repeats in a keyframe of some
 * size. Black pictures are left out, they may be the night's, and encoders that try another quality each time
 * cannot be told: vision looks closer. Pure.
 */
import { createHash } from 'node:crypto';
import type { Fragment } from '../contract/mp4-fragment.ts';
import type { InitSegment } from '../contract/mp4-init.ts';
import { samplesOf } from '../contract/mp4-samples.ts';
import { millis, type Millis } from '../core/units.ts';
import { nalUnitsOf, showsPicture } from './nal-walk.ts';

/** A keyframe with fewer bytes for each pixel shows next to nothing. */
const LEAST_DETAIL = 1 / 64;
/** A picture between keyframes that takes more of a keyframe's size than this shows a change. */
const MOST_CHANGE = 1 / 100;
/** Keyframes of one picture are about as large. */
const MOST_DIFFERENCE = 1 / 50;
/** So many keyframes are compared: encoders number them in turn, and try this and that. */
const COMPARED = 8;
const LEAST_REPEATS = 2;
/** What stands before a picture's own data may count up from keyframe to keyframe. */
const HEAD_BYTES = 32;

interface Stillness { readonly since: Millis; readonly bytes: number; repeats: number }

export class StillStream {
  readonly #leastBytes: number;
  readonly #isPicture: (nal: Uint8Array) => boolean;
  #keys: readonly string[] = [];
  #still: Stillness | undefined;

  constructor({ size: { width, height }, codec }: Pick<InitSegment, 'size' | 'codec'>) {
    this.#leastBytes = width * height * LEAST_DETAIL;
    this.#isPicture = showsPicture(codec);
  }

  /** What tells the latest keyframes from others, the newest first. */
  get keys(): readonly string[] { return this.#keys; }

  /** For how long the same picture has been shown, as far as `fragment` of time `now`; 0 when it has not. */
  add(fragment: Fragment, now: Millis): Millis {
    const samples = samplesOf(fragment.data, fragment.tracks.video);
    const [first] = samples;
    if (fragment.key && first !== undefined) this.#keyframe(first.data, now);
    const others = fragment.key ? samples.slice(1) : samples;
    const most = (this.#still?.bytes ?? 0) * MOST_CHANGE;
    if (others.some(({ data }) => data.byteLength > most)) this.#still = undefined;
    return this.#still === undefined || this.#still.repeats < LEAST_REPEATS ? millis(0)
      : millis(now - this.#still.since);
  }

  #keyframe(picture: Uint8Array, now: Millis): void {
    const key = signature(picture, this.#isPicture);
    const bytes = picture.byteLength;
    const still = this.#still;
    if (still === undefined
      || bytes < this.#leastBytes
      || Math.abs(bytes - still.bytes) > still.bytes * MOST_DIFFERENCE) {
      this.#keys = [];
      this.#still = { since: now, bytes, repeats: 0 };
    } else if (this.#keys.includes(key)) still.repeats++;
    this.#keys = [key, ...this.#keys.slice(0, COMPARED - 1)];
  }
}

/** Of the encoded picture alone: messages beside it may hold a clock. */
function signature(picture: Uint8Array, isPicture: (nal: Uint8Array) => boolean): string {
  const hash = createHash('sha256');
  for (const nal of nalUnitsOf(picture)) if (isPicture(nal)) hash.update(nal.subarray(HEAD_BYTES));
  return hash.digest('base64');
}
