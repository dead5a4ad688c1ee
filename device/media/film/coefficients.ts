/** Blocks of coefficients as they are written: CAVLC (ITU-T H.264, 7.3.5.3.2 and 9.2). */
import type { BitWriter } from './bit-writer.ts';
import {
  COEFFICIENT_WORDS, OF_MEANS, RUN_WORDS, ZERO_WORDS, ZERO_WORDS_OF_MEANS, type Codewords,
} from './codewords.ts';

/** Means of colour have no neighbours that they are told by. */
export const MEANS = -1;

const put = (out: BitWriter, { bits, lengths }: Codewords, index: number): void =>
  out.bits(bits[index] as number, lengths[index] as number);

/**
 * Writes `levels[from]` up to, not including, `levels[to]`: the coefficients of a block in the order in which they are
 * written.
 * @param near - How many coefficients the blocks beside and above have, in the mean; or `MEANS`.
 * @returns How many are not zero.
 */
export function writeCoefficients(out: BitWriter, levels: Int32Array, from: number, to: number, near: number): number {
  let [last, total] = [from - 1, 0];
  for (let at = from; at < to; at += 1) {
    if (levels[at] === 0) continue;
    last = at;
    total += 1;
  }
  let ones = 0;
  for (let at = last; at >= from && ones < 3; at -= 1) {
    if (levels[at] === 0) continue;
    if (Math.abs(levels[at] as number) !== 1) break;
    ones += 1;
  }
  writeCounts(out, total, ones, near);
  if (total === 0) return 0;
  writeLevels(out, levels, last, { total, ones });
  writeZeros(out, levels, { from, to, last, total }, near);
  return total;
}

function writeCounts(out: BitWriter, total: number, ones: number, near: number): void {
  if (near >= 8) return out.bits(total === 0 ? 3 : ((total - 1) << 2) | ones, 6);
  const table = near === MEANS ? OF_MEANS : near < 2 ? 0 : near < 4 ? 1 : 2;
  put(out, COEFFICIENT_WORDS[table]?.[ones] as Codewords, total - ones);
}

/** From the last one back; what a level is written in grows with those before it. */
function writeLevels(
  out: BitWriter, levels: Int32Array, last: number, { total, ones }: { readonly total: number; readonly ones: number },
): void {
  let suffix = total > 10 && ones < 3 ? 1 : 0;
  for (let at = last, written = 0; written < total; at -= 1) {
    const level = levels[at] as number;
    if (level === 0) continue;
    written += 1;
    if (written <= ones) {
      out.bits(level < 0 ? 1 : 0, 1);
      continue;
    }
    const code = (level > 0 ? 2 * level - 2 : -2 * level - 1) - (written === ones + 1 && ones < 3 ? 2 : 0);
    writeLevel(out, code, suffix);
    if (suffix === 0) suffix = 1;
    if (Math.abs(level) > 3 << (suffix - 1) && suffix < 6) suffix += 1;
  }
}

/** 9.2.2.1, the other way round. Fits what 8-bit pictures give at any but the finest quantisers. */
function writeLevel(out: BitWriter, code: number, suffix: number): void {
  if (suffix === 0 && code >= 14 && code < 30) {
    out.bits(1, 15);
    return out.bits(code - 14, 4);
  }
  const escape = suffix === 0 ? 30 : 15 << suffix;
  if (code >= escape) {
    out.bits(1, 16);
    return out.bits(code - escape, 12);
  }
  out.bits(1, (code >> suffix) + 1);
  if (suffix > 0) out.bits(code & ((1 << suffix) - 1), suffix);
}

interface Block { readonly from: number; readonly to: number; readonly last: number; readonly total: number }

function writeZeros(out: BitWriter, levels: Int32Array, { from, to, last, total }: Block, near: number): void {
  let zeros = last - from + 1 - total;
  if (total < to - from)
    put(out, (near === MEANS ? ZERO_WORDS_OF_MEANS : ZERO_WORDS)[total - 1] as Codewords, zeros);
  for (let at = last, left = total; zeros > 0 && left > 1; left -= 1) {
    let run = 0;
    for (at -= 1; levels[at] === 0; at -= 1) run += 1;
    put(out, RUN_WORDS[Math.min(zeros, 7) - 1] as Codewords, run);
    zeros -= run;
  }
}
