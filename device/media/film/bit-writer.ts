/** Bits as H.264 writes them: plain, and in the codes of Golomb (ITU-T H.264, 9.1). */

export class BitWriter {
  #bytes = new Uint8Array(4096);
  #length = 0;
  #held = 0;
  #count = 0;

  /** The lowest `length` bits of `value`, 16 at most. */
  bits(value: number, length: number): void {
    this.#held = (this.#held << length) | value;
    this.#count += length;
    while (this.#count >= 8) {
      this.#count -= 8;
      this.#byte((this.#held >> this.#count) & 255);
    }
    this.#held &= (1 << this.#count) - 1;
  }

  /** `ue(v)`: of what is never negative, up to 65534. */
  unsigned(value: number): void {
    const length = 32 - Math.clz32(value + 1);
    this.bits(0, length - 1);
    this.bits(value + 1, length);
  }

  /** `se(v)`. */
  signed(value: number): void { this.unsigned(value > 0 ? 2 * value - 1 : -2 * value); }

  /**
   * What was written, ended as a unit of the stream ends (7.3.2.11), with `header` in front of it; what could be taken
   * for the beginning of another unit is broken up (7.4.1).
   */
  unit(header: number): Uint8Array {
    this.bits(1, 1);
    if (this.#count > 0) this.bits(0, 8 - this.#count);
    const out = new Uint8Array(1 + Math.ceil(this.#length * 1.5));
    out[0] = header;
    let [to, zeros] = [1, 0];
    for (let from = 0; from < this.#length; from += 1) {
      const byte = this.#bytes[from] as number;
      if (zeros === 2 && byte <= 3) {
        out[to++] = 3;
        zeros = 0;
      }
      out[to++] = byte;
      zeros = byte === 0 ? zeros + 1 : 0;
    }
    return out.slice(0, to);
  }

  #byte(byte: number): void {
    if (this.#length === this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#length);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.#length++] = byte;
  }
}
