/** The running normal of a number: what is usual, and how far from it is still usual. Pure: no clock, no I/O. */

/** Fewer tell of no normal. */
const LEAST = 12;
/** A few bytes more or less mean nothing. */
const LEAST_SPREAD = 0.03;

/** Median and spread (median absolute deviation, scaled to a standard deviation) of the latest numbers. */
export class SizeNormal {
  /** In the order in which they came; the oldest is overwritten. */
  readonly #sizes: Float64Array;
  /** The same, kept in order: to sort them anew for each packet would cost more than all else that is asked of it. */
  readonly #sorted: Float64Array;
  readonly #least: number;
  readonly #leastSpread: number;
  #count = 0;
  #next = 0;
  #stale = true;
  #median = 0;
  #spread = 0;

  /**
   * @param remembered - How many it is taken from.
   * @param least - From fewer it is not told.
   * @param leastSpread - The spread is taken for at least this share of the median.
   */
  constructor(remembered: number, least: number = LEAST, leastSpread: number = LEAST_SPREAD) {
    this.#sizes = new Float64Array(remembered);
    this.#sorted = new Float64Array(remembered);
    this.#least = least;
    this.#leastSpread = leastSpread;
  }

  get ready(): boolean { return this.#count >= this.#least; }

  /** 0 while there is no normal. */
  get median(): number {
    this.#renew();
    return this.ready ? this.#median : 0;
  }

  /** At least `leastSpread` of the median; 0 while there is no normal. */
  get spread(): number {
    this.#renew();
    return this.ready ? this.#spread : 0;
  }

  learn(size: number): void {
    const remembered = this.#sizes.length;
    if (this.#count < remembered) this.#count++;
    else this.#forget(this.#sizes[this.#next] ?? 0);
    const at = this.#placeOf(size, this.#count - 1);
    this.#sorted.copyWithin(at + 1, at, this.#count - 1);
    this.#sorted[at] = size;
    this.#sizes[this.#next] = size;
    this.#next = (this.#next + 1) % remembered;
    // While there are few, each counts; later the normal moves slowly enough to be taken anew now and then.
    if (this.#count < remembered || this.#next % 8 === 0) this.#stale = true;
  }

  /** How far `size` lies above the median, in spreads of at least `leastSpread`; 0 while there is no normal. */
  excess(size: number, leastSpread: number): number {
    if (!this.ready) return 0;
    this.#renew();
    return (size - this.#median) / Math.max(this.#spread, leastSpread);
  }

  #renew(): void {
    if (!this.#stale) return;
    this.#median = this.#sorted[this.#count >> 1] ?? 0;
    this.#spread = Math.max(1.4826 * this.#deviation(), this.#leastSpread * this.#median);
    this.#stale = false;
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

  #forget(size: number): void {
    const at = this.#placeOf(size, this.#sizes.length);
    this.#sorted.copyWithin(at, at + 1, this.#sizes.length);
  }

  /** Of the first `count` in order: how many are smaller than `size`. */
  #placeOf(size: number, count: number): number {
    let [from, to] = [0, count];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#sorted[middle] ?? 0) < size) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
