/**
 * Between the camera and the disk: takes fragments at once, hands them out at the disk's
 * pace, and never grows past its bound.
 */
import type { Fragment } from '../contract/mp4-fragment.ts';
import { millis, type Bytes, type Millis } from '../core/units.ts';

/** Video that did not reach the disk. */
export interface Loss {
  readonly fragments: number;
  readonly duration: Millis;
  /** Separate stretches. */
  readonly gaps: number;
}

export const noLoss: Loss = { fragments: 0, duration: millis(0), gaps: 0 };

/**
 * A bounded hand-off from one writer to one reader. What does not fit is lost and counted, and with it all that follows
 * up to the next keyframe: the pictures in between could not be decoded.
 */
export class FragmentQueue implements AsyncIterable<Fragment> {
  readonly #capacity: Bytes;
  readonly #waiting: Fragment[] = [];
  #bytes = 0;
  #loss = noLoss;
  #losing = false;
  #closed = false;
  #wake: () => void = () => {};
  constructor(capacity: Bytes) { this.#capacity = capacity; }

  /** @returns False when the fragment was lost. */
  offer(fragment: Fragment): boolean {
    const fits = !this.#closed
      && this.#bytes + fragment.data.byteLength <= this.#capacity
      && (!this.#losing || fragment.key);
    if (!fits) {
      this.#count(fragment);
      return false;
    }
    this.#losing = false;
    this.#waiting.push(fragment);
    this.#bytes += fragment.data.byteLength;
    this.#wake();
    return true;
  }

  get loss(): Loss { return this.#loss; }

  /** Takes nothing more; the reader drains what waits. What is offered later is counted as lost. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  /** Closes, and counts what waits as lost: the disk is gone. */
  abandon(): void {
    this.close();
    for (const fragment of this.#waiting.splice(0)) this.#count(fragment);
    this.#bytes = 0;
  }

  /** Ends once the queue is closed and what waited was read. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Fragment, void> {
    for (;;) {
      const fragment = this.#waiting.shift();
      if (fragment !== undefined) {
        this.#bytes -= fragment.data.byteLength;
        yield fragment;
      } else if (this.#closed) return;
      else await new Promise<void>((resolve) => { this.#wake = resolve; });
    }
  }

  #count(fragment: Fragment): void {
    this.#loss = {
      fragments: this.#loss.fragments + 1,
      duration: millis(this.#loss.duration + fragment.duration),
      gaps: this.#loss.gaps + (this.#losing ? 0 : 1),
    };
    this.#losing = true;
  }
}
