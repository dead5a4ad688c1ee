/** Bits as H.264 and H.265 write them: plain, and in the codes of Golomb (ITU-T H.264, 7.2 and 9.1). Pure. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  /** @param unit - A NAL unit. */
  constructor(unit: Uint8Array) { this.#bytes = plain(unit); }

  /** @throws {RangeError} Behind the last bit. */
  bit(): number {
    const byte = this.#bytes[this.#at >> 3];
    if (byte === undefined) throw new RangeError(`a parameter set ends after ${this.#at} bits`);
    return byte >> (7 - (this.#at++ & 7)) & 1;
  }

  flag(): boolean { return this.bit() === 1; }

  /** @param count - At most 32. */
  bits(count: number): number {
    let value = 0;
    for (let index = 0; index < count; index++) value = value * 2 + this.bit();
    return value;
  }

  skip(count: number): void { this.#at += count; }

  /** An unsigned number in a code of Golomb. */
  golomb(): number {
    let zeros = 0;
    while (!this.flag()) if (++zeros > 32) throw new RangeError('a number of a parameter set is longer than 32 bits');
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** The same with a sign. */
  signedGolomb(): number {
    const code = this.golomb();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }

  skipGolomb(count: number): void { for (let index = 0; index < count; index++) this.golomb(); }
}

/** Without the 3 of each 0 0 3, which only keeps a start code from appearing. */
function plain(unit: Uint8Array): Uint8Array {
  let zeros = 0;
  return unit.filter((byte) => {
    const isGuard = zeros >= 2 && byte === 3;
    zeros = byte === 0 ? zeros + 1 : 0;
    return !isGuard;
  });
}
