/** How pictures are chosen, for people and programs. */
import { ratio, type Ratio } from '../../core/units.ts';
import type { FullReason, GateMode } from './decode-gate.ts';

export interface DecodingState {
  /** `gated`: only keyframes are decoded while nothing happens. `learning`: the scene is not known yet. `full`: all are. */
  readonly mode: 'full' | 'gated' | 'learning';
  /** Why, in a sentence for people. */
  readonly reason: string;
  /** Share of the pictures that came lately which were decoded. */
  readonly decoded: Ratio;
}

const REASONS: Readonly<Record<FullReason, string>> = {
  silent: 'every picture is decoded: the sizes of this camera\'s packets do not tell when something moves (constant bit rate?)',
  'keyframes-only': 'every picture is decoded: the camera sends nothing but keyframes',
  'keyframes-rare': 'every picture is decoded: the camera sends keyframes too rarely; one every 2 s is best',
  noisy: 'every picture is decoded: keyframes are seconds apart, and between them noise hides who comes; one every 2 s is best',
  gradual: 'every picture is decoded: the camera sends no keyframes that stand alone (intra refresh, open GOP)',
};

export function describeDecoding(mode: GateMode, decoded: Ratio): DecodingState {
  switch (mode.mode) {
    case 'full': return { mode: 'full', reason: REASONS[mode.reason], decoded };
    case 'gated': return { mode: 'gated', reason: 'only keyframes are decoded while nothing happens', decoded };
    case 'learning': return { mode: 'learning', reason: 'every picture is decoded until the scene is known', decoded };
    default: return mode satisfies never;
  }
}

/** Where nothing is gated. */
export const decodesAll = (why: 'asked' | 'encoded-here'): DecodingState => ({
  mode: 'full', decoded: ratio(1),
  reason: why === 'asked' ? 'every picture is decoded, as it is set (vision.decode)' : 'every picture is decoded: the video is encoded here, so all of it is at hand',
});
