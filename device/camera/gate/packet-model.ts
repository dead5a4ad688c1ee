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
  readonly #sizes: number[] = [];
  #next = 0;
  #stale = true;
  #median = 0;
  #spread = 0;

  get ready(): boolean { return this.#sizes.length >= LEAST; }

  learn(bytes: number): void {
    this.#sizes[this.#next] = bytes;
    this.#next = (this.#next + 1) % REMEMBERED;
    // While there are few, each counts; later the normal moves slowly enough to be taken anew now and then.
    if (this.#sizes.length < REMEMBERED || this.#next % 8 === 0) this.#stale = true;
  }

  /** How far `bytes` lies above the median, in spreads; 0 while there is no normal. */
  excess(bytes: number, leastSpread: number): number {
    if (!this.ready) return 0;
    if (this.#stale) {
      this.#median = median(this.#sizes);
      const deviation = median(this.#sizes.map((size) => Math.abs(size - this.#median)));
      this.#spread = Math.max(1.4826 * deviation, LEAST_SPREAD.share * this.#median);
      this.#stale = false;
    }
    return (bytes - this.#median) / Math.max(this.#spread, leastSpread);
  }
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[sorted.length >> 1] ?? 0;
}
