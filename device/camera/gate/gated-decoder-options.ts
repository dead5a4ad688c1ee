/** What a gated decoder is told, and whom it tells what. */
import type { ColourFrame, GrayFrame } from '../../core/frame.ts';
import type { LivingDecoderOptions } from './living-decoder.ts';

export interface GatedDecoderOptions extends LivingDecoderOptions {
  /** What to do when the decoder is too slow: a live camera goes on with the next keyframe, a file waits. */
  readonly whenSlow: 'skip' | 'wait';
  /** Of a file: resolves when vision has said of each frame what it sees in it. */
  readonly attended?: (() => Promise<void>) | undefined;
}

export interface GatedDecoderHandlers {
  frame(frame: GrayFrame): void;
  colour(frame: ColourFrame): void;
  /** The decoder died or hung; it is begun anew with the next keyframe. */
  trouble(reason: string): void;
  /** As `DecoderHandlers.fault`. */
  readonly fault?: ((lastWords?: string) => void) | undefined;
}
