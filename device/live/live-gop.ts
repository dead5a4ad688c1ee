import type { Fragment } from '../contract/mp4-fragment.ts';
import type { InitSegment } from '../contract/mp4-init.ts';
import { mebibytes } from '../core/units.ts';

/** A camera with rare keyframes may send more than this between two: then newcomers wait for the next one. */
const MAX_GOP_BYTES = mebibytes(7);

/** What somebody who joins a live stream needs first: the init segment, and all since the last keyframe. Bounded. */
export class LiveGop {
  #init: InitSegment | undefined;
  #fragments: readonly Fragment[] = [];
  #bytes = 0;
  #whole = false;

  /** Undefined while no stream runs. */
  get init(): InitSegment | undefined { return this.#init; }

  /**
   * From the last keyframe to now, to be played on from; empty while there is none, or when it grew too large to keep.
   */
  get fragments(): readonly Fragment[] { return this.#whole ? this.#fragments : []; }

  /** As `fragments`, but when those grew too large, the first of them: enough for a picture. */
  get pictures(): readonly Fragment[] { return this.#fragments; }

  /** A stream begins. */
  begin(init: InitSegment): void {
    this.end();
    this.#init = init;
  }

  add(fragment: Fragment): void {
    if (fragment.key) {
      this.#fragments = [fragment];
      this.#bytes = fragment.data.byteLength;
      this.#whole = true;
      return;
    }
    if (!this.#whole) return;
    this.#bytes += fragment.data.byteLength;
    this.#whole = this.#bytes <= MAX_GOP_BYTES;
    if (this.#whole) this.#fragments = [...this.#fragments, fragment];
  }

  /** The stream is gone. */
  end(): void {
    this.#init = undefined;
    this.#fragments = [];
    this.#whole = false;
  }
}
