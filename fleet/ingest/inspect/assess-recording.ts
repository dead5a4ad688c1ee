/**
 * Whether a clip is as its device wrote it, and what to make of one that is, and yet does not decode without fault. A
 * camera on a bad line sends such video, and the device records what came: that is footage, and must not be lost. A
 * file that somebody changed afterwards is none.
 *
 * What tells them apart: a recorder writes every NAL unit behind its length, however little is left of it, and seals
 * it; bytes that were changed later break the seals, and where there are none mostly the chain of lengths.
 */
import type { ClipDamage } from '../../../device/contract/clip-damage.ts';
import type { SealFacts } from '../../../device/contract/seal.ts';
import { SealCheck } from '../../../device/evidence/seal-check.ts';
import { countPictures, type DecodeOptions } from '../../../device/media/decode-check.ts';
import { walkClip } from '../../../device/media/walk-clip.ts';

export interface Recording {
  /** That the device wrote. */
  readonly pictures: number;
  /** What is not as a device writes it, for people. */
  readonly flaw: string | undefined;
  /** Its seals say that it is not what was recorded. */
  readonly isAltered: boolean;
  /** What its seals say of whose it is; undefined when it bears none. Worth nothing when it is altered. */
  readonly seal: SealFacts | undefined;
}

/** @throws {Error} The system's error when `file` cannot be read. */
export async function readRecording(file: string): Promise<Recording> {
  const seals = new SealCheck();
  let pictures = 0;
  let flaw: string | undefined;
  for await (const part of walkClip(file)) {
    switch (part.type) {
      case 'broken': flaw ??= part.reason; break;
      case 'init': seals.init(part.init.data); break;
      case 'seal': seals.seal(part.seal); break;
      case 'fragment':
        seals.fragment(part.fragment.data);
        if (!part.whole) flaw ??= 'its pictures are not as a camera sends them';
        pictures += part.fragment.samples;
    }
  }
  const verdict = seals.verdict();
  return { pictures, flaw, isAltered: seals.isAltered, seal: verdict.state === 'none' ? undefined : verdict.facts };
}

/**
 * @param file - Our copy of a clip that does not decode without fault.
 * @param complaint - The decoder's, in plain words.
 * @returns What is wrong with its pictures; or, as a sentence, why it is no footage.
 * @throws {DeviceError} As `countPictures`.
 */
export async function assessDamage(
  file: string, { pictures, flaw }: Recording, complaint: string, options: DecodeOptions,
): Promise<ClipDamage | string> {
  if (flaw !== undefined) return `${complaint}; ${flaw}`;
  if (await countPictures(file, 'shown', options) === 0) return `${complaint}; no picture of it can be shown`;
  const faultless = Math.min(pictures, await countPictures(file, 'faultless', options));
  return {
    reason: `${faultless} of ${pictures} pictures decode without fault: ${complaint}`,
    decoded_share: Math.round(faultless / pictures * 1000) / 1000,
  };
}
