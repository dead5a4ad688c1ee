/** Continuous recording: one segment after the other, without a gap, each beginning at a keyframe. */
import type { Fragment } from '../contract/mp4-fragment.ts';
import { seconds, type Millis } from '../core/units.ts';
import type { Recording } from './recording.ts';

/** Of the stream's time: what is further apart than this does not follow without a hole. */
const HOLE = seconds(1);
/** After the disk refused a segment, the next one is tried this much later. */
const RETRY_AFTER = seconds(5);

export class SegmentTrack {
  readonly #open: (first: Fragment) => Recording;
  readonly #length: Millis;
  #current: Recording | undefined;
  #retryAt = -Infinity;

  /** @param length - A segment ends at the first keyframe after this. */
  constructor(open: (first: Fragment) => Recording, length: Millis) {
    this.#open = open;
    this.#length = length;
  }

  take(fragment: Fragment): void {
    if (this.#current?.failed === true) {
      this.close();
      this.#retryAt = fragment.start + RETRY_AFTER;
    }
    if (fragment.key
      && fragment.start >= this.#retryAt
      && (this.#current === undefined || this.#current.length >= this.#length)) {
      this.#turn(fragment);
    }
    this.#current?.write(fragment);
  }

  /** Ends the segment with what came so far. */
  close(): void {
    this.#current?.close();
    this.#current = undefined;
    this.#retryAt = -Infinity;
  }

  #turn(first: Fragment): void {
    const before = this.#current;
    this.#current = this.#open(first);
    this.#retryAt = -Infinity;
    before?.close(first.start - before.end < HOLE ? this.#current.startedAt : undefined);
  }
}
