/**
 * Pictures out of `multipart/x-mixed-replace`, as cameras send them: with or without a length, with
 * boundaries that are not quite as announced.
 */

/** More than this is no picture of a camera. */
export const MOST_PICTURE_BYTES = 16 * 1024 * 1024;
const MOST_HEAD_BYTES = 64 * 1024;
const SMALLEST_STORE = 64 * 1024;

/** The boundary that a content type names, without the dashes that some put there too. */
export const boundaryOf = (contentType: string): string | undefined =>
  /boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))/i.exec(contentType)?.slice(1).find((name) => name !== undefined)?.replace(
    /^-+/, '',
  ) || undefined;

export class MultipartReader {
  #boundary: string | undefined;
  /**
   * What came and was not handed out; behind it there is room in `#store` for more, so that what
   * grows is not copied for each chunk.
   */
  #held = Buffer.alloc(0);
  #store = Buffer.alloc(0);
  /** No boundary begins in so many bytes of a body. */
  #searched = 0;
  /** Length of the body that is awaited, as its head says it: undefined when it ends at the next boundary. */
  #body: { readonly length: number | undefined } | undefined;

  constructor(boundary: string | undefined) { this.#boundary = boundary; }

  /** The bodies that `chunk` completes. @throws {RangeError} When it is no multipart of pictures. */
  push(chunk: Uint8Array): Uint8Array[] {
    this.#append(chunk);
    const bodies: Uint8Array[] = [];
    while (this.#body === undefined ? this.#readHead() : this.#readBody(bodies));
    return bodies;
  }

  #append(chunk: Uint8Array): void {
    const held = this.#held.byteLength;
    let start = this.#held.byteOffset - this.#store.byteOffset;
    if (start + held + chunk.byteLength > this.#store.byteLength) {
      this.#store = Buffer.allocUnsafeSlow(Math.max(SMALLEST_STORE, 2 * (held + chunk.byteLength)));
      this.#held.copy(this.#store);
      start = 0;
    }
    this.#store.set(chunk, start + held);
    this.#held = this.#store.subarray(start, start + held + chunk.byteLength);
  }

  #readHead(): boolean {
    const blank = /^(?:\r?\n)+/.exec(this.#held.toString('latin1', 0, 64))?.[0].length ?? 0;
    this.#held = this.#held.subarray(blank);
    const [unix, proper] = [this.#held.indexOf('\n\n'), this.#held.indexOf('\r\n\r\n')];
    const end = proper >= 0 && (unix < 0 || proper < unix) ? proper + 4 : unix + 2;
    if (end < 2) {
      if (this.#held.byteLength > MOST_HEAD_BYTES) throw new RangeError('a part has no end of its head');
      return false;
    }
    const head = this.#held.toString('latin1', 0, end);
    const length = /^content-length\s*:\s*(\d+)/im.exec(head)?.[1];
    this.#boundary ??= /^--([^\r\n]+)/.exec(head)?.[1];
    this.#held = this.#held.subarray(end);
    this.#searched = 0;
    this.#body = { length: length === undefined ? undefined : Number(length) };
    return true;
  }

  #readBody(bodies: Uint8Array[]): boolean {
    const length = this.#body?.length ?? this.#untilBoundary();
    if (Math.max(length ?? 0, this.#held.byteLength) > MOST_PICTURE_BYTES)
      throw new RangeError('a part is larger than any picture');
    if (length === undefined || this.#held.byteLength < length) return false;
    bodies.push(Uint8Array.prototype.slice.call(this.#held, 0, length));
    this.#held = this.#held.subarray(length);
    this.#body = undefined;
    return true;
  }

  #untilBoundary(): number | undefined {
    const line = `\n--${this.#boundary ?? ''}`;
    const at = this.#held.indexOf(line, this.#searched);
    if (at < 0) {
      this.#searched = Math.max(0, this.#held.byteLength - line.length + 1);
      return undefined;
    }
    return this.#held[at - 1] === 0x0d ? at - 1 : at;
  }
}
