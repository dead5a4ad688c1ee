/**
 * What the sizes of packets tell: a scene in which nothing happens makes packets of about the same size, for an encoder of
 * constant quality spends bytes only on what is new. Pure: no clock, no I/O.
 */
import { SizeNormal } from './size-normal.ts';

/** Of one packet that is no keyframe. */
export interface PacketSize {
  readonly bytes: number;
  /** Only sizes of one kind are alike. */
  readonly kind: number;
  /** Its place in the order of decoding behind the last keyframe, from 1 on. */
  readonly place: number;
}

/** Sizes that one kind's normal is taken from: about 8 s of the commonest kind. */
const REMEMBERED = 96;
/** More kinds than an encoder has are the fault of a damaged stream. */
const MOST_KINDS = 32;
/** What normal sizes spread by at least: so many bytes, and so much of a keyframe's. */
const LEAST_SPREAD = { ofKeyframe: 0.001, bytes: 24 } as const;
/** One packet this many spreads above the median tells by itself … */
const ALONE = 6;
/** … and so do several that are more than `IGNORED` above it, once what is above sums up to `TOGETHER`. */
const IGNORED = 2;
const TOGETHER = 12;
const MOST_OF_ONE = 8;
/** What is small in a clean picture adds little to each packet, but to many: so much above the median is ignored then. */
const LASTING = { ignored: 0.5, mostOfOne: 3, together: 15 } as const;
/** The first behind a keyframe are kinds of their own (`Packet.kind`). */
const FIRST_STAGE = 4;
const STAGES = 7;
/** What the size at a stage is taken from, and how much larger than usual it may be there. */
const STAGE = { remembered: 48, least: 4, largest: 8 } as const;

/** Keyframes of one scene differ by less than a hundredth. */
const KEYFRAMES = { remembered: 16, least: 2, leastSpread: 0.004 } as const;
/** So many spreads from the median a keyframe's size is worth a look. */
const UNUSUAL = 3;

/** The running normal of packet sizes, one for each kind of packet, and how it falls behind a keyframe. */
export class PacketModel {
  readonly #kinds = new Map<number, SizeNormal>();
  /** Sizes as multiples of their kind's normal, by `stageOf`. */
  readonly #stages = Array.from({ length: STAGES }, () => new SizeNormal(STAGE.remembered, STAGE.least));
  readonly #keyframes = new SizeNormal(KEYFRAMES.remembered, KEYFRAMES.least, KEYFRAMES.leastSpread);
  #isUsual = false;
  /** The packets since the latest keyframe. */
  #group = { bytes: 0, packets: 0 };
  #share = NaN;
  #sum = 0;
  #lasting = 0;
  #leastSpread: number = LEAST_SPREAD.bytes;

  /** The size of a keyframe: how much there is to see, and how finely it is encoded. */
  keyframe(bytes: number): void {
    this.#leastSpread = Math.max(LEAST_SPREAD.bytes, LEAST_SPREAD.ofKeyframe * bytes);
    this.#isUsual = this.#keyframes.ready && Math.abs(this.#keyframes.excess(bytes, 0)) < UNUSUAL;
    this.#keyframes.learn(bytes);
    this.#share = this.#group.bytes / this.#group.packets / bytes;
    this.#group = { bytes: 0, packets: 0 };
  }

  /** Whether the latest keyframe is as large as those before it. */
  get isUsualKeyframe(): boolean { return this.#isUsual; }

  /** What a packet before the latest keyframe took of a keyframe's bytes, in the mean; NaN where there was none. */
  get share(): number { return this.#share; }

  /** Whether there is a normal to compare with. */
  get ready(): boolean { return [...this.#kinds.values()].some((normal) => normal.ready); }

  /** By how many bytes a packet of the largest kind must lie above the normal to tell by itself. */
  get bar(): number {
    const largest = [...this.#kinds.values()].reduce<SizeNormal | undefined>(
      (most, normal) => (normal.median > (most?.median ?? 0) ? normal : most), undefined,
    );
    return ALONE * Math.max(largest?.spread ?? 0, this.#leastSpread);
  }

  /** Takes the sizes of packets of a scene in which nothing happened. */
  learn(packets: readonly PacketSize[]): void {
    for (const { kind, bytes, place } of packets) this.#normalOf(kind)?.learn(bytes / this.#factorAt(place));
    for (const { kind, bytes, place } of packets) {
      const usual = this.#kinds.get(kind)?.median ?? 0;
      if (usual > 0 && place > FIRST_STAGE) this.#stages[stageOf(place)]?.learn(bytes / usual);
    }
  }

  /** Whether the packet, with those judged before it, says that something happens. */
  tells({ kind, bytes, place }: PacketSize): boolean {
    this.#group.bytes += bytes;
    this.#group.packets++;
    const factor = this.#factorAt(place);
    const excess = this.#kinds.get(kind)?.excess(bytes / factor, this.#leastSpread / factor) ?? 0;
    this.#sum = Math.max(0, this.#sum + Math.min(excess, MOST_OF_ONE) - IGNORED);
    const little = Math.max(Math.min(excess, LASTING.mostOfOne), -LASTING.mostOfOne);
    this.#lasting = Math.max(0, this.#lasting + little - LASTING.ignored);
    if (excess < ALONE && this.#sum < TOGETHER && this.#lasting < LASTING.together) return false;
    this.#sum = Math.min(this.#sum, TOGETHER);
    this.#lasting = Math.min(this.#lasting, LASTING.together);
    return true;
  }

  #normalOf(kind: number): SizeNormal | undefined {
    const known = this.#kinds.get(kind);
    if (known !== undefined || this.#kinds.size >= MOST_KINDS) return known;
    const normal = new SizeNormal(REMEMBERED);
    this.#kinds.set(kind, normal);
    return normal;
  }

  /** How much larger than usual for their kind packets are at this place. */
  #factorAt(place: number): number {
    const normal = place > FIRST_STAGE ? this.#stages[stageOf(place)] : undefined;
    return normal?.ready === true ? Math.min(Math.max(normal.median, 1), STAGE.largest) : 1;
  }
}

/**
 * What a keyframe left coarse or noisy is mended behind it, the less the longer ago it was: 5 to 8 packets behind it are
 * one stage, 9 to 16 the next, and so on.
 */
const stageOf = (place: number): number => Math.min(STAGES - 1, 30 - Math.clz32(place - 1));
