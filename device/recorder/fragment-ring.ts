/** The last seconds of video, in memory: what a clip shows from before its event, without a byte on the disk. */
import type { Fragment } from '../contract/mp4-fragment.ts';
import { millis, type Bytes, type Millis } from '../core/units.ts';

export interface RingLimits {
  /** Video to hold; up to one group of pictures more is held, for decoding begins at a keyframe. */
  readonly span: Millis;
  /** The span is longer by the longest group that is held, but not by more than this. Default: by nothing. */
  readonly longerByGroup?: Millis;
  /** Never exceeded. */
  readonly capacity: Bytes;
}

/** A keyframe's fragment and those that need it. */
interface Group { readonly fragments: Fragment[]; bytes: number }

/** Holds whole groups of pictures of one stream, newest last; fragments come in order of time. */
export class FragmentRing {
  readonly #limits: RingLimits;
  #groups: Group[] = [];
  #bytes = 0;
  #overflows = 0;
  #shortened = 0;
  constructor(limits: RingLimits) { this.#limits = limits; }

  /** Takes `fragment`, and lets go of the oldest groups that are no longer needed. */
  push(fragment: Fragment): void {
    const last = this.#groups.at(-1);
    const previous = last?.fragments.at(-1);
    // time ran back: another stream
    if (previous !== undefined && fragment.startTicks < previous.startTicks) this.clear();
    if (fragment.key) this.#groups.push({ fragments: [fragment], bytes: fragment.data.byteLength });
    else if (this.#groups.length > 0 && last !== undefined) {
      last.fragments.push(fragment);
      last.bytes += fragment.data.byteLength;
    } else return; // nothing can be decoded before the first keyframe
    this.#bytes += fragment.data.byteLength;
    this.#trim(fragment.start + fragment.duration);
  }

  /** Everything from the last keyframe at or before `at`; from the oldest one when `at` lies before that. */
  from(at: Millis): Fragment[] {
    const first = this.#groupAt(at);
    return this.#groups.slice(first === -1 ? 0 : first).flatMap(({ fragments }) => fragments);
  }

  /**
   * What is needed to decode the picture of the moment `at`: its group up to the fragment that holds it.
   * Undefined when it lies before all that is held.
   */
  around(at: Millis): Fragment[] | undefined {
    return this.#groups[this.#groupAt(at)]?.fragments.filter(({ start }) => start <= at);
  }

  /** The stream time up to which video is held; undefined while empty. */
  get end(): Millis | undefined {
    const newest = this.#groups.at(-1)?.fragments.at(-1);
    return newest && millis(newest.start + newest.duration);
  }

  get bytes(): number { return this.#bytes; }

  /** How often a single group was too large to be held and was let go of, so that nothing could be kept of it. */
  get overflows(): number { return this.#overflows; }

  /** How many groups were let go of for want of memory while they still lay within the span. */
  get shortened(): number { return this.#shortened; }

  /** Length of the video that is held. */
  get held(): Millis { return millis((this.end ?? 0) - (this.#groups[0]?.fragments[0]?.start ?? 0)); }

  /** Length of the video that is to be held. */
  get span(): Millis {
    const { span, longerByGroup = 0 } = this.#limits;
    return millis(
      span + (longerByGroup === 0 ? 0 : Math.min(longerByGroup, Math.max(0, ...this.#groups.map(lengthOf)))),
    );
  }

  clear(): void {
    this.#groups = [];
    this.#bytes = 0;
  }

  #groupAt(at: Millis): number {
    return this.#groups.findLastIndex(({ fragments: [key] }) => key !== undefined && key.start <= at);
  }

  #trim(end: number): void {
    for (let second = this.#groups[1]?.fragments[0]; second !== undefined; second = this.#groups[1]?.fragments[0]) {
      const isPast = second.start <= end - this.span;
      if (!isPast && this.#bytes <= this.#limits.capacity) break;
      this.#bytes -= this.#groups.shift()?.bytes ?? 0;
      if (!isPast) this.#shortened++;
    }
    if (this.#bytes <= this.#limits.capacity) return;
    this.clear();
    this.#overflows++;
  }
}

function lengthOf({ fragments }: Group): number {
  const [first, last] = [fragments[0], fragments.at(-1)];
  return first === undefined || last === undefined ? 0 : last.start + last.duration - first.start;
}
