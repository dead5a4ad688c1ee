/** ISO base media boxes (ISO/IEC 14496-12, 4.2): the framing of everything that Tyto records, streams and uploads. */
import { giveBack } from '../core/give-back.ts';

/** One box. `data` is the whole of it, header included. */
export interface Mp4Box { readonly type: string; readonly data: Uint8Array }

/** A box's bytes do not hold together. `offset` counts from where the reader began. */
export class Mp4Error extends Error {
  readonly code = 'mp4.malformed';
  readonly offset: number;
  constructor(offset: number, what: string) {
    super(`not a sound MP4 at byte ${offset}: ${what}`);
    this.name = 'Mp4Error';
    this.offset = offset;
  }
}

/** Larger than any fragment of at most a second; what claims more is damaged or hostile. */
export const MAX_BOX_BYTES = 64 * 1024 * 1024;

export const viewOf = (data: Uint8Array): DataView => new DataView(data.buffer, data.byteOffset, data.byteLength);

/** The four characters at `offset`. */
export const fourCharacters = (data: Uint8Array, offset: number): string =>
  String.fromCharCode(data[offset] ?? 0, data[offset + 1] ?? 0, data[offset + 2] ?? 0, data[offset + 3] ?? 0);

/**
 * The boxes that lie side by side in `data` from `from` on; a torn last one is an error.
 * @throws {Mp4Error} When a size does not fit.
 */
export function* boxesIn(data: Uint8Array, from = 0): Generator<Mp4Box & { readonly offset: number }> {
  const view = viewOf(data);
  for (let offset = from; offset < data.byteLength;) {
    if (data.byteLength - offset < 8)
      throw new Mp4Error(offset, `a box header needs 8 bytes, ${data.byteLength - offset} are left`);
    const size = view.getUint32(offset);
    if (size < 8 || size > data.byteLength - offset) {
      throw new Mp4Error(offset, `box "${printable(fourCharacters(data, offset + 4))}" claims ${size} bytes, `
        + `${data.byteLength - offset} are left`);
    }
    yield { type: fourCharacters(data, offset + 4), data: data.subarray(offset, offset + size), offset };
    offset += size;
  }
}

/** The first box of `type` in `data` (after `from` bytes of header), or undefined. */
export function findBox(data: Uint8Array, type: string, from: number): Uint8Array | undefined {
  for (const box of boxesIn(data, from)) if (box.type === type) return box.data;
  return undefined;
}

/** Follows `path` inwards from the container `data` (8-byte header), or undefined where a step is missing. */
export function findPath(data: Uint8Array, ...path: readonly string[]): Uint8Array | undefined {
  return path.reduce<Uint8Array | undefined>((box, type) => box && findBox(box, type, 8), data);
}

/** `box`, which must be there. @throws {Mp4Error} When it is not. */
export function neededBox(box: Uint8Array | undefined, name: string): Uint8Array {
  if (box === undefined) throw new Mp4Error(0, `box "${name}" is missing`);
  return box;
}

/**
 * Cuts a byte stream into top-level boxes. Holds at most one unfinished box; chunks may break anywhere. What it gives
 * out is copied, so that a caller may keep it and the stream's buffers go free.
 */
export class BoxSplitter {
  readonly #ownsChunks: boolean;
  /** Memory of chunks that are the splitter's. */
  readonly #own = new Set<ArrayBufferLike>();
  #parts: Uint8Array[] = [];
  #held = 0;
  #offset = 0;

  /**
   * @param ownsChunks - Chunks are the splitter's, which gives their memory back once it has read them: of a camera
   * that would be some MB that wait for the garbage.
   */
  constructor({ ownsChunks = false }: { readonly ownsChunks?: boolean } = {}) { this.#ownsChunks = ownsChunks; }

  /**
   * The boxes that `chunk` completes.
   * @throws {Mp4Error} At a size below 8 or above MAX_BOX_BYTES; the stream is then lost.
   */
  push(chunk: Uint8Array): Mp4Box[] {
    this.#parts.push(chunk);
    this.#held += chunk.byteLength;
    if (this.#ownsChunks && chunk.byteLength === chunk.buffer.byteLength) this.#own.add(chunk.buffer);
    const done: Mp4Box[] = [];
    for (;;) {
      const head = this.#peek(8);
      if (head === undefined) return done;
      const size = viewOf(head).getUint32(0);
      const type = fourCharacters(head, 4);
      if (size < 8 || size > MAX_BOX_BYTES)
        throw new Mp4Error(this.#offset, `box "${printable(type)}" claims ${size} bytes`);
      if (this.#held < size) return done;
      done.push({ type, data: this.#take(size) });
      this.#offset += size;
    }
  }

  /** Bytes of an unfinished box. */
  get pending(): number { return this.#held; }

  #peek(count: number): Uint8Array | undefined {
    if (this.#held < count) return undefined;
    const [first] = this.#parts;
    if (first !== undefined && first.byteLength >= count) return first;
    const merged = concat(this.#parts);
    for (const part of this.#parts) this.#spend(part);
    this.#parts = [merged];
    return merged;
  }

  #take(count: number): Uint8Array {
    const out = new Uint8Array(count);
    for (let filled = 0; filled < count;) {
      const [first] = this.#parts;
      if (first === undefined) break;
      const piece = first.subarray(0, count - filled);
      out.set(piece, filled);
      filled += piece.byteLength;
      if (piece.byteLength === first.byteLength) {
        this.#parts.shift();
        this.#spend(first);
      } else this.#parts[0] = first.subarray(piece.byteLength);
    }
    this.#held -= count;
    return out;
  }

  /** All of a chunk was read, the last of it as `part`. */
  #spend({ buffer }: Uint8Array): void {
    if (this.#own.delete(buffer)) giveBack(new Uint8Array(buffer));
  }
}

/** One array of all of `parts`, in order. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let offset = 0;
  for (const part of parts) { out.set(part, offset); offset += part.byteLength; }
  return out;
}

const printable = (type: string): string => type.replaceAll(/[^\x20-\x7e]/g, '?');

/** Bytes of a header whose size has 64 bits. */
const LARGE_HEADER = 16;

/**
 * How long a box says it is, its header included. Undefined for a last box that reaches to the end of the file, and for
 * a size that is none.
 *
 * @param head - Its first 16 bytes, or all of it.
 */
export function boxBytes(head: Uint8Array): number | undefined {
  const view = viewOf(head);
  const size = view.getUint32(0);
  if (size >= 8) return size;
  const large = size === 1 && head.byteLength >= LARGE_HEADER ? Number(view.getBigUint64(8)) : 0;
  return large >= LARGE_HEADER ? large : undefined;
}
