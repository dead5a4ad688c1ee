/** The latest decoded pictures of a stream: an event's picture is made of one of them, which costs no decoding. */
import type { ColourFrame } from '../core/frame.ts';
import type { Size } from '../core/geometry.ts';
import { seconds, type Millis } from '../core/units.ts';

/** One comes a second; an event's best moment is known within two. */
const MOST = 3;
/** A picture this near to a moment shows it. */
const NEAR = seconds(0.6);
/** The next one is worth waiting for unless the one before it is as near as this. */
const NEAR_ENOUGH = seconds(0.25);
/** When it should have come. */
const NEXT_WITHIN = seconds(1.2);

export class HeldFrames {
  readonly #size: Size;
  readonly #frames: ColourFrame[] = [];

  /** @param size - Of the recorded picture: what is smaller is no picture of it. */
  constructor(size: Size) { this.#size = size; }

  /** Holds a copy of `frame`. */
  hold({ at, width, height, pixels }: ColourFrame): void {
    if (width !== this.#size.width || height !== this.#size.height) return;
    const oldest = this.#frames.length < MOST ? undefined : this.#frames.shift();
    const memory = oldest?.pixels.length === pixels.length ? oldest.pixels : new Uint8Array(pixels.length);
    memory.set(pixels);
    this.#frames.push({ at, width, height, pixels: memory });
  }

  /** All of them, the oldest first; they stay this one's. */
  get all(): readonly ColourFrame[] { return this.#frames; }

  /** Whether one that is nearer to `at` than any is still to come, the video having come to `now`. */
  awaits(at: Millis, now: Millis): boolean {
    const newest = this.#frames.at(-1);
    return newest !== undefined && at - newest.at > NEAR_ENOUGH && now - at < NEXT_WITHIN;
  }

  /** A copy of the one nearest to `at`; undefined when none is near. */
  near(at: Millis): ColourFrame | undefined {
    const off = (frame: ColourFrame): number => Math.abs(frame.at - at);
    const [first] = this.#frames.toSorted((a, b) => off(a) - off(b));
    return first === undefined || off(first) > NEAR ? undefined : { ...first, pixels: first.pixels.slice() };
  }
}
