const START = Buffer.from([0xff, 0xd8]);
const END = Buffer.from([0xff, 0xd9]);
/** More than this is no picture of ours. */
const MOST = 8 * 1024 * 1024;

/**
 * Whole pictures out of JPEGs that follow one another in a stream. The two bytes that end one stand
 * nowhere inside (ITU-T T.81, B.1.1.5: in coded data 0xff is followed by 0), as long as it carries no
 * other picture, which ffmpeg's do not.
 */
export class JpegSplitter {
  #held: Buffer = Buffer.alloc(0);

  /** @returns What `chunk` completes, oldest first. */
  push(chunk: Buffer): readonly Buffer[] {
    this.#held = this.#held.byteLength === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const pictures: Buffer[] = [];
    for (;;) {
      const start = this.#held.indexOf(START);
      const end = start < 0 ? -1 : this.#held.indexOf(END, start + START.byteLength);
      if (end < 0) break;
      pictures.push(this.#held.subarray(start, end + END.byteLength));
      this.#held = this.#held.subarray(end + END.byteLength);
    }
    if (this.#held.byteLength > MOST) this.#held = Buffer.alloc(0);
    return pictures;
  }
}
