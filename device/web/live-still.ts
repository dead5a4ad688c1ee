import { concat } from '../contract/mp4-boxes.ts';
import { millis, seconds, type Millis } from '../core/units.ts';
import { HttpError } from '../http/http-error.ts';
import { stillOf } from '../media/still.ts';
import type { Clock } from '../runtime/clock.ts';
import type { LiveHub } from './live-hub.ts';

/** However many ask, a still is taken once in this time. */
const KEEP: Millis = seconds(1);
/** Decoding starts at a keyframe: pictures further from it than this are not worth what they cost a small board. */
const REACH: Millis = seconds(2);

/** Still pictures of what is live, for browsers that cannot play it. */
export class LiveStill {
  readonly #hub: LiveHub;
  readonly #clock: Clock;
  readonly #mask: () => string | undefined;
  #last: { readonly at: Millis; readonly jpeg: Uint8Array } | undefined;
  #taking: Promise<Uint8Array> | undefined;

  /** @param mask - From `maskPicture`: what must not be seen now. */
  constructor({
    hub, clock, mask,
  }: { readonly hub: LiveHub; readonly clock: Clock; readonly mask: () => string | undefined }) {
    this.#hub = hub;
    this.#clock = clock;
    this.#mask = mask;
  }

  /** A JPEG of what is seen now. @throws {HttpError} 503 `camera.no-picture` while nothing is. */
  async jpeg(): Promise<Uint8Array> {
    if (this.#last !== undefined && this.#clock.monotonic() - this.#last.at < KEEP) return this.#last.jpeg;
    this.#taking ??= this.#takeAndKeep();
    return this.#taking;
  }

  async #takeAndKeep(): Promise<Uint8Array> {
    try {
      const jpeg = await this.#take();
      this.#last = { at: this.#clock.monotonic(), jpeg };
      return jpeg;
    } finally {
      this.#taking = undefined;
    }
  }

  async #take(): Promise<Uint8Array> {
    const live = this.#hub.latest;
    const [first] = live?.fragments ?? [];
    if (live === undefined || first === undefined)
      throw new HttpError(503, 'camera.no-picture', 'the camera shows nothing right now', { retryAfter: 5 });
    const near = live.fragments.filter(({ start }) => start - first.start < REACH);
    const offset = millis((near.at(-1)?.start ?? first.start) - first.start);
    return stillOf(concat([live.init.data, ...near.map(({ data }) => data)]), offset, { mask: this.#mask() });
  }
}
