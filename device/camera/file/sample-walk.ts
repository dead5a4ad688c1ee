/**
 * Walks through the sample tables of an MP4 track (ISO/IEC 14496-12, 8.6.1 and 8.7): one sample after the other. Pure.
 */
import { Mp4Error, viewOf } from '../../contract/mp4-boxes.ts';

/** One picture in the order of decoding. */
export interface Sample {
  /** Where it lies in the file. */
  readonly at: number;
  readonly bytes: number;
  /** Ticks of the track. */
  readonly decodeTicks: number;
  /** How much later it is shown, in ticks. */
  readonly offset: number;
  readonly duration: number;
  readonly key: boolean;
}

/** A box of `count` entries of `stride` bytes each, which it really holds. */
export interface Table {
  readonly view: DataView;
  readonly from: number;
  readonly count: number;
  readonly stride: number;
}
export interface Tables {
  readonly durations: Table;
  readonly offsets: Table | undefined;
  /** Numbers of keyframes, from 1; undefined where all are. */
  readonly keys: Table | undefined;
  readonly chunkLengths: Table;
  readonly sizes: Table;
  readonly chunks: Table;
}

/**
 * The table in `box`, whose entries begin `from` bytes into it.
 * @throws {Mp4Error} When it claims more entries than it holds.
 */
export function tableIn(box: Uint8Array | undefined, stride: number, from: number): Table | undefined {
  if (box === undefined) return undefined;
  const view = viewOf(box);
  const count = view.getUint32(from - 4);
  if (count * stride > box.byteLength - from)
    throw new Mp4Error(0, `a table claims ${count} entries, more than it holds`);
  return { view, from, count, stride };
}

const field = ({ view, from, count, stride }: Table, index: number, offset = 0): number => {
  if (index >= count) throw new Mp4Error(0, 'a table ends before the others');
  return view.getUint32(from + index * stride + offset);
};

/** Runs of equal values, one entry for each: (how many, value). */
class RunReader {
  readonly #table: Table;
  #entry = -1;
  #left = 0;
  #value = 0;
  constructor(table: Table) { this.#table = table; }

  next(): number {
    while (this.#left === 0) {
      this.#left = field(this.#table, ++this.#entry);
      this.#value = field(this.#table, this.#entry, 4);
    }
    this.#left--;
    return this.#value;
  }
}

/** Which samples are keyframes. Asked of one after the other. */
class KeyReader {
  readonly #table: Table | undefined;
  #entry = 0;
  constructor(table: Table | undefined) { this.#table = table; }

  /** @param number - Of a sample, from 1. */
  isKey(number: number): boolean {
    if (this.#table === undefined) return true;
    while (this.#entry < this.#table.count && field(this.#table, this.#entry) < number) this.#entry++;
    return this.#entry < this.#table.count && field(this.#table, this.#entry) === number;
  }
}

/** Which samples lie in which chunk, and where the next begins. */
class PlaceReader {
  readonly #lengths: Table;
  readonly #chunks: Table;
  #entry = 0;
  #chunk = 0;
  #left = 0;
  #at = 0;
  constructor({ chunkLengths, chunks }: Tables) {
    this.#lengths = chunkLengths;
    this.#chunks = chunks;
  }

  next(bytes: number): number {
    while (this.#left === 0) this.#open();
    this.#left--;
    const at = this.#at;
    this.#at += bytes;
    return at;
  }

  #open(): void {
    const { view, from, stride } = this.#chunks;
    const wide = stride === 8;
    this.#at = field(this.#chunks, this.#chunk) * (wide ? 2 ** 32 : 1)
      + (wide ? view.getUint32(from + this.#chunk * stride + 4) : 0);
    this.#chunk++; // chunks are numbered from 1
    if (this.#entry + 1 < this.#lengths.count && field(this.#lengths, this.#entry + 1) <= this.#chunk) this.#entry++;
    this.#left = field(this.#lengths, this.#entry, 4);
  }
}

/** @throws {Mp4Error} When a table ends before the others. */
export function* samplesOf(tables: Tables): Generator<Sample, void> {
  const { sizes } = tables;
  const durations = new RunReader(tables.durations);
  const offsets = tables.offsets && new RunReader(tables.offsets);
  const places = new PlaceReader(tables);
  const keys = new KeyReader(tables.keys);
  let decodeTicks = 0;
  for (let index = 0; index < sizes.count; index++) {
    const bytes = field(sizes, index);
    const duration = durations.next();
    yield {
      at: places.next(bytes), bytes, decodeTicks, duration,
      offset: (offsets?.next() ?? 0) | 0, // signed, whatever the version says: encoders wrote them so
      key: keys.isKey(index + 1),
    };
    decodeTicks += duration;
  }
}
