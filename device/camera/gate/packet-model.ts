/**
 * What the sizes of packets tell: a scene in which nothing happens makes packets of about the same size, for an encoder of
 * constant quality spends bytes only on what is new. Pure: no clock, no I/O.
 */

/** Sizes that one kind's normal is taken from: about 8 s of the commonest kind. */
const REMEMBERED = 96;
/** Fewer tell of no normal. */
const LEAST = 12;
/** More kinds than an encoder has are the fault of a damaged stream. */
const MOST_KINDS = 32;
/** The spread of normal sizes is taken for at least this: a few bytes more or less mean nothing. */
const LEAST_SPREAD = { share: 0.03, ofKeyframe: 0.001, bytes: 24 } as const;
/** One packet this many spreads above the median tells by itself … */
const ALONE = 6;
/** … and so do several that are more than `IGNORED` above it, once what is above sums up to `TOGETHER`. */
const IGNORED = 2;
const TOGETHER = 12;
const MOST_OF_ONE = 8;

/** The running normal of packet sizes, one for each kind of packet. */
export class PacketModel {
  readonly #kinds = new Map<number, SizeNormal>();
  #sum = 0;
  #leastSpread: number = LEAST_SPREAD.bytes;

  /** The size of a keyframe: how much there is to see, and how finely it is encoded. */
  keyframe(bytes: number): void { this.#leastSpread = Math.max(LEAST_SPREAD.bytes, LEAST_SPREAD.ofKeyframe * bytes); }

  /** Whether there is a normal to compare with. */
  get ready(): boolean { return [...this.#kinds.values()].some((normal) => normal.ready); }

  /** Takes the size of a packet of a scene in which nothing happened. */
  learn(kind: number, bytes: number): void {
    let normal = this.#kinds.get(kind);
    if (normal === undefined) {
      if (this.#kinds.size >= MOST_KINDS) return;
      normal = new SizeNormal();
      this.#kinds.set(kind, normal);
    }
    normal.learn(bytes);
  }

  /** Whether the packet, with those judged before it, says that something happens. */
  tells(kind: number, bytes: number): boolean {
    const excess = this.#kinds.get(kind)?.excess(bytes, this.#leastSpread) ?? 0;
    this.#sum = Math.max(0, this.#sum + Math.min(excess, MOST_OF_ONE) - IGNORED);
    if (excess < ALONE && this.#sum < TOGETHER) return false;
    this.#sum = Math.min(this.#sum, TOGETHER);
    return true;
  }
}

/** Median and spread (median absolute deviation, scaled to a standard deviation) of the latest sizes of one kind. */
class SizeNormal {
  /** In the order in which they came; the oldest is overwritten. */
  readonly #sizes = new Float64Array(REMEMBERED);
  /** The same, kept in order: to sort them anew for each packet would cost more than all else that is asked of it. */
  readonly #sorted = new Float64Array(REMEMBERED);
  #count = 0;
  #next = 0;
  #stale = true;
  #median = 0;
  #spread = 0;

  get ready(): boolean { return this.#count >= LEAST; }

  learn(bytes: number): void {
    if (this.#count < REMEMBERED) this.#count++;
    else this.#forget(this.#sizes[this.#next] ?? 0);
    const at = this.#placeOf(bytes, this.#count - 1);
    this.#sorted.copyWithin(at + 1, at, this.#count - 1);
    this.#sorted[at] = bytes;
    this.#sizes[this.#next] = bytes;
    this.#next = (this.#next + 1) % REMEMBERED;
    // While there are few, each counts; later the normal moves slowly enough to be taken anew now and then.
    if (this.#count < REMEMBERED || this.#next % 8 === 0) this.#stale = true;
  }

  /** How far `bytes` lies above the median, in spreads; 0 while there is no normal. */
  excess(bytes: number, leastSpread: number): number {
    if (!this.ready) return 0;
    if (this.#stale) {
      this.#median = this.#sorted[this.#count >> 1] ?? 0;
      this.#spread = Math.max(1.4826 * this.#deviation(), LEAST_SPREAD.share * this.#median);
      this.#stale = false;
    }
    return (bytes - this.#median) / Math.max(this.#spread, leastSpread);
  }

  /** The median distance from the median: from the middle outwards, always the nearer of the two next. */
  #deviation(): number {
    let [below, above] = [(this.#count >> 1) - 1, this.#count >> 1];
    for (let passed = this.#count >> 1; ; passed--) {
      const down = below < 0 ? Infinity : this.#median - (this.#sorted[below] ?? 0);
      const up = above >= this.#count ? Infinity : (this.#sorted[above] ?? 0) - this.#median;
      if (passed === 0) return Math.min(down, up);
      if (down < up) below--;
      else above++;
    }
  }

  #forget(bytes: number): void {
    const at = this.#placeOf(bytes, REMEMBERED);
    this.#sorted.copyWithin(at, at + 1, REMEMBERED);
  }

  /** Of the first `count` in order: how many are smaller than `bytes`. */
  #placeOf(bytes: number, count: number): number {
    let [from, to] = [0, count];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#sorted[middle] ?? 0) < bytes) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
