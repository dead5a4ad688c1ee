/** What becomes of a camera's sound: AAC is kept as it comes, anything else becomes AAC, which every browser plays. */
import type { AacFormat } from '../../contract/aac.ts';
import type { SoundFacts } from '../../media/probe.ts';
import { ENDLESS_MP4 } from '../endless-mp4.ts';

export interface SoundPlan {
  /** As it is recorded. */
  readonly format: AacFormat;
  /** False where it is recorded as it comes. */
  readonly encoded: boolean;
}

/** Speech of a telephone (G.711) has 8000 samples a second; a frame of AAC would then last an eighth of one. */
const NARROW = 16_000;
const WIDE = 48_000;

/** AAC of a profile other than LC, or of more than two channels, is encoded anew: not every browser plays it. */
export function planSound({ codec, profile = 'LC', sampleRate, channels }: SoundFacts): SoundPlan {
  const asItComes = codec === 'aac' && profile === 'LC' && channels <= 2;
  return {
    encoded: !asItComes,
    format: {
      sampleRate: asItComes ? sampleRate : sampleRate <= NARROW ? NARROW : WIDE, channels: channels === 1 ? 1 : 2,
    },
  };
}

/** Bits a second of each channel: what is heard well. */
const bitRate = (sampleRate: number): number => (sampleRate <= NARROW ? 32_000 : 64_000);

/**
 * ffmpeg's output of the sound alone, its times those of the input: so nothing of the video waits for it. Fragments are
 * small, for each is handed over when it is whole.
 */
export const soundOutput = (
  { format: { sampleRate, channels }, encoded }: SoundPlan, fd: number,
): readonly string[] => [
  '-map', '0:a:0', '-vn',
  ...(encoded
    ? [
      '-c:a', 'aac', '-b:a', String(bitRate(sampleRate) * channels), '-ar', String(sampleRate), '-ac', String(channels),
    ]
    : ['-c:a', 'copy', '-bsf:a', 'aac_adtstoasc']),
  '-f', 'mp4', '-movflags', `${ENDLESS_MP4}+frag_discont`, ...TIMES_OF_INPUT,
  '-frag_duration', '100000', '-flush_packets', '1', `pipe:${fd}`,
];

/** Two outputs keep step only when neither is moved to begin at 0. */
export const TIMES_OF_INPUT = ['-avoid_negative_ts', 'disabled', '-use_editlist', '0'] as const;
