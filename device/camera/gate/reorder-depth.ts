/** How many pictures a decoder holds back because later ones may have to be shown first, as the stream's head says it. Pure. */
import type { InitSegment } from '../../contract/mp4-init.ts';
import { BitReader } from './bit-reader.ts';
import { codecConfig, isH264 } from './nal-units.ts';

/** H.264 and H.265 allow no more. */
const MOST = 16;

/** 0 where the head does not say it, or cannot be read: the decoder finds out by itself, as far as pictures are out of order. */
export function reorderDepth(init: InitSegment): number {
  try {
    const depth = isH264(init) ? depthOfH264(init) : depthOfH265(init);
    return depth <= MOST ? depth : 0;
  } catch (error) {
    if (error instanceof RangeError) return 0;
    throw error;
  }
}

/** The first sequence parameter set of `avcC` (ISO/IEC 14496-15, 5.3.3.1). */
function depthOfH264(init: InitSegment): number {
  const config = codecConfig(init, 'avcC');
  const bytes = (config[14] ?? 0) * 256 + (config[15] ?? 0);
  return readH264(new BitReader(config.subarray(16, 16 + bytes)));
}

/** Profiles whose parameter sets tell of colour. */
const WITH_COLOUR: ReadonlySet<number> = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);
const ANY_SHAPE_OF_PIXELS = 255;

/** ITU-T H.264, 7.3.2.1.1 and E.1.1. */
function readH264(sps: BitReader): number {
  sps.skip(8);
  const profile = sps.bits(8);
  sps.skip(16);
  sps.golomb();
  if (WITH_COLOUR.has(profile)) skipColour(sps);
  sps.golomb();
  skipOrder(sps);
  sps.golomb();
  sps.skip(1);
  sps.skipGolomb(2);
  if (!sps.flag()) sps.skip(1); // fields
  sps.skip(1);
  if (sps.flag()) sps.skipGolomb(4); // cropping
  return sps.flag() ? readUsability(sps) : 0;
}

function skipColour(sps: BitReader): void {
  const chroma = sps.golomb();
  if (chroma === 3) sps.skip(1);
  sps.skipGolomb(2);
  sps.skip(1);
  if (!sps.flag()) return;
  const lists = chroma === 3 ? 12 : 8;
  for (let list = 0; list < lists; list++) if (sps.flag()) skipScaling(sps, list < 6 ? 16 : 64);
}

function skipScaling(sps: BitReader, size: number): void {
  let scale = 8;
  for (let index = 0; index < size && scale !== 0; index++) scale = (scale + sps.signedGolomb() + 256) % 256;
}

function skipOrder(sps: BitReader): void {
  const type = sps.golomb();
  if (type === 0) sps.golomb();
  if (type !== 1) return;
  sps.skip(1);
  sps.skipGolomb(2);
  sps.skipGolomb(sps.golomb());
}

function readUsability(sps: BitReader): number {
  if (sps.flag() && sps.bits(8) === ANY_SHAPE_OF_PIXELS) sps.skip(32);
  if (sps.flag()) sps.skip(1);
  if (sps.flag()) {
    sps.skip(4);
    if (sps.flag()) sps.skip(24);
  }
  if (sps.flag()) sps.skipGolomb(2);
  if (sps.flag()) sps.skip(65);
  const rates = [sps.flag() && skipRate(sps), sps.flag() && skipRate(sps)];
  if (rates.some((given) => given)) sps.skip(1);
  sps.skip(1);
  if (!sps.flag()) return 0;
  sps.skip(1);
  sps.skipGolomb(4);
  return sps.golomb();
}

/** ITU-T H.264, E.1.2. */
function skipRate(sps: BitReader): true {
  const count = sps.golomb() + 1;
  sps.skip(8);
  for (let index = 0; index < count; index++) {
    sps.skipGolomb(2);
    sps.skip(1);
  }
  sps.skip(20);
  return true;
}

const SPS_OF_H265 = 33;

/** The first sequence parameter set of `hvcC` (ISO/IEC 14496-15, 8.3.3.1). */
function depthOfH265(init: InitSegment): number {
  const config = codecConfig(init, 'hvcC');
  const word = (at: number): number => (config[at] ?? 0) * 256 + (config[at + 1] ?? 0);
  let at = 31;
  for (let array = 0; array < (config[30] ?? 0); array++) {
    const isWanted = ((config[at] ?? 0) & 0x3f) === SPS_OF_H265;
    const units = word(at + 1);
    at += 3;
    for (let unit = 0; unit < units; unit++) {
      const bytes = word(at);
      if (isWanted) return readH265(new BitReader(config.subarray(at + 2, at + 2 + bytes)));
      at += 2 + bytes;
    }
  }
  return 0;
}

/** ITU-T H.265, 7.3.2.2.1 and 7.3.3: of the highest temporal layer. */
function readH265(sps: BitReader): number {
  sps.skip(16 + 4);
  const layers = sps.bits(3);
  sps.skip(1 + 96);
  const given = Array.from({ length: layers }, () => sps.bits(2));
  if (layers > 0) sps.skip(2 * (8 - layers));
  for (const which of given) sps.skip((which & 2 ? 88 : 0) + (which & 1 ? 8 : 0));
  sps.golomb();
  if (sps.golomb() === 3) sps.skip(1);
  sps.skipGolomb(2);
  if (sps.flag()) sps.skipGolomb(4);
  sps.skipGolomb(3);
  const told = sps.flag() ? layers + 1 : 1;
  let depth = 0;
  for (let layer = 0; layer < told; layer++) {
    sps.golomb();
    depth = sps.golomb();
    sps.golomb();
  }
  return depth;
}
