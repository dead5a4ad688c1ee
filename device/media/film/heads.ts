/** What stands in front of H.264's pictures (ITU-T H.264, 7.3.2.1, 7.3.2.2 and 7.3.3). */
import type { Size } from '../../core/geometry.ts';
import { BitWriter } from './bit-writer.ts';
import { macroblocksOf } from './plane.ts';
import { QUANTISER } from './transform.ts';

/** By itself, or as what changed since the one before. */
export type PictureKind = 'whole' | 'changes';

/** Constrained Baseline, which everything plays; a level for up to 1620 macroblocks. */
export const PROFILE = [66, 0xc0, 30] as const;

/** Pictures are numbered in so many bits. */
const NUMBER_BITS = 4;

/** Of all that stays the same: `seq_parameter_set_rbsp`. Colours are those of BT.601, in video's range. */
export function sequenceHead({ width, height }: Size): Uint8Array {
  const out = new BitWriter();
  const [profile, constraints, level] = PROFILE;
  for (const byte of [profile, constraints, level]) out.bits(byte, 8);
  const macroblocks = macroblocksOf({ width, height });
  const cut = [macroblocks.width * 16 - width, macroblocks.height * 16 - height].map((pixels) => pixels / 2) as [
    number, number,
  ];
  // its number; bits of a picture's number; shown in the order in which they come; pictures to look back at
  for (const value of [0, NUMBER_BITS - 4, 2, 1]) out.unsigned(value);
  out.bits(0, 1); // no gaps in the numbers
  out.unsigned(macroblocks.width - 1);
  out.unsigned(macroblocks.height - 1);
  out.bits(0b11, 2); // whole frames
  const isCut = cut.some((pixels) => pixels > 0);
  out.bits(Number(isCut), 1);
  if (isCut) for (const value of [0, cut[0], 0, cut[1]]) out.unsigned(value);
  writeUsability(out);
  return out.unit(0x67);
}

/** Annex E.1.1: which colours are meant, and that no picture has to wait for another. */
function writeUsability(out: BitWriter): void {
  out.bits(1, 1);
  out.bits(0b00, 2); // square pixels, as it were, and nothing on overscan
  out.bits(0b1_101_0_1, 6); // signal: of no special format, video's range, and its colours
  for (const value of [2, 2, 6]) out.bits(value, 8);
  out.bits(0b0_0_0_0_0, 5); // nothing on the place of colours, times, buffers
  out.bits(1, 1);
  out.bits(1, 1); // nothing points out of the picture
  for (const value of [0, 0, 0, 0, 0, 1]) out.unsigned(value);
}

/** `pic_parameter_set_rbsp`: one slice, CAVLC, and edges smoothed as usual. */
export function pictureSetHead(): Uint8Array {
  const out = new BitWriter();
  out.unsigned(0);
  out.unsigned(0);
  out.bits(0b00, 2);
  for (const value of [0, 0, 0]) out.unsigned(value);
  out.bits(0b0_00, 3);
  for (const value of [QUANTISER - 26, 0, 0]) out.signed(value);
  out.bits(0b000, 3);
  return out.unit(0x68);
}

/**
 * `slice_header` of the picture `number`, from 0.
 * @returns What stands in front of the unit.
 */
export function writePictureHead(out: BitWriter, kind: PictureKind, number: number): number {
  out.unsigned(0);
  out.unsigned(kind === 'whole' ? 7 : 5);
  out.unsigned(0);
  out.bits(kind === 'whole' ? 0 : number % 2 ** NUMBER_BITS, NUMBER_BITS);
  if (kind === 'whole') out.unsigned(0);
  else out.bits(0b00, 2);
  out.bits(0, kind === 'whole' ? 2 : 1);
  out.signed(0);
  return kind === 'whole' ? 0x65 : 0x41;
}
